/**
 * The form of a database file: whose it is, which tables it has, and the way from each earlier form to the present one.
 *
 * A file carries its owner's mark in `application_id` and its form in `user_version`. A step, once released, is never changed: a new
 * form is a new step. All steps that a file lacks run in one transaction.
 */
import { storeError } from '../errors.ts';
import { type Database, openDatabase } from './database.ts';

/** A step: SQL, or what SQL alone cannot say. It runs within the transaction of the migration. */
export type Step = string | ((db: Database) => void);

export interface Form {
  /** The owner's mark: four octets that say whose file it is. */
  readonly applicationId: number;
  readonly steps: readonly Step[];
}

/** Throws STORE_CORRUPT for a file that is not ours and STORE_NEWER for one of a later program. Writes nothing. */
export function checkOwnership(db: Database, { applicationId, steps }: Form): void {
  const version = formOf(db);
  const isEmpty = version === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isEmpty && pragma(db, 'application_id') !== applicationId) {
    throw storeError('STORE_CORRUPT', `${db.location()}: is a database of another program; move it away`);
  }
  if (version > steps.length) {
    throw storeError(
      'STORE_NEWER',
      `${db.location()}: has form ${version}, this program knows up to ${steps.length}; run the newer program, or restore a backup of before its upgrade`,
    );
  }
}

/** The number of the file's form; 0 for a file without one. */
export function formOf(db: Database): number {
  return pragma(db, 'user_version');
}

/** Brings the file to the present form. Needs no write when it has it. */
export function migrate(db: Database, { applicationId, steps }: Form): void {
  const version = formOf(db);
  if (version === steps.length) return;
  try {
    db.exec('BEGIN IMMEDIATE');
    for (const step of steps.slice(version)) {
      if (typeof step === 'string') db.exec(step);
      else step(db);
    }
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}; COMMIT;`);
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
      `${db.location()}: is damaged (${String(finding)}); restore it from a backup, or move it and its -wal and -head files away to start empty`,
    );
  }
}

/**
 * Throws STORE_CORRUPT when the tables are not exactly those that the steps make: a flipped bit in a definition changes what a
 * statement means.
 */
export function checkTables(db: Database, form: Form): void {
  const model = openDatabase(':memory:', { readOnly: false, patience: 0 });
  try {
    migrate(model, form);
    if (definitions(db) !== definitions(model)) {
      throw storeError(
        'STORE_CORRUPT',
        `${db.location()}: its tables are not as they were made; restore it from a backup`,
      );
    }
  } finally {
    model.close();
  }
}

function definitions(db: Database): string {
  return JSON.stringify(db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all());
}

function pragma(db: Database, name: 'application_id' | 'user_version'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
