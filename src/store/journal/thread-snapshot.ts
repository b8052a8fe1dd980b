/**
 * A snapshot of the objects of one file that a thread of its own reads, so that checking what comes next and using what came are
 * done at the same time.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CodedError } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import type { EndingSnapshot } from './ending-snapshot.ts';
import type { StoredObject } from './journal-store.ts';
import { unpackObjects } from './packed-objects.ts';
import type { ScanOrder, ScanReport, ScanThreadData } from './scan-protocol.ts';

/** Batches that are asked for and not used yet: enough to keep both threads busy, some megabytes. */
const AHEAD = 4;

export class ThreadSnapshot implements EndingSnapshot {
  readonly generation: string;
  readonly head: number;
  readonly csn: string;
  readonly count: number;
  readonly #thread: Thread;
  readonly #onEnd: (ended: EndingSnapshot) => void;
  #hasEnded = false;

  private constructor(
    thread: Thread,
    { generation, head, csn, count }: Extract<ScanReport, { kind: 'opened' }>,
    onEnd: (ended: EndingSnapshot) => void,
  ) {
    this.generation = generation;
    this.head = head;
    this.csn = csn;
    this.count = count;
    this.#thread = thread;
    this.#onEnd = onEnd;
  }

  static async open(path: string, onEnd: (ended: EndingSnapshot) => void): Promise<ThreadSnapshot> {
    const thread = new Thread(path);
    const opened = await thread.report();
    if (opened.kind === 'opened') return new ThreadSnapshot(thread, opened, onEnd);
    await thread.end();
    throw failureOf(opened);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StoredObject[]> {
    try {
      this.#refuseWhenEnded();
      for (let each = 0; each < AHEAD; each += 1) this.#thread.order('next');
      for (;;) {
        const report = await this.#thread.report();
        this.#refuseWhenEnded();
        if (report.kind === 'done') return;
        if (report.kind !== 'batch') throw failureOf(report);
        this.#thread.order('next');
        yield unpackObjects(report.batch);
        this.#refuseWhenEnded();
      }
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#onEnd(this);
    }
    await this.#thread.end();
  }

  #refuseWhenEnded(): void {
    if (this.#hasEnded) throw storeError('STORE_CLOSED', 'the snapshot has ended');
  }
}

/** The main thread's end of the thread. It keeps the process alive only while a report is waited for. */
class Thread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #reports: ScanReport[] = [];
  #waiting: ((report: ScanReport) => void) | undefined;
  /** What is reported for good once the thread has ended by itself. */
  #last: ScanReport | undefined;

  constructor(path: string) {
    const entry = new URL(`./scan-thread${extname(import.meta.filename)}`, import.meta.url);
    this.#worker = new Worker(entry, { workerData: { path } satisfies ScanThreadData });
    this.#worker.unref();
    this.#worker.on('message', (report: ScanReport) => this.#take(report));
    this.#worker.on('error', ({ message }) => this.#take(lost(message)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#take(lost('it has ended'));
        resolve();
      });
    });
  }

  order(order: ScanOrder): void {
    this.#worker.postMessage(order);
  }

  /** The next report; the last one again when there is none any more. */
  async report(): Promise<ScanReport> {
    const next = this.#reports.shift() ?? this.#last;
    if (next !== undefined) return next;
    this.#worker.ref();
    const report = await new Promise<ScanReport>((resolve) => {
      this.#waiting = resolve;
    });
    this.#worker.unref();
    return report;
  }

  async end(): Promise<void> {
    this.order('end');
    this.#worker.ref();
    await this.#exited;
  }

  #take(report: ScanReport): void {
    if (this.#last !== undefined) return;
    if (report.kind === 'failed' || report.kind === 'done') this.#last = report;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#reports.push(report);
    else waiting(report);
  }
}

const lost = (why: string): ScanReport => ({
  kind: 'failed',
  failure: { code: 'STORE_DOWN', message: `the thread that reads the store was lost: ${why}` },
});

function failureOf(report: ScanReport): CodedError {
  if (report.kind === 'failed') return new CodedError(report.failure.code, report.failure.message);
  return storeError('STORE_IO', `the thread that reads the store said "${report.kind}" out of turn`);
}
