/**
 * CryptThread is the one worker thread in which the crypt(3) schemes are derived (milliseconds to seconds of
 * JavaScript each, which the main thread must never spend). It starts with its first request, does not keep the
 * process alive, and a thread that died is replaced at the next request.
 */
import { Worker } from 'node:worker_threads';
import { type Clock, CodedError, type Milliseconds, type Timer } from '../base/index.ts';
import type { ThreadForm } from './stored-form.ts';

export interface CryptRequest {
  readonly id: number;
  readonly form: ThreadForm;
  readonly password: string;
}

export interface CryptAnswer {
  readonly id: number;
  /** `no-libcrypt`: crypt(3) is not on this machine. `refused`: crypt(3) does not know this very form. */
  readonly verdict: 'match' | 'mismatch' | 'no-libcrypt' | 'refused';
}

/** The costliest form that parses takes under ten seconds; a thread that is silent for longer hangs. */
const LONGEST_SILENCE: Milliseconds = 60_000;

interface Pending {
  readonly resolve: (verdict: CryptAnswer['verdict']) => void;
  readonly reject: (error: CodedError) => void;
  readonly watchdog: Timer;
}

export class CryptThread {
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with PASSWORD_THREAD_LOST when the thread dies or hangs before it answers. */
  verify(form: ThreadForm, password: string): Promise<CryptAnswer['verdict']> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const watchdog = this.#clock.after(LONGEST_SILENCE, () => void worker.terminate());
      this.#pending.set(id, { resolve, reject, watchdog });
      worker.ref();
      worker.postMessage({ id, form, password } satisfies CryptRequest);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // The published package is emitted as .js beside its type declarations; a checkout runs the .ts as it is.
    const file = import.meta.url.endsWith('.ts') ? './crypt-worker.ts' : './crypt-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), { name: 'crypt' });
    worker.unref();
    worker.on('message', (answer: CryptAnswer) => {
      const pending = this.#pending.get(answer.id);
      if (pending === undefined) return;
      this.#settle(answer.id, pending);
      pending.resolve(answer.verdict);
      if (this.#pending.size === 0) worker.unref();
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const [id, pending] of this.#pending) {
        this.#settle(id, pending);
        pending.reject(new CodedError('PASSWORD_THREAD_LOST', 'the crypt thread ended before it answered', { cause }));
      }
    });
    return worker;
  }

  #settle(id: number, pending: Pending): void {
    this.#pending.delete(id);
    pending.watchdog.cancel();
  }
}
