/**
 * The lock on the data folder: at most one process, and one holder within it, may write there.
 *
 * Node has no flock(2). SQLite takes fcntl(2) locks, which the kernel drops when the process ends however it ends, and keeps count of them
 * within the process, which fcntl alone does not; so the lock is an exclusive transaction on an empty database of its own. The holder's pid
 * stands in a file beside it, because reading a locked file from the holder's own process would drop the lock.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Milliseconds } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import { makePrivateFile, makePrivateFolder } from '../private-files.ts';
import { type Database, openDatabase, sqliteFailure } from '../sqlite/database.ts';

/** Two that start in the same moment can each see the other half way; a short wait lets one of them win. */
const PATIENCE: Milliseconds = 100;

/** SQLITE_BUSY arrives as this code. */
const TAKEN = 'STORE_BUSY';

/**
 * INVARIANT: a lock is held until it is released or the process ends, also when nobody keeps the DataFolderLock. Node closes
 * a database that the garbage collector finds, and with it the lock would go.
 */
const held = new Set<Database>();

export interface DataFolderLock {
  readonly folder: string;
  /** Gives the folder free. Idempotent; the end of the process does the same. */
  release(): void;
}

/**
 * Takes the exclusive lock on `folder`, making the folder (mode 0700) when it is missing. Throws STORE_LOCKED, naming the process that holds
 * it, and STORE_READ_ONLY, STORE_FULL or STORE_IO when the folder cannot be used.
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const path = join(folder, 'lock');
  const pidPath = join(folder, 'lock.pid');
  const db = acquire(folder, path, pidPath);
  held.add(db);
  writePid(pidPath);
  return {
    folder,
    release() {
      if (!held.delete(db)) return;
      rmSync(pidPath, { force: true });
      db.close();
    },
  };
}

function acquire(folder: string, path: string, pidPath: string): Database {
  let db: Database | undefined;
  try {
    makePrivateFolder(folder);
    makePrivateFile(path);
    db = openDatabase(path, { readOnly: false, patience: PATIENCE });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    const failure = sqliteFailure(error, path);
    if (failure.code !== TAKEN) throw failure;
    throw storeError(
      'STORE_LOCKED',
      `${folder}: is in use by ${holder(pidPath)}; end it first, or name another data folder`,
      error,
    );
  }
}

/** The pid only serves the message: a disk too full for it must not keep the program from starting. */
function writePid(pidPath: string): void {
  try {
    rmSync(pidPath, { force: true });
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // The refused one then says "another process".
  }
}

function holder(pidPath: string): string {
  try {
    const pid = readFileSync(pidPath, 'utf8').trim();
    return /^\d{1,10}$/.test(pid) ? `process ${pid}` : 'another process';
  } catch {
    return 'another process';
  }
}
