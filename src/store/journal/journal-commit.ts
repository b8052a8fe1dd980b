/**
 * JournalCommit writes many appends in one transaction, so that they share one fsync: objects, journal records, CSN, count and set
 * hash together.
 *
 * INVARIANT: `run` returns only after the transaction is on stable storage, and throws only when nothing of the group is visible.
 * INVARIANT: after the disk refused, nothing is written any more: what an fsync that failed left behind is not known, and to
 * try again could acknowledge what is not there. A restart reads what there is.
 */
import { storeError } from '../errors.ts';
import { checksum, withoutSum, withSum } from '../sqlite/checksum.ts';
import { damaged } from '../sqlite/damage.ts';
import { type Database, isSyncFailure, type Statement, sqliteFailure } from '../sqlite/database.ts';
import { checkStructure } from '../sqlite/form.ts';
import type { Writing } from '../sqlite/writer-loop.ts';
import { AcknowledgedHead, HeadAcknowledgement } from './acknowledged-head.ts';
import { type JournalState, recordSum, StateRow } from './journal-state.ts';
import { type EncodedTransaction, type JournalResult, type JournalTask, TRIM_LIMIT } from './journal-task.ts';
import { decodeWrites, type EncodedWrite } from './write-codec.ts';

export class JournalCommit implements Writing<JournalTask, JournalResult> {
  readonly #path: string;
  readonly #db: Database;
  readonly #state: StateRow;
  readonly #acknowledged: HeadAcknowledgement;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #sumOf: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #append: Statement;
  readonly #recordSum: Statement;
  readonly #trim: Statement;
  #isHalted = false;

  constructor(db: Database, path: string) {
    this.#path = path;
    this.#db = db;
    this.#state = new StateRow(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#sumOf = db.prepare('SELECT sum FROM object WHERE space = ? AND key = ?');
    this.#put = db.prepare(
      `INSERT INTO object (space, key, value, sum) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, sum = excluded.sum`,
    );
    this.#delete = db.prepare('DELETE FROM object WHERE space = ? AND key = ?');
    this.#append = db.prepare('INSERT INTO journal (sequence, csn, writes, sum) VALUES (?, ?, ?, ?)');
    this.#recordSum = db.prepare('SELECT sum FROM journal WHERE sequence = ?');
    this.#trim = db.prepare('DELETE FROM journal WHERE sequence <= ?');
    const state = this.#state.read();
    AcknowledgedHead.read(path)?.check(state);
    this.#acknowledged = new HeadAcknowledgement(path, state);
  }

  /** Reads the whole file: what is written to a tree that is broken would break more of it. */
  check(): void {
    checkStructure(this.#db);
  }

  weigh(task: JournalTask): number {
    return task.kind === 'append' ? task.transactions.length : TRIM_LIMIT;
  }

  run(group: readonly JournalTask[]): JournalResult[] {
    if (this.#isHalted) {
      throw storeError('STORE_DOWN', 'the disk refused a write before; nothing is kept until the program is restarted');
    }
    this.#takeBack();
    try {
      this.#acknowledged.settle();
      this.#begin.run();
      const before = this.#state.read();
      let state = before;
      const results = group.map((task): JournalResult => {
        if (task.kind === 'trim') {
          const trimmed = this.#trimTo(state, Math.min(task.keepFrom - 1, state.head, state.base + TRIM_LIMIT));
          const count = trimmed.base - state.base;
          state = trimmed;
          return { outcome: 'committed', head: state.head, csn: state.csn, trimmed: count };
        }
        const outcome = task.expectedHead === state.head ? 'committed' : 'behind';
        if (outcome === 'committed') for (const each of task.transactions) state = this.#write(state, each);
        return { outcome, head: state.head, csn: state.csn, trimmed: 0 };
      });
      if (state !== before) this.#state.write(state);
      this.#commit.run();
      if (state.head !== before.head) this.#acknowledged.acknowledge(state);
      return results;
    } catch (error) {
      this.#isHalted = isSyncFailure(error) || sqliteFailure(error, this.#path).code === 'STORE_IO';
      this.#takeBack();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
    this.#acknowledged.close();
  }

  #write(state: JournalState, { csn, writes: encoded }: EncodedTransaction): JournalState {
    const sequence = state.head + 1;
    const sum = recordSum(state.headSum, sequence, csn, encoded);
    this.#append.run(sequence, csn, encoded, sum);
    let { objects, setHash } = state;
    for (const write of decodeWrites(encoded) ?? []) {
      const old = this.#sumOf.get(write.space, write.key)?.['sum'];
      if (old !== undefined) {
        objects -= 1;
        setHash = withoutSum(setHash, Number(old));
      }
      if (write.value !== undefined) {
        objects += 1;
        setHash = withSum(setHash, this.#writeObject(write, write.value));
      } else if (old !== undefined) {
        this.#delete.run(write.space, write.key);
      }
    }
    return { ...state, head: sequence, csn, objects, setHash, headSum: sum };
  }

  #writeObject({ space, key, image }: EncodedWrite, value: Uint8Array): number {
    const sum = checksum(image);
    this.#put.run(space, key, value, sum);
    return sum;
  }

  #trimTo(state: JournalState, base: number): JournalState {
    if (base <= state.base) return state;
    const baseSum = this.#recordSum.get(base)?.['sum'];
    if (baseSum === undefined) throw damaged(this.#db, `record ${base} of its journal is missing`);
    this.#trim.run(base);
    return { ...state, base, baseSum: Number(baseSum) };
  }

  /** SQLite ends the transaction by itself for some failures and leaves it open for others. */
  #takeBack(): void {
    if (this.#db.isTransaction) this.#rollback.run();
  }
}
