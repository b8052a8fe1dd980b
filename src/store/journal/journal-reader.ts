/**
 * JournalReader is a connection that reads a journal store. In write-ahead mode it never waits for the writer, and it sees a transaction
 * from the moment the writer has it on stable storage.
 */
import { storeError } from '../errors.ts';
import { damaged } from '../sqlite/damage.ts';
import { type Database, openDatabase, type Statement, sqliteFailure } from '../sqlite/database.ts';
import { type JournalState, recordSum, StateRow } from './journal-state.ts';
import type { JournalRecord } from './journal-store.ts';
import { decodeWrites } from './write-codec.ts';

/** An answer ends after so many octets, so that no read holds the thread for long; one record alone may be larger. */
const ANSWER_OCTETS = 4 * 1024 * 1024;

export class JournalReader {
  readonly path: string;
  readonly db: Database;
  readonly #state: StateRow;
  readonly #sumOf: Statement;
  readonly #records: Statement;

  /** Throws what `sqliteFailure` explains. */
  constructor(path: string) {
    this.path = path;
    this.db = openDatabase(path, { readOnly: true, patience: 1_000 });
    try {
      this.db.exec('PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF');
      this.#state = new StateRow(this.db);
      this.#sumOf = this.db.prepare('SELECT sum FROM journal WHERE sequence = ?');
      this.#records = this.db.prepare(
        'SELECT sequence, csn, writes, sum FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?',
      );
    } catch (error) {
      this.db.close();
      throw sqliteFailure(error, path);
    }
  }

  /** Runs `read` in one read transaction, on the state it begins with. */
  reading<T>(read: (state: JournalState) => T): T {
    try {
      this.db.exec('BEGIN');
      try {
        return read(this.#state.read());
      } finally {
        if (this.db.isTransaction) this.db.exec('COMMIT');
      }
    } catch (error) {
      throw sqliteFailure(error, this.path);
    }
  }

  state(): JournalState {
    return this.#state.read();
  }

  /** The records after `after`, checked; within a transaction on `state`. */
  records(state: JournalState, after: number, limit: number): JournalRecord[] {
    if (after < state.base || after > state.head) {
      throw storeError(
        'STORE_TRIMMED',
        `what comes after ${after} is not kept: the journal of this generation goes from ${state.base} to ${state.head}`,
      );
    }
    let sum = after === state.base ? state.baseSum : Number(this.#sumOf.get(after)?.['sum']);
    let last = after;
    let octets = 0;
    const records: JournalRecord[] = [];
    for (const row of this.#records.iterate(after, limit)) {
      const [sequence, csn, encoded] = [Number(row['sequence']), String(row['csn']), row['writes'] as Uint8Array];
      sum = recordSum(sum, sequence, csn, encoded);
      const writes = decodeWrites(encoded);
      if (sequence !== last + 1) throw damaged(this.db, `record ${last + 1} of its journal is missing`);
      if (sum !== row['sum'] || writes === undefined) {
        throw damaged(this.db, `record ${sequence} of its journal has a wrong checksum`);
      }
      records.push({ sequence, csn, writes: writes.map(({ space, key, value }) => ({ space, key, value })) });
      last = sequence;
      octets += encoded.byteLength;
      if (octets >= ANSWER_OCTETS) break;
    }
    if (last < state.head && records.length < limit && octets < ANSWER_OCTETS) {
      throw damaged(this.db, `record ${last + 1} of its journal is missing`);
    }
    if (last === state.head && sum !== state.headSum) {
      throw damaged(this.db, 'the end of its journal is not the one that was written');
    }
    return records;
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }
}
