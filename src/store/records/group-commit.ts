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
import type { Database, Statement } from '../sqlite/database.ts';
import type { Writing } from '../sqlite/writer-loop.ts';
import type { Write } from '../store.ts';
import { type RecordResult, type RecordTask, SWEEP_LIMIT } from './record-task.ts';

const LIVE = '(expires_at IS NULL OR expires_at > ?)';

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
  readonly #readSequence: Statement;
  readonly #writeSequence: Statement;
  /** The revision last given out in the running transaction. */
  #revision = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#savepoint = db.prepare('SAVEPOINT batch');
    this.#release = db.prepare('RELEASE batch');
    this.#undo = db.prepare('ROLLBACK TO batch');
    this.#current = db.prepare(`SELECT revision FROM record WHERE bucket = ? AND key = ? AND ${LIVE}`);
    this.#put = db.prepare(
      `INSERT INTO record (bucket, key, value, revision, expires_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, revision = excluded.revision, expires_at = excluded.expires_at`,
    );
    this.#delete = db.prepare('DELETE FROM record WHERE bucket = ? AND key = ?');
    this.#sweep = db.prepare(
      `DELETE FROM record WHERE (bucket, key) IN
         (SELECT bucket, key FROM record WHERE expires_at <= ? ORDER BY expires_at LIMIT ${SWEEP_LIMIT})`,
    );
    this.#readSequence = db.prepare('SELECT revision FROM sequence');
    this.#writeSequence = db.prepare('UPDATE sequence SET revision = ?');
  }

  weigh(task: RecordTask): number {
    return task.kind === 'commit' ? task.writes.length : 1;
  }

  run(group: readonly RecordTask[]): RecordResult[] {
    this.#takeBack();
    try {
      this.#begin.run();
      const before = Number(this.#readSequence.get()?.['revision']);
      this.#revision = before;
      const results = group.map((task) => this.#perform(task));
      if (this.#revision !== before) this.#writeSequence.run(this.#revision);
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
    if (task.kind === 'sweep') return Number(this.#sweep.run(task.now).changes);
    this.#savepoint.run();
    this.#revision += 1;
    const holds = task.writes.every((write) => this.#write(write, task.now));
    if (!holds) {
      this.#undo.run();
      this.#revision -= 1;
    }
    this.#release.run();
    return holds ? 'committed' : 'conflict';
  }

  /** False when the write's condition does not hold. */
  #write({ bucket, key, value, expect, expiresAt }: Write, now: Instant): boolean {
    if (expect !== 'any') {
      const current = this.#current.get(bucket, key, now)?.['revision'];
      if (current !== (expect === 'absent' ? undefined : expect)) return false;
    }
    if (value === undefined) this.#delete.run(bucket, key);
    else this.#put.run(bucket, key, value, this.#revision, expiresAt ?? null);
    return true;
  }

  /** SQLite ends the transaction by itself for some failures and leaves it open for others. */
  #takeBack(): void {
    if (this.#db.isTransaction) this.#rollback.run();
  }
}
