/**
 * GroupCommit writes many batches in one transaction, so that they share one fsync.
 *
 * Each batch is a savepoint: its conditions are judged in order against what is before them, and one that does not hold takes the
 * batch back and leaves its neighbours alone.
 *
 * INVARIANT: `run` returns only after the transaction is on stable storage (`synchronous=FULL`), and throws only when nothing of
 * the group is visible.
 */
import type { Instant } from '../../base/index.ts';
import { withoutSum, withSum } from '../sqlite/checksum.ts';
import type { Database, Statement } from '../sqlite/database.ts';
import type { Writing } from '../sqlite/writer-loop.ts';
import type { Write } from '../store.ts';
import { type RecordState, StateRow } from './record-state.ts';
import { type RecordRow, recordSum } from './record-sum.ts';
import { type RecordResult, type RecordTask, SWEEP_LIMIT } from './record-task.ts';

export class GroupCommit implements Writing<RecordTask, RecordResult> {
  readonly #db: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #undo: Statement;
  readonly #current: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #sweep: Statement;
  readonly #state: StateRow;
  /** What the running transaction has come to. */
  #now: RecordState = { revision: 0, records: 0, setHash: 0 };

  constructor(db: Database) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#savepoint = db.prepare('SAVEPOINT batch');
    this.#release = db.prepare('RELEASE batch');
    this.#undo = db.prepare('ROLLBACK TO batch');
    this.#current = db.prepare('SELECT revision, expires_at, sum FROM record WHERE bucket = ? AND key = ?');
    this.#put = db.prepare(
      `INSERT INTO record (bucket, key, value, revision, expires_at, sum) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         value = excluded.value, revision = excluded.revision, expires_at = excluded.expires_at, sum = excluded.sum`,
    );
    this.#delete = db.prepare('DELETE FROM record WHERE bucket = ? AND key = ?');
    this.#sweep = db.prepare(
      `DELETE FROM record WHERE (bucket, key) IN
         (SELECT bucket, key FROM record WHERE expires_at <= ? ORDER BY expires_at LIMIT ${SWEEP_LIMIT})
       RETURNING sum`,
    );
    this.#state = new StateRow(db);
  }

  weigh(task: RecordTask): number {
    return task.kind === 'commit' ? task.writes.length : 1;
  }

  run(group: readonly RecordTask[]): RecordResult[] {
    this.#takeBack();
    try {
      this.#begin.run();
      const before = this.#state.read();
      this.#now = before;
      const results = group.map((task) => this.#perform(task));
      if (this.#now !== before) this.#state.write(this.#now);
      this.#commit.run();
      return results;
    } catch (error) {
      this.#takeBack();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #perform(task: RecordTask): RecordResult {
    if (task.kind === 'sweep') return this.#sweepAway(task.now);
    this.#savepoint.run();
    const before = this.#now;
    this.#now = { ...before, revision: before.revision + 1 };
    const holds = task.writes.every((write) => this.#write(write, task.now));
    if (!holds) {
      this.#undo.run();
      this.#now = before;
    }
    this.#release.run();
    return holds ? 'committed' : 'conflict';
  }

  /** False when the write's condition does not hold. */
  #write({ bucket, key, value, expect, expiresAt }: Write, now: Instant): boolean {
    const old = this.#current.get(bucket, key) as Pick<RecordRow, 'revision' | 'expires_at' | 'sum'> | undefined;
    const isLive = old !== undefined && (old.expires_at === null || old.expires_at > now);
    if (expect !== 'any' && (isLive ? old.revision : 'absent') !== expect) return false;
    if (old !== undefined) this.#forget([old]);
    if (value === undefined) this.#delete.run(bucket, key);
    else this.#putRecord({ bucket, key, value, revision: this.#now.revision, expires_at: expiresAt ?? null });
    return true;
  }

  #putRecord(row: Omit<RecordRow, 'sum'>): void {
    const sum = recordSum(row);
    this.#put.run(row.bucket, row.key, row.value, row.revision, row.expires_at, sum);
    this.#now = { ...this.#now, records: this.#now.records + 1, setHash: withSum(this.#now.setHash, sum) };
  }

  #sweepAway(now: Instant): number {
    const swept = this.#sweep.all(now) as unknown as Pick<RecordRow, 'sum'>[];
    if (swept.length > 0) this.#forget(swept);
    return swept.length;
  }

  #forget(rows: readonly Pick<RecordRow, 'sum'>[]): void {
    const setHash = rows.reduce((hash, { sum }) => withoutSum(hash, sum), this.#now.setHash);
    this.#now = { ...this.#now, records: this.#now.records - rows.length, setHash };
  }

  /** SQLite ends the transaction by itself for some failures and leaves it open for others. */
  #takeBack(): void {
    if (this.#db.isTransaction) this.#rollback.run();
  }
}
