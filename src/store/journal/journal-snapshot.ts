/**
 * A snapshot of the objects of one file, on a connection of its own, read by the thread that iterates it.
 */
import { storeError } from '../errors.ts';
import { damaged } from '../sqlite/damage.ts';
import { sqliteFailure } from '../sqlite/database.ts';
import type { EndingSnapshot } from './ending-snapshot.ts';
import type { JournalReader } from './journal-reader.ts';
import type { JournalState } from './journal-state.ts';
import type { StoredObject } from './journal-store.ts';
import { scanObjects } from './object-scan.ts';
import { unpackObjects } from './packed-objects.ts';

export class JournalSnapshot implements EndingSnapshot {
  readonly generation: string;
  readonly head: number;
  readonly csn: string;
  readonly count: number;
  readonly #reader: JournalReader;
  readonly #state: JournalState;
  readonly #onEnd: (snapshot: EndingSnapshot) => void;
  #hasEnded = false;

  /** Of what `reader`, which becomes its own, sees now. Throws what `sqliteFailure` explains. */
  constructor(reader: JournalReader, onEnd: (snapshot: EndingSnapshot) => void) {
    this.#reader = reader;
    this.#onEnd = onEnd;
    try {
      reader.db.exec('BEGIN');
      this.#state = reader.state();
    } catch (error) {
      reader.close();
      throw sqliteFailure(error, reader.path);
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
        yield unpackObjects(batch);
        this.#refuseWhenEnded();
      }
    } catch (error) {
      throw sqliteFailure(error, path);
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reader.close();
    this.#onEnd(this);
  }

  #refuseWhenEnded(): void {
    if (this.#hasEnded) throw storeError('STORE_CLOSED', 'the snapshot has ended');
  }
}
