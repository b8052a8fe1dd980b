/**
 * PrimaryLink is a worker's end of the pipe: calls to the primary, and the lease without which it serves nobody.
 *
 * The worker asks every quarter of a second. The answer, which comes after everything that had changed in the primary
 * by then, lets it serve for a second from the instant at which it asked. So whatever holds up either process or the
 * pipe, a worker never serves from a state that is older than a second, and what was held up renews nothing.
 */
import { type Clock, CodedError, type Milliseconds, type Timer } from '../../base/index.ts';
import { type Calls, type FromWorker, LEASE, type Method, PING_PERIOD, type ToWorker } from './messages.ts';

/** Asks the primary. Rejects with WORKER_CUT_OFF, WORKER_BUSY, or the code of what failed there. */
export type CallPrimary = <M extends Method>(method: M, input: Calls[M]['input']) => Promise<Calls[M]['result']>;

/** Longer than any login takes; a primary that is gone is noticed much earlier. */
const CALL_LIMIT: Milliseconds = 60_000;
const MOST_CALLS = 1_024;

interface PendingCall {
  readonly resolve: (value: never) => void;
  readonly reject: (error: CodedError) => void;
  readonly due: Milliseconds;
}

export class PrimaryLink {
  readonly #clock: Clock;
  readonly #send: (message: FromWorker) => void;
  readonly #used: () => readonly string[];
  readonly #pending = new Map<number, PendingCall>();
  readonly #leased = Promise.withResolvers<undefined>();
  readonly #timer: Timer;
  #calls = 0;
  #asking = false;
  #leaseEnd: Milliseconds = 0;

  /** `used`: hands over the sessions that were used since it was last asked. */
  constructor(clock: Clock, send: (message: FromWorker) => void, used: () => readonly string[]) {
    this.#clock = clock;
    this.#send = send;
    this.#used = used;
    this.#timer = clock.every(PING_PERIOD, () => this.#tick());
    this.#ping();
  }

  /** Resolves with the first lease, when everything that was live in the primary has arrived. */
  get leased(): Promise<undefined> {
    return this.#leased.promise;
  }

  /** Whether what this worker knows is fresh enough to serve by. */
  isLeased(): boolean {
    return this.#clock.monotonic() < this.#leaseEnd;
  }

  readonly call: CallPrimary = (method, input) => {
    if (!this.isLeased()) return Promise.reject(cutOff());
    if (this.#pending.size >= MOST_CALLS) {
      return Promise.reject(new CodedError('WORKER_BUSY', 'too many logins wait for the primary'));
    }
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject, due: this.#clock.monotonic() + CALL_LIMIT });
      this.#send({ kind: 'call', call, method, input });
    });
  };

  /** Takes what answers a ping or a call; true when the message was one. */
  receive(message: ToWorker): boolean {
    switch (message.kind) {
      case 'pong':
        this.#asking = false;
        this.#leaseEnd = message.at + LEASE;
        if (this.isLeased()) this.#leased.resolve(undefined);
        return true;
      case 'result':
        this.#take(message.call)?.resolve(message.value as never);
        return true;
      case 'error':
        this.#take(message.call)?.reject(new CodedError(message.code, message.message));
        return true;
      default:
        return false;
    }
  }

  close(): void {
    this.#timer.cancel();
    this.#rejectAll();
  }

  #tick(): void {
    if (!this.#asking) this.#ping();
    if (!this.isLeased()) this.#rejectAll();
    const now = this.#clock.monotonic();
    // In the order of asking, so the first that is not due ends the search.
    for (const [call, { due, reject }] of this.#pending) {
      if (due > now) break;
      this.#pending.delete(call);
      reject(new CodedError('WORKER_CUT_OFF', 'the primary did not answer in time'));
    }
  }

  /** One at a time, so that a primary that is held up finds one question and not a pile. */
  #ping(): void {
    this.#asking = true;
    this.#send({ kind: 'ping', at: this.#clock.monotonic(), used: this.#used() });
  }

  #take(call: number): PendingCall | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    return pending;
  }

  #rejectAll(): void {
    for (const { reject } of this.#pending.values()) reject(cutOff());
    this.#pending.clear();
  }
}

function cutOff(): CodedError {
  return new CodedError('WORKER_CUT_OFF', 'this worker has lost touch with the primary and serves nobody');
}
