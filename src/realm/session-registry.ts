/**
 * SessionRegistry keeps the live sessions: in memory, where the gate asks, and in the store, where they survive.
 *
 * A single-sign-on session and its children (one a host) live and end as one. Lives are measured on the monotonic
 * clock, so that setting the machine's clock makes no session immortal and ends none; only validators look at the
 * wall clock, and are asked again when it jumps.
 *
 * INVARIANT: a session that was begun, rotated or ended is so in the store before the caller hears of it. A disk that takes nothing keeps
 * nobody out, though: a session that begins meanwhile is in memory alone, and ends with the process unless it is saved later.
 * INVARIANT: what ended is not found any more from that instant on, even when the store then refuses the write.
 * See docs/realms.md, "Sessions".
 */
import type { Clock, Milliseconds, Random, Timer } from '../base/index.ts';
import { CodedError, Registrations, randomToken } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import { LoginsByUser, type UserOfDomain } from './logins-by-user.ts';
import type { BeginSession, IssuedSession, Session, SessionEnd, SessionObserver, SessionPolicy } from './session.ts';
import { SessionLife } from './session-life.ts';
import { SessionTickets } from './session-tickets.ts';
import {
  commitAll,
  deleteWrite,
  isDiskFault,
  loadSessions,
  type SessionRecord,
  saveWrite,
  tokenDigest,
} from './stored-sessions.ts';

/** How often "last seen" goes to the store; after a crash a session may seem idle for so long more. */
const SAVE_PERIOD: Milliseconds = 60_000;
/** How often the wall clock is compared with the monotonic one. */
const WATCH_PERIOD: Milliseconds = 1_000;
/** Slower than this a clock is not set but slewed. */
const JUMP: Milliseconds = 200;
/** A child session costs its owner nothing: of more on one host, the oldest ends. A browser holds one at a time. */
const MOST_CHILDREN = 8;
/** Accounts may be shared by a whole class; of more logins, the oldest ends. */
const MOST_LOGINS = 1_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface SessionRegistryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

interface Live {
  readonly session: Session;
  digest: string;
  /** Shared by a single-sign-on session and its children. */
  readonly life: SessionLife<Live>;
  readonly onEnd: Registrations<(why: SessionEnd) => void>;
}

export class SessionRegistry {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tickets: SessionTickets;
  readonly #byId = new Map<string, Live>();
  readonly #byDigest = new Map<string, Live>();
  readonly #byUser = new LoginsByUser<Live>();
  /** What the disk did not take when it began. */
  readonly #unsaved = new Set<Live>();
  readonly #observers = new Set<SessionObserver>();
  readonly #timers: readonly Timer[];
  #policies: ReadonlyMap<string, SessionPolicy> = new Map();
  #drift: Milliseconds;

  private constructor({ store, clock, random }: SessionRegistryOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#tickets = new SessionTickets(clock, random);
    this.#drift = clock.now() - clock.monotonic();
    const drop = () => {};
    this.#timers = [
      clock.every(SAVE_PERIOD, () => void this.#saveSeen().catch(drop)),
      clock.every(WATCH_PERIOD, () => this.#watchClock()),
    ];
  }

  /** Opens the registry with the sessions of an earlier process; none is found before `adopt`. */
  static async open(options: SessionRegistryOptions): Promise<SessionRegistry> {
    const registry = new SessionRegistry(options);
    const children: SessionRecord[] = [];
    for await (const record of loadSessions(options.store)) {
      if (record.session.parent === undefined) registry.#restore(record);
      else children.push(record);
    }
    for (const record of children) registry.#restore(record);
    return registry;
  }

  /** A new configuration: the policy of each realm. Sessions that it does not allow end now. */
  adopt(policies: ReadonlyMap<string, SessionPolicy>): void {
    this.#policies = policies;
    for (const life of this.#lives()) life.adopt(policies.get(life.subject.realm));
  }

  /** The live session of a token on a host; counts as use of it. */
  find(token: string, host: string): Session | undefined {
    if (!TOKEN.test(token)) return undefined;
    const live = this.#byDigest.get(tokenDigest(token));
    if (live === undefined || live.session.host !== host) return undefined;
    return live.life.use() ? live.session : undefined;
  }

  /** Counts as use of a session that was found in a copy. */
  use(id: string): void {
    this.#byId.get(id)?.life.use();
  }

  /** Tells of every live session, and then of every change; returns how to stop. */
  observe(observer: SessionObserver): () => void {
    for (const { session, digest } of this.#byId.values()) observer.live(session, digest);
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Makes the single-sign-on session of a login. Rejects when the store does, or with REALM_SESSION_REALM. */
  async begin({ subject, attempt, host, client }: BeginSession): Promise<IssuedSession> {
    const id = this.#newId();
    const createdAt = this.#clock.now();
    const session: Session = { id, host, subject, attempt, createdAt, ...(client === undefined ? {} : { client }) };
    const policy = this.#policies.get(subject.realm);
    if (policy === undefined) {
      throw new CodedError('REALM_SESSION_REALM', `realm ${subject.realm} is not in the configuration`);
    }
    const issued = await this.#issue(session, this.#newLife(session, policy));
    const crowd = this.#byUser.of(subject).slice(0, -MOST_LOGINS);
    if (crowd.length > 0) await this.#endAll(livesOf(crowd), 'replaced');
    return issued;
  }

  /** A new token for the session; the old one is void. Undefined when the session is over. */
  async rotate(id: string): Promise<IssuedSession | undefined> {
    const live = this.#byId.get(id);
    if (live === undefined) return undefined;
    const token = randomToken(this.#random);
    this.#byDigest.delete(live.digest);
    live.digest = tokenDigest(token);
    this.#byDigest.set(live.digest, live);
    for (const observer of this.#observers) observer.live(live.session, live.digest);
    await commitAll(this.#store, [saveWrite(this.#recordOf(live))]);
    return this.#byId.has(id) ? { token, session: live.session } : undefined;
  }

  /** Ends a session and every one that came from the same login, on every host. Resolves when that is durable. */
  async end(id: string, why: SessionEnd = 'revoked'): Promise<void> {
    const live = this.#byId.get(id);
    if (live !== undefined) await this.#endAll([live.life], why);
  }

  /** Ends every session of a user: of one login domain of one realm. Resolves with how many logins that were. */
  async endUser(user: UserOfDomain): Promise<number> {
    const lives = livesOf(this.#byUser.of(user));
    await this.#endAll(lives, 'revoked');
    return lives.length;
  }

  /** A one-time ticket for a child session on another host, in the browser that holds the nonce. */
  async issueTicket(id: string, host: string, browserNonce: string): Promise<string> {
    return this.#tickets.issue(id, host, browserNonce);
  }

  /** The child session; undefined for a ticket that is used, late, of another host or browser, or whose login is over. */
  async redeemTicket(ticket: string, host: string, browserNonce: string): Promise<IssuedSession | undefined> {
    const id = this.#tickets.redeem(ticket, host, browserNonce);
    const from = id === undefined ? undefined : this.#byId.get(id);
    if (from === undefined || !from.life.use()) return undefined;
    const { subject, attempt, client, id: known, parent = known } = from.session;
    const createdAt = this.#clock.now();
    const session: Session = {
      id: this.#newId(),
      parent,
      host,
      subject,
      attempt,
      createdAt,
      ...(client === undefined ? {} : { client }),
    };
    const issued = await this.#issue(session, from.life);
    const siblings = [...from.life.members].filter(
      (live) => live.session.parent === parent && live.session.host === host,
    );
    const crowd = siblings.slice(0, -MOST_CHILDREN);
    if (crowd.length > 0) await this.#drop(crowd, 'replaced');
    return issued;
  }

  /** Calls `act` at the instant the session ends, or at once when it is over; returns how to forget about it. */
  onEnd(id: string, act: (why: SessionEnd) => void): () => void {
    const live = this.#byId.get(id);
    if (live === undefined) {
      act('revoked');
      return () => {};
    }
    return live.onEnd.add(act);
  }

  /** Every live session, children included. */
  *list(): IterableIterator<Session> {
    for (const { session } of this.#byId.values()) yield session;
  }

  /** Saves what was seen last and lets go of the timers; ends nothing. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#tickets.close();
    for (const life of this.#lives()) life.pause();
    await this.#saveSeen();
  }

  /** Takes a session of an earlier process up again; a child whose login is over is dropped. */
  #restore({ session, digest, seenAt }: SessionRecord): void {
    const now = this.#clock.now();
    let life: SessionLife<Live> | undefined;
    if (session.parent === undefined) {
      life = this.#newLife(session, undefined, { age: now - session.createdAt, unseen: now - seenAt });
    } else life = this.#byId.get(session.parent)?.life;
    if (life === undefined) return;
    this.#add({ session, digest, life, onEnd: new Registrations() });
  }

  #newLife(session: Session, policy: SessionPolicy | undefined, past = { age: 0, unseen: 0 }): SessionLife<Live> {
    const { subject } = session;
    const over = (life: SessionLife<Live>, why: SessionEnd) => void this.#endAll([life], why).catch(() => {});
    return new SessionLife<Live>({ clock: this.#clock, subject, past, policy, over });
  }

  async #issue(session: Session, life: SessionLife<Live>): Promise<IssuedSession> {
    const token = randomToken(this.#random);
    const live: Live = { session, digest: tokenDigest(token), life, onEnd: new Registrations() };
    // In memory before it is durable, so that an end of the whole login meanwhile ends this one too.
    this.#add(live);
    try {
      await commitAll(this.#store, [saveWrite(this.#recordOf(live))]);
    } catch (error) {
      if (!isDiskFault(error)) {
        this.#remove(live);
        throw error;
      }
      this.#unsaved.add(live);
    }
    return { token, session };
  }

  #endAll(lives: readonly SessionLife<Live>[], why: SessionEnd): Promise<void> {
    return this.#drop(
      lives.flatMap((life) => [...life.members]),
      why,
    );
  }

  async #drop(ended: readonly Live[], why: SessionEnd): Promise<void> {
    for (const live of ended) this.#remove(live);
    for (const { onEnd } of ended) for (const act of onEnd) act(why);
    await commitAll(
      this.#store,
      ended.map(({ session }) => deleteWrite(session.id)),
    );
  }

  #add(live: Live): void {
    this.#byId.set(live.session.id, live);
    this.#byDigest.set(live.digest, live);
    this.#byUser.add(live);
    live.life.members.add(live);
    for (const observer of this.#observers) observer.live(live.session, live.digest);
  }

  #remove(live: Live): void {
    if (this.#byId.delete(live.session.id)) for (const observer of this.#observers) observer.ended(live.session.id);
    this.#byDigest.delete(live.digest);
    this.#byUser.remove(live);
    this.#unsaved.delete(live);
    live.life.members.delete(live);
    if (live.life.members.size === 0) live.life.pause();
  }

  *#lives(): Iterable<SessionLife<Live>> {
    yield* new Set([...this.#byId.values()].map(({ life }) => life));
  }

  #recordOf({ session, digest, life }: Live) {
    return { session, digest, seenAt: Math.round(this.#clock.now() - life.unseen()) };
  }

  async #saveSeen(): Promise<void> {
    const unsaved = [...this.#unsaved];
    const seen = [...this.#byId.values()].filter(
      (live) => this.#unsaved.has(live) || (live.session.parent === undefined && live.life.wasUsed()),
    );
    const writes = seen.map((live) => saveWrite(this.#recordOf(live)));
    await commitAll(this.#store, writes);
    for (const live of unsaved) this.#unsaved.delete(live);
  }

  #watchClock(): void {
    const drift = this.#clock.now() - this.#clock.monotonic();
    if (Math.abs(drift - this.#drift) < JUMP) return;
    this.#drift = drift;
    for (const life of this.#lives()) life.recheck();
  }

  #newId(): string {
    return Buffer.from(this.#random.bytes(16)).toString('base64url');
  }
}

function livesOf(logins: readonly Live[]): SessionLife<Live>[] {
  return logins.map(({ life }) => life);
}
