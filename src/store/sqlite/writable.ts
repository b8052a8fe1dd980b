/**
 * How the connection that writes to a live database is opened, and what is checked before anything is written.
 */
import { existsSync, statSync } from 'node:fs';
import { storeError } from '../errors.ts';
import { makePrivateFile } from '../private-files.ts';
import { type Database, openDatabase } from './database.ts';
import { checkOwnership, checkStructure, checkTables, type Form, formOf, migrate } from './form.ts';

/** How long another program's write lock (a backup, an operator's shell) is waited for. */
const PATIENCE = 5_000;

/**
 * Opens the database at `path` for writing, making it when there is none and bringing an older form to the present one. Write-ahead log
 * with `synchronous=FULL`: COMMIT returns when it is on stable storage. The whole file is read to check its structure, unless the
 * caller does that before it writes (`checkStructure`) and the file has the present form.
 */
export function openWritable(path: string, form: Form, structure: 'checked' | 'unchecked' = 'checked'): Database {
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
    checkOwnership(db, form);
    const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() ?? {};
    if (mode !== 'wal') throw storeError('STORE_IO', `${path}: the file system cannot share memory; use a local disk`);
    // temp_store: a savepoint's undo pages must not need disk space that a full disk does not have.
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF',
    );
    db.exec(`PRAGMA journal_size_limit = ${64 * 1024 * 1024}`);
    if (structure === 'checked' || formOf(db) !== form.steps.length) checkStructure(db);
    migrate(db, form);
    checkTables(db, form);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
