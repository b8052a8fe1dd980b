/**
 * LockoutLedger counts the failed logins of each name and says when a name is locked.
 *
 * An attempt is reserved before anything is verified, so that parallel guesses cannot outrun the count; an outage
 * gives the reservation back. When as many attempts are under way as may still fail, the next one waits for one of
 * them to end: twenty connections of one browser with the right password are not guesses, and are not refused.
 * Counted per canonical name, never per source address: a whole office behind one NAT must not be locked out together.
 * Names that no source knows are counted alike, so that a lock does not tell who exists.
 * Ages are measured on the monotonic clock: setting the machine's clock neither ends a lock nor prolongs it.
 * Spec: Geronimo 3.5 RepeatedFailureLockout, NIST SP 800-63B section 5.2.2; docs/realms.md, "Lockout".
 */
import type { Clock, Instant, Milliseconds } from '../base/index.ts';

/** When a name is locked. */
export interface LockoutPolicy {
  /** This many failures lock the name. */
  readonly failures: number;
  /** Counts failures within this time, whatever succeeds in between; absent: failures in a row. */
  readonly within?: Milliseconds | undefined;
  /** How long a lock lasts, from the last failure on. */
  readonly lock: Milliseconds;
}

/** What is kept of one name over a restart. */
export interface LockoutRecord {
  readonly name: string;
  /** When the failures that count happened, oldest first; empty: the record may be forgotten. */
  readonly failures: readonly Instant[];
  /** When the record says nothing any more. */
  readonly expiresAt: Instant;
}

/** Where locks survive a restart. */
export interface LockoutStore {
  load(): AsyncIterable<Pick<LockoutRecord, 'name' | 'failures'>>;
  /** Keeps all of them, or rejects. */
  save(records: readonly LockoutRecord[]): Promise<void>;
}

/**
 * reserved  go on, and say later how it ended
 * locked    refuse
 * busy      as many attempts are under way as may still fail
 */
export type Reservation = 'reserved' | 'locked' | 'busy';

/** Names kept at most. Key derivation is too slow to fill it with locked ones before their locks are over. */
const MOST_NAMES = 100_000;
/** Of so many of the oldest, the one with the fewest failures makes room: a flood of new names pushes out its own. */
const EVICTION_SAMPLE = 32;
/** Attempts that may wait for one name. */
const MOST_WAITING = 256;
/** Failures in a row that are older than this are not kept over a restart. */
const LONGEST_MEMORY: Milliseconds = 7 * 86_400_000;

interface Entry {
  /** On the monotonic clock, oldest first. */
  failures: Milliseconds[];
  reserved: number;
  readonly waiting: Set<(answer: Reservation) => void>;
}

export class LockoutLedger {
  readonly #clock: Clock;
  readonly #store: LockoutStore;
  readonly #entries = new Map<string, Entry>();
  #policy: LockoutPolicy;
  #loaded: Promise<void> | undefined;
  readonly #unsaved = new Set<string>();
  #saving: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(policy: LockoutPolicy, clock: Clock, store: LockoutStore) {
    this.#policy = policy;
    this.#clock = clock;
    this.#store = store;
  }

  /** A new configuration: what was counted stays counted. */
  adopt(policy: LockoutPolicy): void {
    this.#policy = policy;
  }

  /** Reads what an earlier process left; once, however often it is asked. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** True while the name is locked; for logins that count nothing. */
  isLocked(name: string): boolean {
    const entry = this.#entries.get(name);
    return entry !== undefined && this.#failed(entry) >= this.#policy.failures;
  }

  /** Takes one of the attempts that may still fail. */
  reserve(name: string): Reservation {
    const entry = this.#entry(name);
    const failed = this.#failed(entry);
    if (failed >= this.#policy.failures) return 'locked';
    if (failed + entry.reserved >= this.#policy.failures) return 'busy';
    entry.reserved++;
    return 'reserved';
  }

  /** After `busy`: reserves as soon as one that is under way ended; `busy` when the signal ends the wait. */
  wait(name: string, signal: AbortSignal): Promise<Reservation> {
    const entry = this.#entry(name);
    const { promise, resolve } = Promise.withResolvers<Reservation>();
    if (entry.waiting.size >= MOST_WAITING || signal.aborted) resolve('busy');
    else {
      entry.waiting.add(resolve);
      const giveUp = () => {
        if (entry.waiting.delete(resolve)) resolve('busy');
      };
      signal.addEventListener('abort', giveUp, { once: true });
    }
    return promise;
  }

  /** The attempt proved nothing, or waits for a person. */
  release(name: string): void {
    const entry = this.#entry(name);
    entry.reserved = Math.max(0, entry.reserved - 1);
    this.#admitWaiting(entry);
    this.#forgetIfEmpty(name, entry);
  }

  /** The login succeeded: failures in a row are forgotten, failures within a time are not. Resolves when saved. */
  succeed(name: string): undefined | Promise<void> {
    const entry = this.#entry(name);
    const forgets = this.#policy.within === undefined && entry.failures.length > 0;
    if (forgets) entry.failures = [];
    this.release(name);
    return forgets ? this.#save(name) : undefined;
  }

  /** The credential was wrong: counts at once. Resolves when saved. */
  fail(name: string): Promise<void> {
    const entry = this.#entry(name);
    this.#failed(entry);
    entry.failures.push(this.#clock.monotonic());
    entry.reserved = Math.max(0, entry.reserved - 1);
    this.#admitWaiting(entry);
    return this.#save(name);
  }

  /** Spends on a locked name the write that a counted failure costs, so that time does not tell them apart. */
  saveAgain(name: string): Promise<void> {
    return this.#save(name);
  }

  /** Forgets the failures of a name, as an operator does who unlocks it. Resolves when saved. */
  unlock(name: string): Promise<void> {
    const entry = this.#entry(name);
    entry.failures = [];
    this.#admitWaiting(entry);
    this.#forgetIfEmpty(name, entry);
    return this.#save(name);
  }

  async #load(): Promise<void> {
    const now = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    for await (const { name, failures } of this.#store.load()) {
      if (this.#entries.size >= MOST_NAMES) return;
      // One that lies in the future was written before the clock was set back: it counts from now.
      const ages = failures.map((at) => Math.max(0, now - at));
      if (ages.length > 0) this.#entry(name).failures.unshift(...ages.map((age) => monotonic - age));
    }
  }

  /** How many failures count now; what is over is dropped. */
  #failed(entry: Entry): number {
    const { failures, within, lock } = this.#policy;
    const last = entry.failures.at(-1);
    if (last === undefined) return 0;
    const now = this.#clock.monotonic();
    if (entry.failures.length >= failures) {
      if (now - last >= lock) entry.failures = [];
    } else if (within !== undefined) {
      entry.failures = entry.failures.filter((at) => now - at < within);
    }
    return entry.failures.length;
  }

  #admitWaiting(entry: Entry): void {
    const failed = this.#failed(entry);
    const locked = failed >= this.#policy.failures;
    for (const resolve of entry.waiting) {
      if (!locked && failed + entry.reserved >= this.#policy.failures) return;
      entry.waiting.delete(resolve);
      if (!locked) entry.reserved++;
      resolve(locked ? 'locked' : 'reserved');
    }
  }

  #entry(name: string): Entry {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    if (this.#entries.size >= MOST_NAMES) this.#evict();
    const entry: Entry = { failures: [], reserved: 0, waiting: new Set() };
    this.#entries.set(name, entry);
    return entry;
  }

  #evict(): void {
    let least: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (const [name, entry] of this.#entries) {
      if (++seen > EVICTION_SAMPLE && least !== undefined) break;
      if (entry.reserved > 0 || entry.waiting.size > 0) continue;
      const failed = this.#failed(entry);
      if (failed < fewest) [least, fewest] = [name, failed];
    }
    if (least !== undefined) this.#entries.delete(least);
  }

  #forgetIfEmpty(name: string, entry: Entry): void {
    if (entry.failures.length === 0 && entry.reserved === 0 && entry.waiting.size === 0) this.#entries.delete(name);
  }

  /**
   * Saves the name with whatever else waits by then: one write at a time, so that an older state never lands last,
   * and one more in wait, however many ask. What could not be saved is saved with the next.
   */
  #save(name: string): Promise<void> {
    this.#unsaved.add(name);
    this.#queued ??= this.#saving
      .catch(() => {})
      .then(() => {
        this.#saving = this.#queued ?? this.#saving;
        this.#queued = undefined;
        return this.#flush();
      });
    return this.#queued;
  }

  async #flush(): Promise<void> {
    const names = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      await this.#store.save(names.map((name) => this.#recordOf(name)));
    } catch (error) {
      for (const name of names) if (this.#entries.has(name)) this.#unsaved.add(name);
      throw error;
    }
  }

  #recordOf(name: string): LockoutRecord {
    const now = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const failures = (this.#entries.get(name)?.failures ?? []).map((at) => Math.round(now - (monotonic - at)));
    const life = Math.max(this.#policy.lock, this.#policy.within ?? LONGEST_MEMORY);
    return { name, failures, expiresAt: Math.round(now + life) };
  }
}
