/**
 * The tables of the SQLite store, and the way from each earlier form to the present one.
 *
 * A file carries its owner's mark in `application_id` and its form in `user_version`. A step, once released, is never changed: a new
 * form is a new step. All steps that a file lacks run in one transaction.
 */
import { storeError } from '../errors.ts';
import type { Database } from './database.ts';

/** "RMGT": says that the file is a store of this program. */
const APPLICATION_ID = 0x52_4d_47_54;

const STEPS: readonly string[] = [
  `CREATE TABLE record (
     bucket TEXT NOT NULL,
     key TEXT NOT NULL,
     value BLOB NOT NULL,
     revision INTEGER NOT NULL,
     expires_at INTEGER,
     PRIMARY KEY (bucket, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL;
   CREATE TABLE sequence (revision INTEGER NOT NULL) STRICT;
   INSERT INTO sequence VALUES (0);`,
];

/** Throws STORE_CORRUPT for a file that is not ours and STORE_NEWER for one of a later program. Writes nothing. */
export function checkOwnership(db: Database, steps: readonly string[] = STEPS): void {
  const version = pragma(db, 'user_version');
  const isEmpty = version === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isEmpty && pragma(db, 'application_id') !== APPLICATION_ID) {
    throw storeError('STORE_CORRUPT', `${db.location()}: is a database of another program; move it away`);
  }
  if (version > steps.length) {
    throw storeError(
      'STORE_NEWER',
      `${db.location()}: has form ${version}, this program knows up to ${steps.length}; run the newer program, or restore a backup of before its upgrade`,
    );
  }
}

/** Brings the file to the present form. Needs no write when it has it. */
export function migrate(db: Database, steps: readonly string[] = STEPS): void {
  const version = pragma(db, 'user_version');
  if (version === steps.length) return;
  try {
    db.exec(
      `BEGIN IMMEDIATE;
       ${steps.slice(version).join('\n')}
       PRAGMA application_id = ${APPLICATION_ID};
       PRAGMA user_version = ${steps.length};
       COMMIT;`,
    );
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Throws STORE_CORRUPT when the file's structure is broken; reads the whole file. */
export function checkStructure(db: Database): void {
  const finding = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (finding !== 'ok') {
    throw storeError(
      'STORE_CORRUPT',
      `${db.location()}: is damaged (${String(finding)}); restore it from a backup, or move it and its -wal file away to start empty`,
    );
  }
}

function pragma(db: Database, name: 'application_id' | 'user_version'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
