/**
 * A snapshot of the objects of one file, on a connection of its own.
 */
import { storeError } from '../errors.ts';
import { damaged } from '../sqlite/damage.ts';
import { sqliteFailure } from '../sqlite/database.ts';
import { JournalReader } from './journal-reader.ts';
import type { JournalState } from './journal-state.ts';
import type { ObjectSnapshot, StoredObject } from './journal-store.ts';
import { scanObjects } from './object-scan.ts';

export class JournalSnapshot implements ObjectSnapshot {
  readonly generation: string;
  readonly head: number;
  readonly csn: string;
  readonly count: number;
  readonly #reader: JournalReader;
  readonly #state: JournalState;
  readonly #onEnd: (snapshot: JournalSnapshot) => void;
  #hasEnded = false;

  /** Of the database at `path` as it is now. `onEnd` is told when its connection is closed. Throws what `sqliteFailure` explains. */
  constructor(path: string, onEnd: (snapshot: JournalSnapshot) => void) {
    this.#reader = new JournalReader(path);
    this.#onEnd = onEnd;
    try {
      this.#reader.db.exec('BEGIN');
      this.#state = this.#reader.state();
    } catch (error) {
      this.#reader.close();
      throw sqliteFailure(error, path);
    }
    const { generation, head, csn, objects } = this.#state;
    this.generation = generation;
    this.head = head;
    this.csn = csn;
    this.count = objects;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StoredObject[]> {
    const { db, path } = this.#reader;
    try {
      this.#refuseWhenEnded();
      const batches = scanObjects(db, this.#state, (what) => {
        throw damaged(db, what);
      });
      for (const batch of batches) {
        yield batch;
        this.#refuseWhenEnded();
      }
    } catch (error) {
      throw sqliteFailure(error, path);
    } finally {
      this.end();
    }
  }

  /** Gives the connection back; whoever still iterates is told so. Idempotent. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reader.close();
    this.#onEnd(this);
  }

  #refuseWhenEnded(): void {
    if (this.#hasEnded) throw storeError('STORE_CLOSED', 'the snapshot has ended');
  }
}
