/**
 * The Store in one SQLite file of the data folder (`store.db`): one thread writes, the main thread reads.
 *
 * Write-ahead log with `synchronous=FULL`; see docs/decisions/0001-storage-engine.md for why and for what it costs.
 */
import { extname, join } from 'node:path';
import type { Clock, Instant } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import { checkBatch, checkName } from '../limits.ts';
import { makePrivateFolder } from '../private-files.ts';
import { sqliteFailure } from '../sqlite/database.ts';
import { completeSwap } from '../sqlite/swap.ts';
import { WriterThread } from '../sqlite/writer-thread.ts';
import type { CommitOutcome, Store, StoredRecord, Write } from '../store.ts';
import { Reader } from './reader.ts';
import { type RecordResult, type RecordTask, SWEEP_LIMIT } from './record-task.ts';

/** The file in the data folder. */
export const RECORD_FILE = 'store.db';

export interface SqliteStoreOptions {
  /** The data folder; made with mode 0700 when missing. The caller holds its lock (`lockDataFolder`). */
  readonly folder: string;
  readonly clock: Clock;
}

/**
 * Opens the store, making it when there is none and bringing an older form to the present one. Rejects with STORE_CORRUPT, STORE_NEWER,
 * STORE_FULL, STORE_READ_ONLY, STORE_BUSY or STORE_IO; each message says what to do.
 */
export async function openSqliteStore({ folder, clock }: SqliteStoreOptions): Promise<Store> {
  const path = join(folder, RECORD_FILE);
  try {
    makePrivateFolder(folder);
    completeSwap(path);
  } catch (error) {
    throw sqliteFailure(error, path);
  }
  const writer = await WriterThread.start<RecordTask, RecordResult>(
    new URL(`./writer${extname(import.meta.filename)}`, import.meta.url),
    path,
  );
  try {
    return new SqliteStore(new Reader(path), writer, clock);
  } catch (error) {
    await writer.close();
    throw sqliteFailure(error, path);
  }
}

class SqliteStore implements Store {
  readonly #reader: Reader;
  readonly #writer: WriterThread<RecordTask, RecordResult>;
  readonly #clock: Clock;
  #closing: Promise<void> | undefined;

  constructor(reader: Reader, writer: WriterThread<RecordTask, RecordResult>, clock: Clock) {
    this.#reader = reader;
    this.#writer = writer;
    this.#clock = clock;
  }

  async get(bucket: string, key: string): Promise<StoredRecord | undefined> {
    this.#refuseWhenClosed();
    checkName('bucket', bucket);
    checkName('key', key);
    return this.#reader.get(bucket, key, this.#clock.now());
  }

  async *list(bucket: string): AsyncIterable<StoredRecord> {
    checkName('bucket', bucket);
    // No key is empty, so every key comes after the empty text.
    for (let after: string | undefined = ''; after !== undefined; ) {
      this.#refuseWhenClosed();
      const page = this.#reader.page(bucket, after, this.#clock.now());
      yield* page;
      after = page.at(-1)?.key;
    }
  }

  async commit(writes: readonly Write[]): Promise<CommitOutcome> {
    this.#refuseWhenClosed();
    checkBatch(writes);
    const values: ArrayBuffer[] = [];
    const own = writes.map((write) => {
      if (write.value === undefined) return write;
      const value = new Uint8Array(write.value);
      values.push(value.buffer);
      return { ...write, value };
    });
    const outcome = await this.#writer.perform({ kind: 'commit', now: this.#clock.now(), writes: own }, values);
    return outcome as CommitOutcome;
  }

  async sweep(now: Instant): Promise<number> {
    let total = 0;
    for (let swept = SWEEP_LIMIT; swept === SWEEP_LIMIT; total += swept) {
      this.#refuseWhenClosed();
      swept = Number(await this.#writer.perform({ kind: 'sweep', now }));
    }
    return total;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The reader goes first: only the last connection of a file can fold the write-ahead log into it. */
  async #close(): Promise<void> {
    this.#reader.close();
    await this.#writer.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw storeError('STORE_CLOSED', 'the store is closed');
  }
}
