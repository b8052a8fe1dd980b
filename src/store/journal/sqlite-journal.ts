/**
 * The JournalStore in one SQLite file of the data folder (`directory.db`): one thread writes, the main thread reads.
 *
 * See docs/decisions/0010-journal-store.md.
 */
import { extname, join } from 'node:path';
import type { Random } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import { makePrivateFolder } from '../private-files.ts';
import { openDatabase, sqliteFailure } from '../sqlite/database.ts';
import { completeSwap, swapIn } from '../sqlite/swap.ts';
import { WriterThread } from '../sqlite/writer-thread.ts';
import type { EndingSnapshot } from './ending-snapshot.ts';
import { newGeneration } from './generation.ts';
import { JOURNAL_FILE } from './journal-form.ts';
import { JournalReader } from './journal-reader.ts';
import { type JournalState, StateRow } from './journal-state.ts';
import type {
  AppendOutcome,
  JournalRecord,
  JournalReport,
  JournalStore,
  JournalTransaction,
  ObjectSnapshot,
  StagedContent,
} from './journal-store.ts';
import { type JournalResult, type JournalTask, TRIM_LIMIT } from './journal-task.ts';
import type { JournalWriterData } from './journal-writer.ts';
import { checkTransactions, RECORDS_LIMIT } from './limits.ts';
import { openSnapshot } from './open-snapshot.ts';
import { SqliteStagedContent } from './staged-content.ts';
import { verifyContent } from './verify-content.ts';
import { encodeWrites } from './write-codec.ts';

export interface JournalStoreOptions {
  /** The data folder; made with mode 0700 when missing. The caller holds its lock (`lockDataFolder`). */
  readonly folder: string;
  readonly random: Random;
  /** Leave it to the caller to ask for `sound`; what is read is checked in any case. */
  readonly isCheckedLater?: boolean;
}

type Writer = WriterThread<JournalTask, JournalResult>;

/** How long another program that has the file open is waited for before a swap is refused. */
const PATIENCE = 1_000;

/**
 * Opens the store, making it when there is none and bringing an older form to the present one. Rejects with STORE_CORRUPT, STORE_NEWER,
 * STORE_FULL, STORE_READ_ONLY, STORE_BUSY or STORE_IO; each message says what to do.
 */
export async function openJournalStore(options: JournalStoreOptions): Promise<JournalStore> {
  const { folder, random, isCheckedLater = false } = options;
  const path = join(folder, JOURNAL_FILE);
  try {
    makePrivateFolder(folder);
    completeSwap(path);
  } catch (error) {
    throw sqliteFailure(error, path);
  }
  const store = new SqliteJournalStore(path, random, await openLive(path, random));
  if (isCheckedLater) return store;
  try {
    await store.sound();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The connections to a live file, and what it began with. */
interface Live {
  readonly writer: Writer;
  readonly reader: JournalReader;
  readonly state: JournalState;
}

async function openLive(path: string, random: Random): Promise<Live> {
  const data: JournalWriterData = { path, generation: newGeneration(random) };
  const entry = new URL(`./journal-writer${extname(import.meta.filename)}`, import.meta.url);
  const writer: Writer = await WriterThread.start(entry, data);
  try {
    const reader = new JournalReader(path);
    return { writer, reader, state: reader.reading((state) => state) };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

class SqliteJournalStore implements JournalStore {
  readonly #path: string;
  readonly #random: Random;
  #live: Live;
  #head: number;
  #csn: string;
  readonly #snapshots = new Set<EndingSnapshot>();
  #staged: SqliteStagedContent | undefined;
  /** Settles with the swap that is under way. */
  #swapping: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor(path: string, random: Random, live: Live) {
    this.#path = path;
    this.#random = random;
    this.#live = live;
    this.#head = live.state.head;
    this.#csn = live.state.csn;
  }

  get generation(): string {
    return this.#live.state.generation;
  }

  head(): number {
    return this.#head;
  }

  csn(): string {
    return this.#csn;
  }

  sound(): Promise<void> {
    return this.#live.writer.check();
  }

  async objects(): Promise<ObjectSnapshot> {
    await this.#ready();
    const snapshot = await openSnapshot(this.#path, (ended) => this.#snapshots.delete(ended));
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  async journal(after: number, limit = 1000): Promise<readonly JournalRecord[]> {
    await this.#ready();
    const { reader } = this.#live;
    return reader.reading((state) => reader.records(state, after, Math.min(limit, RECORDS_LIMIT)));
  }

  async append(expectedHead: number, transactions: readonly JournalTransaction[]): Promise<AppendOutcome> {
    checkTransactions(transactions);
    const { buffer, views } = encodeWrites(transactions.map(({ writes }) => writes));
    const encoded = transactions.map(({ csn }, at) => ({ csn, writes: views[at]! }));
    return (await this.#perform({ kind: 'append', expectedHead, transactions: encoded }, [buffer])).outcome;
  }

  async trim(keepFrom: number): Promise<number> {
    let total = 0;
    for (let trimmed = TRIM_LIMIT; trimmed === TRIM_LIMIT; total += trimmed) {
      ({ trimmed } = await this.#perform({ kind: 'trim', keepFrom }));
    }
    return total;
  }

  async stage(): Promise<StagedContent> {
    await this.#ready();
    await this.#staged?.discard();
    this.#staged = await SqliteStagedContent.begin({
      database: this.#path,
      generation: newGeneration(this.#random),
      head: this.#head,
      swap: (head) => this.#swap(head),
    });
    return this.#staged;
  }

  async verify(progress: (rows: number) => void = () => {}): Promise<JournalReport> {
    await this.#ready();
    const reader = new JournalReader(this.#path);
    try {
      return verifyContent(reader, progress);
    } finally {
      reader.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #perform(task: JournalTask, buffers: readonly ArrayBuffer[] = []): Promise<JournalResult> {
    this.#refuseWhenClosed();
    if (this.#swapping !== undefined) await this.#ready();
    const result = await this.#live.writer.perform(task, buffers);
    this.#head = result.head;
    this.#csn = result.csn;
    return result;
  }

  #swap(expectedHead: number): Promise<AppendOutcome> {
    const swap = this.#swapWhen(expectedHead).finally(() => {
      this.#swapping = undefined;
    });
    this.#swapping = swap.catch(() => {});
    return swap;
  }

  /** The old content is folded into one file first, which also shows that nobody else has it open. */
  async #swapWhen(expectedHead: number): Promise<AppendOutcome> {
    this.#staged = undefined;
    if (this.#head !== expectedHead) return 'behind';
    await this.#release();
    try {
      if (!foldAlone(this.#path, expectedHead)) return 'behind';
      swapIn(this.#path);
      return 'committed';
    } catch (error) {
      throw sqliteFailure(error, this.#path);
    } finally {
      this.#live = await openLive(this.#path, this.#random);
      this.#head = this.#live.state.head;
      this.#csn = this.#live.state.csn;
    }
  }

  async #close(): Promise<void> {
    await this.#swapping;
    await this.#staged?.discard();
    await this.#release();
  }

  /** The readers go first: only the last connection of a file can fold the write-ahead log into it. */
  async #release(): Promise<void> {
    await Promise.all([...this.#snapshots].map((snapshot) => snapshot.end()));
    this.#live.reader.close();
    await this.#live.writer.close();
  }

  async #ready(): Promise<void> {
    this.#refuseWhenClosed();
    await this.#swapping;
    this.#refuseWhenClosed();
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw storeError('STORE_CLOSED', 'the store is closed');
  }
}

/** Folds the log into the file; false when its head is another. Throws STORE_BUSY when another program has it open. */
function foldAlone(path: string, expectedHead: number): boolean {
  const db = openDatabase(path, { readOnly: false, patience: PATIENCE });
  try {
    if (new StateRow(db).read().head !== expectedHead) return false;
    db.exec('PRAGMA journal_mode = DELETE');
    return true;
  } finally {
    db.close();
  }
}
