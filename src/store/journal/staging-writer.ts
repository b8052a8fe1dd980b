/**
 * The thread that makes the content to be swapped in: one file beside the live one, without a log and unsynced until it is complete, because
 * a crash before that throws it away.
 */
import { rmSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { storeError } from '../errors.ts';
import { makePrivateFile } from '../private-files.ts';
import { checksum, withSum } from '../sqlite/checksum.ts';
import { type Database, openDatabase, type Statement } from '../sqlite/database.ts';
import { migrate } from '../sqlite/form.ts';
import { serveWriter, type Writing } from '../sqlite/writer-loop.ts';
import { journalForm } from './journal-form.ts';
import { StateRow } from './journal-state.ts';
import type { StagingTask, StagingWriterData } from './staging-task.ts';
import { decodeWrites } from './write-codec.ts';

/** KiB of pages kept in memory: objects come in any order. */
const CACHE = 128 * 1024;

class Staging implements Writing<StagingTask, undefined> {
  readonly #db: Database;
  readonly #insert: Statement;
  #objects = 0;
  #setHash = 0;
  #failed = false;

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO object (space, key, value, sum) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    db.exec('BEGIN');
  }

  weigh(): number {
    return 1000;
  }

  run(group: readonly StagingTask[]): undefined[] {
    // What came after a failure would be added to a content that lacks something.
    if (this.#failed)
      throw storeError('STORE_CLOSED', 'the staged content is broken by an earlier failure; begin again');
    try {
      return group.map((task) => this.#perform(task));
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #perform(task: StagingTask): undefined {
    if (task.kind === 'add') {
      for (const { space, key, value, image } of decodeWrites(task.writes) ?? []) {
        const sum = checksum(image);
        if (this.#insert.run(space, key, value!, sum).changes === 0) {
          throw storeError(
            'STORE_BAD_KEY',
            `an object of the space ${space} was added twice (key ${Buffer.from(key).toString('hex')})`,
          );
        }
        this.#objects += 1;
        this.#setHash = withSum(this.#setHash, sum);
      }
      return;
    }
    const state = new StateRow(this.#db);
    const { head, csn } = task;
    state.write({ ...state.read(), head, csn, base: head, objects: this.#objects, setHash: this.#setHash });
    this.#db.exec('COMMIT');
  }
}

const { path, generation } = workerData as StagingWriterData;

serveWriter(path, () => {
  rmSync(path, { force: true });
  makePrivateFile(path);
  const db = openDatabase(path, { readOnly: false, patience: 0 });
  db.exec(
    `PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -${CACHE}`,
  );
  migrate(db, journalForm(generation));
  return new Staging(db);
});
