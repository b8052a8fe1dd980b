/**
 * DerivationQueue lets a few key derivations run at a time and a bounded number wait.
 *
 * Each one is tens of milliseconds of a whole core, so that an unbounded queue is a way to stop the service with a
 * few hundred wrong passwords (security rule 7). What has waited too long is refused rather than computed: its
 * client is gone, and working it off would only make the next ones wait as long.
 */
import { type Clock, CodedError, type Instant, type Milliseconds } from '../base/index.ts';

/** How long a derivation may wait for its turn. */
const LONGEST_WAIT: Milliseconds = 10_000;

interface Waiting {
  readonly since: Instant;
  readonly start: () => void;
  readonly refuse: (error: CodedError) => void;
}

export class DerivationQueue {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #closed = false;

  constructor(clock: Clock, concurrency: number, limit: number) {
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#limit = limit;
  }

  /** Rejects with PASSWORD_BUSY when too many wait already or the wait was too long, PASSWORD_CLOSED after close. */
  run<Result>(derive: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      const start = () => {
        this.#running++;
        derive()
          .then(resolve, reject)
          .finally(() => {
            this.#running--;
            this.#next();
          });
      };
      if (this.#running < this.#concurrency) return start();
      if (this.#waiting.length >= this.#limit) return reject(busy());
      this.#waiting.push({ since: this.#clock.monotonic(), start, refuse: reject });
    });
  }

  get isIdle(): boolean {
    return this.#running === 0 && !this.#closed;
  }

  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(closed());
  }

  #next(): void {
    const oldest = this.#clock.monotonic() - LONGEST_WAIT;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.since >= oldest) {
        next.start();
        return;
      }
      next.refuse(busy());
    }
  }
}

function busy(): CodedError {
  return new CodedError('PASSWORD_BUSY', 'too many password verifications are waiting');
}

function closed(): CodedError {
  return new CodedError('PASSWORD_CLOSED', 'password verification is shut down');
}
