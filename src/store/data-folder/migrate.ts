/**
 * Brings the databases of a data folder to the present form, as a start of the server does, and verifies them.
 */
import { join } from 'node:path';
import { openDatabase, sqliteFailure } from '../sqlite/database.ts';
import { checkOwnership, formOf } from '../sqlite/form.ts';
import { completeSwap } from '../sqlite/swap.ts';
import { openWritable } from '../sqlite/writable.ts';
import { type DatabaseName, databasesIn, type FolderDatabase } from './databases.ts';
import { lockDataFolder } from './lock.ts';
import { type Progress, verifyDatabase } from './verify.ts';

export interface MigratedDatabase {
  readonly name: DatabaseName;
  /** The numbers of its form before and after. */
  readonly from: number;
  readonly to: number;
  /** What is wrong with it in its new form; empty when nothing is. */
  readonly damage: readonly string[];
}

export interface MigrateOptions {
  readonly folder: string;
  /** Say what would be done and change nothing. */
  readonly dryRun: boolean;
  readonly progress?: Progress;
}

/** Throws STORE_LOCKED while a server runs on the folder, STORE_NEWER or STORE_CORRUPT for what it must not touch, or what the disk refuses. */
export function migrateDataFolder({
  folder,
  dryRun,
  progress = () => {},
}: MigrateOptions): readonly MigratedDatabase[] {
  const lock = lockDataFolder(folder);
  try {
    return databasesIn(folder).map((database) => migrateDatabase(folder, database, dryRun, progress));
  } finally {
    lock.release();
  }
}

function migrateDatabase(
  folder: string,
  database: FolderDatabase,
  dryRun: boolean,
  progress: Progress,
): MigratedDatabase {
  const { name, form } = database;
  const path = join(folder, name);
  try {
    if (!dryRun) completeSwap(path);
    const db = openDatabase(path, { readOnly: true, patience: 1_000 });
    let from: number;
    try {
      checkOwnership(db, form);
      from = formOf(db);
    } finally {
      db.close();
    }
    const to = form.steps.length;
    if (dryRun) return { name, from, to, damage: [] };
    openWritable(path, form).close();
    return { name, from, to, damage: verifyDatabase(path, database, progress).damage };
  } catch (error) {
    throw sqliteFailure(error, path);
  }
}
