/**
 * WriterThread is the main thread's end of the writer: it hands tasks over and settles their promises.
 *
 * INVARIANT: every promise settles. When the thread dies, all that wait reject with STORE_DOWN, and so does all that comes later; it is
 * not started again, because what killed it is unknown and a supervisor restarts the whole program in a known state.
 * Like a timer of base, an idle thread does not keep the process alive; a check and a task that wait do.
 */
import { Worker } from 'node:worker_threads';
import { CodedError } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import type { Answer, Failure, Order, Report } from './writer-protocol.ts';

/** What may wait for the disk before commits are refused: a disk that hangs must not eat the memory. */
const WAITING_TASKS = 10_000;
const WAITING_OCTETS = 64 * 1024 * 1024;

/** Megabytes. What a writer makes is short-lived; the default would let 16 MB of it gather, a dozen more of memory for each thread. */
const YOUNG_GENERATION = 4;

interface Waiting<Result> {
  readonly octets: number;
  resolve(result: Result): void;
  reject(error: Error): void;
}

export class WriterThread<Request, Result> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<Result>>();
  #waitingOctets = 0;
  #lastId = 0;
  #isClosing = false;
  /** Why nothing more is taken; undefined while the thread serves. */
  #ended: CodedError | undefined;
  readonly #exited: Promise<void>;
  readonly #checked = Promise.withResolvers<void>();
  #isChecking = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end(storeError('STORE_DOWN', 'the writer of the store has stopped; restart the program'));
        resolve();
      });
    });
    worker.on('error', (cause) => {
      this.#end(storeError('STORE_DOWN', 'the writer of the store has died; restart the program', cause));
    });
    worker.on('message', (report: Report<Result>) => {
      if (report.kind === 'done') for (const answer of report.answers) this.#settle(answer);
      else if (report.kind === 'checked') this.#settleCheck(report.failure);
    });
  }

  /** Starts the thread whose module is `entry` (it calls `serveWriter`); rejects with why its database cannot be opened. */
  static async start<Request, Result>(entry: URL, workerData: unknown): Promise<WriterThread<Request, Result>> {
    const worker = new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION } });
    const thread = new WriterThread<Request, Result>(worker);
    const report = await new Promise<Report<Result>>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', () => reject(thread.#ended));
      worker.once('exit', () => reject(thread.#ended));
    });
    if (report.kind === 'refused') {
      await thread.#exited;
      throw new CodedError(report.failure.code, report.failure.message);
    }
    worker.unref();
    return thread;
  }

  /** Hands a request over, with buffers that are moved to the thread, and resolves when it is durable. */
  perform(request: Request, buffers: readonly ArrayBuffer[] = []): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const octets = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    if (this.#waiting.size >= WAITING_TASKS || this.#waitingOctets + octets > WAITING_OCTETS) {
      return Promise.reject(
        storeError('STORE_BUSY', 'too many writes wait for the disk; try again, and check the disk'),
      );
    }
    this.#lastId += 1;
    const id = this.#lastId;
    this.#waitingOctets += octets;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { octets, resolve, reject });
      this.#post({ kind: 'task', id, request }, buffers);
    });
  }

  /** Resolves when what is written to is sound; rejects with what tasks are then refused with, or STORE_DOWN. Checked once. */
  check(): Promise<void> {
    if (this.#ended !== undefined) this.#checked.reject(this.#ended);
    else if (!this.#isChecking) {
      this.#isChecking = true;
      this.#worker.ref();
      this.#post({ kind: 'check' }, []);
    }
    return this.#checked.promise;
  }

  /** Lets the thread finish what it has, and waits for its end. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#worker.ref();
    if (this.#ended === undefined) this.#post({ kind: 'close' }, []);
    await this.#exited;
  }

  #post(order: Order<Request>, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(order, [...transfer]);
  }

  #settle(answer: Answer<Result>): void {
    const waiting = this.#waiting.get(answer.id)!;
    this.#waiting.delete(answer.id);
    this.#waitingOctets -= waiting.octets;
    this.#unrefWhenIdle();
    if ('failure' in answer) waiting.reject(new CodedError(answer.failure.code, answer.failure.message));
    else waiting.resolve(answer.result);
  }

  #settleCheck(failure: Failure | undefined): void {
    this.#isChecking = false;
    this.#unrefWhenIdle();
    if (failure === undefined) this.#checked.resolve();
    else this.#checked.reject(new CodedError(failure.code, failure.message));
  }

  #unrefWhenIdle(): void {
    if (this.#waiting.size === 0 && !this.#isChecking && !this.#isClosing) this.#worker.unref();
  }

  #end(reason: CodedError): void {
    this.#ended ??= reason;
    if (this.#isChecking) this.#checked.reject(this.#ended);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
    this.#waitingOctets = 0;
  }
}
