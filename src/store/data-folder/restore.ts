/**
 * Puts the databases of a backup in the place of those of a data folder.
 *
 * The directory gets a new generation: whoever followed the old one, a replica or a client with a cookie, must notice that it went back.
 * The records (sessions, lockout counts) stay what they are where there are some: those of the backup would bring sessions back to
 * life that were ended since.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../base/index.ts';
import { newGeneration } from '../journal/generation.ts';
import { JOURNAL_FILE } from '../journal/journal-form.ts';
import { StateRow } from '../journal/journal-state.ts';
import { makePrivateFile } from '../private-files.ts';
import { RECORD_FILE } from '../records/sqlite-store.ts';
import { openDatabase, sqliteFailure } from '../sqlite/database.ts';
import { checkOwnership, migrate } from '../sqlite/form.ts';
import { completeSwap, discardStaged, stagedPath, swapIn } from '../sqlite/swap.ts';
import { DATABASES, type DatabaseName, type FolderDatabase } from './databases.ts';
import { lockDataFolder } from './lock.ts';
import { type BackedUpDatabase, badBackup, digestOf, readManifest } from './manifest.ts';
import { type DatabaseReport, type Progress, verifyDatabase } from './verify.ts';

export interface RestoreOptions {
  readonly folder: string;
  readonly backup: string;
  readonly random: Random;
  /** Put the records back too. */
  readonly withSessions: boolean;
  /** Do everything but the last step: nothing is replaced. */
  readonly dryRun: boolean;
  readonly progress?: Progress;
}

export interface RestoredDatabase {
  readonly name: DatabaseName;
  readonly backup: BackedUpDatabase;
  /** What is there now, as far as it can be read; undefined where there is nothing. */
  readonly replaced: DatabaseReport | undefined;
  /** The directory's new generation. */
  readonly generation: string | undefined;
  readonly outcome: 'restored' | 'kept';
}

/**
 * Throws STORE_LOCKED while a server runs on the folder, STORE_BAD_BACKUP when the backup is not whole, STORE_NEWER when it is of a newer program,
 * and STORE_FULL, STORE_READ_ONLY or STORE_IO. Each database is the old one or the restored one, whatever happens meanwhile.
 */
export function restoreDataFolder(options: RestoreOptions): readonly RestoredDatabase[] {
  const { folder, backup } = options;
  const lock = lockDataFolder(folder);
  try {
    const manifest = readManifest(backup);
    const wanted = DATABASES.flatMap((database) => {
      const entry = manifest.databases.find(({ name }) => name === database.name);
      return entry === undefined ? [] : [{ database, entry }];
    });
    for (const { database, entry } of wanted) checkDigest(join(backup, database.name), entry);
    return wanted.map(({ database, entry }) => restore(options, database, entry));
  } catch (error) {
    throw sqliteFailure(error, folder);
  } finally {
    lock.release();
  }
}

function checkDigest(path: string, { sha256 }: BackedUpDatabase): void {
  if (!existsSync(path)) throw badBackup(`${path}: is missing from the backup`);
  if (digestOf(path) !== sha256) throw badBackup(`${path}: is not what was backed up (its digest is another)`);
}

function restore(options: RestoreOptions, database: FolderDatabase, entry: BackedUpDatabase): RestoredDatabase {
  const { folder, random, withSessions, dryRun } = options;
  const { name } = database;
  const path = join(folder, name);
  completeSwap(path);
  const isThere = existsSync(path);
  const replaced = isThere ? verifyDatabase(path, database, () => {}) : undefined;
  const outcome = name === RECORD_FILE && isThere && !withSessions ? 'kept' : 'restored';
  const generation = name === JOURNAL_FILE ? newGeneration(random) : undefined;
  if (outcome === 'restored') {
    stage(options, database, generation);
    if (dryRun) discardStaged(path);
    else swapIn(path);
  }
  return { name, backup: entry, replaced, generation, outcome };
}

/** Copies the file beside the one that it is to replace, gives it the present form, verifies it and names its generation. */
function stage(options: RestoreOptions, database: FolderDatabase, generation: string | undefined): void {
  const { folder, backup, progress = () => {} } = options;
  const staged = stagedPath(join(folder, database.name));
  makePrivateFile(staged);
  copyFileSync(join(backup, database.name), staged);
  const db = openDatabase(staged, { readOnly: false, patience: 0 });
  try {
    checkOwnership(db, database.form);
    migrate(db, database.form);
  } finally {
    db.close();
  }
  const { damage } = verifyDatabase(staged, database, progress);
  if (damage.length > 0) throw badBackup(`${join(backup, database.name)}: ${damage.join('; ')}`);
  if (generation !== undefined) rename(staged, generation);
}

function rename(staged: string, generation: string): void {
  const db = openDatabase(staged, { readOnly: false, patience: 0 });
  try {
    const state = new StateRow(db);
    state.write({ ...state.read(), generation });
  } finally {
    db.close();
  }
}
