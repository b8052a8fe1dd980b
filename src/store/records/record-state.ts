/**
 * The state of a record store: the last revision, and how many records there are with which set hash.
 */
import { checksum } from '../sqlite/checksum.ts';
import { damaged } from '../sqlite/damage.ts';
import type { Database, Statement } from '../sqlite/database.ts';

export interface RecordState {
  /** The revision last given out. */
  readonly revision: number;
  readonly records: number;
  readonly setHash: number;
}

const sumOf = ({ revision, records, setHash }: RecordState) => checksum(`${revision} ${records} ${setHash}`);

/** Reads and writes the state within the caller's transaction. */
export class StateRow {
  readonly #db: Database;
  readonly #read: Statement;
  readonly #write: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#read = db.prepare('SELECT revision, records, set_hash, sum FROM sequence');
    this.#write = db.prepare('UPDATE sequence SET (revision, records, set_hash, sum) = (?, ?, ?, ?)');
  }

  /** Throws STORE_CORRUPT when it is not what was written. */
  read(): RecordState {
    const rows = this.#read.all();
    const row = rows[0] ?? {};
    const state = {
      revision: Number(row['revision']),
      records: Number(row['records']),
      setHash: Number(row['set_hash']),
    };
    if (rows.length !== 1 || row['sum'] !== sumOf(state)) throw damaged(this.#db, 'its state has a wrong checksum');
    return state;
  }

  write(state: RecordState): void {
    this.#write.run(state.revision, state.records, state.setHash, sumOf(state));
  }
}
