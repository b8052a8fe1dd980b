/**
 * The main thread's end of content that is made to take the place of the present one.
 */
import { extname } from 'node:path';
import { storeError } from '../errors.ts';
import { discardStaged, stagedPath } from '../sqlite/swap.ts';
import { WriterThread } from '../sqlite/writer-thread.ts';
import type { AppendOutcome, StagedContent, StoredObject } from './journal-store.ts';
import { checkCsn, checkWrite } from './limits.ts';
import type { StagingTask, StagingWriterData } from './staging-task.ts';
import { encodeWrites } from './write-codec.ts';

/** Octets that may wait for the thread before `add` waits: enough to keep both threads busy. */
const WAITING_OCTETS = 8 * 1024 * 1024;

export interface StagingOptions {
  /** The live database. */
  readonly database: string;
  readonly generation: string;
  /** The head of the live content when it was begun. */
  readonly head: number;
  /** Swaps the complete file in, when the live head still is `head`. */
  swap(head: number): Promise<AppendOutcome>;
}

export class SqliteStagedContent implements StagedContent {
  readonly #options: StagingOptions;
  readonly #thread: WriterThread<StagingTask, undefined>;
  #waitingOctets = 0;
  #failure: unknown;
  #last: Promise<unknown> = Promise.resolve();
  #hasEnded = false;

  private constructor(options: StagingOptions, thread: WriterThread<StagingTask, undefined>) {
    this.#options = options;
    this.#thread = thread;
  }

  static async begin(options: StagingOptions): Promise<SqliteStagedContent> {
    const data: StagingWriterData = { path: stagedPath(options.database), generation: options.generation };
    const entry = new URL(`./staging-writer${extname(import.meta.filename)}`, import.meta.url);
    return new SqliteStagedContent(options, await WriterThread.start(entry, data));
  }

  async add(objects: readonly StoredObject[]): Promise<void> {
    this.#refuseWhenEnded();
    for (const object of objects) checkWrite(object);
    const { buffer, views } = encodeWrites([objects]);
    const octets = buffer.byteLength;
    this.#waitingOctets += octets;
    const done = this.#thread.perform({ kind: 'add', writes: views[0]! }, [buffer]).then(
      () => {
        this.#waitingOctets -= octets;
      },
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    this.#last = done;
    if (this.#waitingOctets > WAITING_OCTETS) await done;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async commit(csn: string): Promise<AppendOutcome> {
    this.#refuseWhenEnded();
    checkCsn(csn);
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
    this.#hasEnded = true;
    const { head } = this.#options;
    await this.#thread.perform({ kind: 'finish', head: head + 1, csn });
    await this.#thread.close();
    const outcome = await this.#options.swap(head);
    if (outcome === 'behind') discardStaged(this.#options.database);
    return outcome;
  }

  async discard(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#thread.close();
    discardStaged(this.#options.database);
  }

  #refuseWhenEnded(): void {
    if (this.#hasEnded) throw storeError('STORE_CLOSED', 'the staged content was committed or discarded');
  }
}
