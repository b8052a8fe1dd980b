/**
 * The state of a journal store: one row that every transaction writes, with what the rest of the file must agree with.
 */

import { checksum } from '../sqlite/checksum.ts';
import { damaged } from '../sqlite/damage.ts';
import type { Database, Statement } from '../sqlite/database.ts';

export interface JournalState {
  readonly generation: string;
  /** The sequence of the last transaction. */
  readonly head: number;
  readonly csn: string;
  /** How many objects there are, and their set hash. */
  readonly objects: number;
  readonly setHash: number;
  /** The checksum of the last record; of the generation when there was none yet. */
  readonly headSum: number;
  /** The sequence after which records are kept, and the checksum that the first of them goes on from. */
  readonly base: number;
  readonly baseSum: number;
}

const COLUMNS = 'generation, head, csn, objects, set_hash, head_sum, base, base_sum';

type Values = [string, number, string, number, number, number, number, number];

const valuesOf = (state: JournalState): Values => [
  state.generation,
  state.head,
  state.csn,
  state.objects,
  state.setHash,
  state.headSum,
  state.base,
  state.baseSum,
];

const sumOf = (values: Values) => checksum(JSON.stringify(values));

export function insertState(db: Database, state: JournalState): void {
  const values = valuesOf(state);
  db.prepare(`INSERT INTO state VALUES (1, ${'?, '.repeat(values.length)}?)`).run(...values, sumOf(values));
}

/** Reads and writes the state within the caller's transaction. */
export class StateRow {
  readonly #db: Database;
  readonly #read: Statement;
  #write: Statement | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#read = db.prepare(`SELECT ${COLUMNS}, sum FROM state`);
  }

  /** Throws STORE_CORRUPT when it is not what was written. */
  read(): JournalState {
    const rows = this.#read.all();
    const row = rows[0] ?? {};
    const state: JournalState = {
      generation: String(row['generation']),
      head: Number(row['head']),
      csn: String(row['csn']),
      objects: Number(row['objects']),
      setHash: Number(row['set_hash']),
      headSum: Number(row['head_sum']),
      base: Number(row['base']),
      baseSum: Number(row['base_sum']),
    };
    if (rows.length !== 1 || row['sum'] !== sumOf(valuesOf(state))) {
      throw damaged(this.#db, 'its state has a wrong checksum');
    }
    return state;
  }

  write(state: JournalState): void {
    this.#write ??= this.#db.prepare(`UPDATE state SET (${COLUMNS}, sum) = (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const values = valuesOf(state);
    this.#write.run(...values, sumOf(values));
  }
}

/** The checksum of a journal record, which goes on from the one before it. */
export function recordSum(before: number, sequence: number, csn: string, writes: Uint8Array): number {
  return checksum(`${before} ${sequence} ${checksum(writes)} ${csn}`);
}
