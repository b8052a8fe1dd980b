/**
 * RehashQueue hashes passwords anew that are stored in an old form, after their owners have logged in: one at a time, a few a
 * second, only while nobody waits for a derivation, and dropped when that does not come soon.
 *
 * INVARIANT: it never delays a login, and never outlives a change: what is stored is replaced only if it is still the form that
 * the password was verified against.
 */
import { type Clock, type Logger, type Milliseconds, messageOf, type Secret, type Timer } from '../../base/index.ts';
import type { KeyDerivation } from '../../password/index.ts';

export interface RehashJob {
  /** Whose password; one job for each. */
  readonly owner: string;
  readonly password: Secret;
  /** Stores the new form, unless the password was changed in the meantime. */
  store(form: string): Promise<unknown>;
}

export interface RehashQueueOptions {
  readonly clock: Clock;
  readonly keys: Pick<KeyDerivation, 'hash' | 'isIdle'>;
  readonly logger: Logger;
}

const MOST_WAITING = 32;
/** Between two: at most a tenth of a core goes into it. */
const PAUSE: Milliseconds = 200;
/** So many logins in a pause are a busy time. */
const BUSY = 20;
/** A password is not kept longer for this. */
const LONGEST_WAIT: Milliseconds = 30_000;

interface Waiting extends RehashJob {
  readonly since: Milliseconds;
}

export class RehashQueue {
  readonly #options: RehashQueueOptions;
  readonly #waiting = new Map<string, Waiting>();
  #timer: Timer | undefined;
  #logins = 0;
  #closed = false;

  constructor(options: RehashQueueOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Whether `offer` would take one. */
  get hasRoom(): boolean {
    return !this.#closed && this.#waiting.size < MOST_WAITING;
  }

  /** A login was verified: what there are many of is a busy time. */
  count(): void {
    this.#logins += 1;
  }

  /** Takes a job, or drops it when there are enough. */
  offer(job: RehashJob): void {
    if (!this.hasRoom || this.#waiting.has(job.owner)) return;
    this.#waiting.set(job.owner, { ...job, since: this.#options.clock.monotonic() });
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer ??= this.#options.clock.after(PAUSE, () => void this.#next());
  }

  async #next(): Promise<void> {
    const { clock, keys, logger } = this.#options;
    const isBusy = this.#logins > BUSY || !keys.isIdle;
    this.#logins = 0;
    const oldest = clock.monotonic() - LONGEST_WAIT;
    for (const [owner, { since }] of this.#waiting) if (since < oldest) this.#waiting.delete(owner);
    const [job] = isBusy ? [] : this.#waiting.values();
    if (job !== undefined) {
      try {
        await job.store(await keys.hash(job.password));
      } catch (error) {
        // The old form still lets in; the next login tries again.
        logger.debug('a password was not hashed anew', { reason: messageOf(error) });
      }
      this.#waiting.delete(job.owner);
    }
    this.#timer = undefined;
    if (this.#waiting.size > 0 && !this.#closed) this.#arm();
  }
}
