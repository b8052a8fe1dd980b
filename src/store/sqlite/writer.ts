/**
 * The writer thread: owns the only connection that writes, and commits everything that waits in one transaction.
 *
 * While one transaction is being fsynced the next orders gather in the port; they are then taken together. So the number of
 * fsyncs follows the disk, and the number of commits follows the callers.
 */
import { existsSync, statSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { storeError } from '../errors.ts';
import { makePrivateFile } from '../private-files.ts';
import { type Database, openDatabase, sqliteFailure } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import { checkOwnership, checkStructure, migrate } from './schema.ts';
import type { Answer, Failure, Order, Report, Task } from './writer-protocol.ts';

/** Most writes of one transaction: bounds how long the first of a group waits for the last. */
const GROUP_LIMIT = 10_000;
/** How long another program's write lock (a backup, an operator's shell) is waited for. */
const PATIENCE = 5_000;

const port = parentPort!;
const path = String(workerData);

try {
  const db = open();
  const commit = new GroupCommit(db);
  port.on('message', (first: Order) => {
    for (let next: Order | undefined = first; next !== undefined; ) {
      const group: Task[] = [];
      let weight = 0;
      while (next !== undefined && next.kind !== 'close' && weight < GROUP_LIMIT) {
        group.push(next);
        weight += next.kind === 'commit' ? next.writes.length : 1;
        next = (receiveMessageOnPort(port) as { message: Order } | undefined)?.message;
      }
      if (group.length > 0) report({ kind: 'done', answers: settle(commit, group) });
      if (next?.kind === 'close') {
        db.close();
        port.close();
        return;
      }
    }
  });
  report({ kind: 'ready' });
} catch (error) {
  report({ kind: 'refused', failure: failureOf(error) });
}

function open(): Database {
  if ((!existsSync(path) || statSync(path).size === 0) && existsSync(`${path}-wal`)) {
    // SQLite would drop a log without its database, and with it the last trace of what was there.
    throw storeError(
      'STORE_CORRUPT',
      `${path}: is missing or empty but its -wal file is there; restore it from a backup, or move both away`,
    );
  }
  makePrivateFile(path);
  const db = openDatabase(path, { readOnly: false, patience: PATIENCE });
  try {
    checkOwnership(db);
    const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() ?? {};
    if (mode !== 'wal') throw storeError('STORE_IO', `${path}: the file system cannot share memory; use a local disk`);
    // temp_store: a savepoint's undo pages must not need disk space that a full disk does not have.
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF',
    );
    db.exec(`PRAGMA journal_size_limit = ${64 * 1024 * 1024}`);
    migrate(db);
    checkStructure(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A full disk refuses the group as a whole: each is then tried alone, so that a large batch does not take small ones with it. */
function settle(commit: GroupCommit, group: readonly Task[]): Answer[] {
  try {
    return commit.run(group);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'STORE_FULL' && group.length > 1) return group.flatMap((task) => settle(commit, [task]));
    return group.map(({ id }) => ({ id, result: failure }));
  }
}

function failureOf(error: unknown): Failure {
  const { code, message } = sqliteFailure(error, path);
  return { code, message };
}

function report(message: Report): void {
  port.postMessage(message);
}
