/**
 * Ends the sessions of people whose account in the directory is gone or disabled, or who are no longer in a group that they
 * logged in with, whoever did that and by whatever door (security rule 10, RELIABILITY S10). A membership that ends by the clock
 * ends them too. One look at the sessions serves all changes of a moment.
 */
import { type Instant, type Milliseconds, messageOf, soon, type Timer } from '../base/index.ts';
import { Space } from '../directory/index.ts';
import type { Session } from '../realm/index.ts';
import type { ObjectWrite } from '../store/index.ts';
import type { Configuration } from './configuration.ts';
import type { Installation } from './installation.ts';
import type { OwnDirectory } from './own-directory.ts';

/** Many changes in a row are one look; a session outlives its account by no more. */
const GATHERING: Milliseconds = 100;
/** Accounts also end by the clock (pwdEndTime), and a login that began before a change may end after it. */
const PERIOD: Milliseconds = 10_000;
/** Sessions that are looked at before others have their turn. */
const SLICE = 500;

type Ports = Pick<Installation, 'clock' | 'logger' | 'sessions'>;

export class LostAccounts {
  readonly #ports: Ports;
  readonly #own: OwnDirectory;
  readonly #configuration: () => Configuration;
  readonly #stop: () => void;
  #timer: Timer | undefined;
  /** When the timer is due, on the clock's monotonic time. */
  #due: Milliseconds = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(ports: Ports, own: OwnDirectory, configuration: () => Configuration) {
    this.#ports = ports;
    this.#own = own;
    this.#configuration = configuration;
    this.#stop = own.onCommitted((writes) => {
      if (writes?.some((write) => this.#mayEndSessions(write)) ?? true) this.#lookWithin(GATHERING);
    });
    this.#lookWithin(PERIOD);
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#timer?.cancel();
  }

  /** An account that is closed, a membership that is gone, or one that has dates now. */
  #mayEndSessions({ space, key, value }: ObjectWrite): boolean {
    if (space === Space.member) return value === undefined || value.length > 0;
    return space === Space.entry && this.#isClosedAccount(key);
  }

  /** A password that has expired keeps nobody out who is in. */
  #isClosedAccount(uuid: Uint8Array): boolean {
    const answer = this.#own.current.verifiers.admit(uuid, { now: this.#ports.clock.now() });
    return answer.kind === 'refused' && (answer.reason === 'disabled' || answer.reason === 'unknown-user');
  }

  #lookWithin(span: Milliseconds): void {
    const { clock } = this.#ports;
    const due = clock.monotonic() + span;
    if (due >= this.#due || this.#isClosed) return;
    this.#timer?.cancel();
    this.#due = due;
    this.#timer = clock.after(span, () => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#look([...this.#ports.sessions.list()], 0);
    });
  }

  #look(sessions: readonly Session[], from: number): void {
    if (this.#isClosed) return;
    const now = this.#ports.clock.now();
    for (const session of sessions.slice(from, from + SLICE)) {
      const end = this.#endOf(session, now);
      if (end <= now) this.#end(session);
      else this.#lookWithin(Math.min(PERIOD, end - now));
    }
    if (from + SLICE < sessions.length) soon(() => this.#look(sessions, from + SLICE));
    else this.#lookWithin(PERIOD);
  }

  /** When the account of a session, or one of the memberships that it began with, is over as far as is known now. */
  #endOf({ subject }: Session, now: Instant): Instant {
    const modules = this.#configuration().realms.get(subject.realm)?.modules ?? [];
    if (!modules.some((module) => module.use === 'directory' && module.domain === subject.domain)) {
      return Number.POSITIVE_INFINITY;
    }
    const { logins, view } = this.#own.current;
    const entry = logins.find(subject.name);
    const uuid = entry === undefined ? undefined : view.uuid(entry);
    if (entry === undefined || uuid === undefined || this.#isClosedAccount(uuid)) return now;
    const ends = new Map<string, Instant>();
    for (const group of view.groupsOf(entry, now)) {
      ends.set(view.dnText(group), view.membership(group, { kind: 'entry', uuid })?.end ?? Number.POSITIVE_INFINITY);
    }
    let earliest = Number.POSITIVE_INFINITY;
    for (const { type, module, domain, aliases = [] } of subject.principals) {
      if (type !== 'group' || domain !== subject.domain || !module.endsWith(':directory')) continue;
      earliest = Math.min(earliest, ...aliases.map((dn) => ends.get(dn) ?? now));
    }
    return earliest;
  }

  #end({ id }: Session): void {
    this.#ports.sessions.end(id, 'revoked').catch((error: unknown) => {
      this.#ports.logger.error('a session could not be ended', { session: id, error: messageOf(error) });
    });
  }
}
