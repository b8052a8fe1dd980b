/**
 * Backs up the databases of a data folder while whoever has them open goes on writing.
 *
 * Each database is copied in one read transaction (VACUUM INTO), so it is one instant's whole content, and the copy is then verified row by row:
 * a backup is never made of damaged content unseen. The databases are copied one after the other.
 * The folder is made under another name and renamed when it is complete and synced: what has the name is a whole backup.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Instant } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import { makePrivateFile, makePrivateFolder, syncFile, syncFolder } from '../private-files.ts';
import { openDatabase, sqliteFailure } from '../sqlite/database.ts';
import { checkOwnership } from '../sqlite/form.ts';
import { databasesIn, type FolderDatabase } from './databases.ts';
import { type BackedUpDatabase, type BackupManifest, digestOf, MANIFEST_FILE } from './manifest.ts';
import { type Progress, verifyDatabase } from './verify.ts';

export interface BackupOptions {
  readonly folder: string;
  /** The folder to make; its parents are made where missing. */
  readonly target: string;
  readonly now: Instant;
  readonly progress?: Progress;
}

/** How long a lock of another program is waited for. */
const PATIENCE = 10_000;

/**
 * Throws STORE_TARGET_EXISTS when the target is there, STORE_CORRUPT when what is copied is damaged, and STORE_FULL, STORE_READ_ONLY, STORE_BUSY
 * or STORE_IO; nothing is left of a backup that failed.
 */
export function backupDataFolder({ folder, target, now, progress = () => {} }: BackupOptions): BackupManifest {
  const whole = resolve(target);
  if (existsSync(whole))
    throw storeError('STORE_TARGET_EXISTS', `${whole}: is there; a backup is made in a new folder`);
  const partial = `${whole}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    makePrivateFolder(partial);
    const databases = databasesIn(folder).map((database) => backUp(folder, partial, database, progress));
    const manifest: BackupManifest = { format: 1, made: new Date(now).toISOString(), databases };
    const path = join(partial, MANIFEST_FILE);
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
    syncFile(path);
    syncFolder(partial);
    renameSync(partial, whole);
    syncFolder(dirname(whole));
    return manifest;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw sqliteFailure(error, whole);
  }
}

function backUp(folder: string, target: string, database: FolderDatabase, progress: Progress): BackedUpDatabase {
  const copy = join(target, database.name);
  makePrivateFile(copy);
  const db = openDatabase(join(folder, database.name), { readOnly: true, patience: PATIENCE });
  try {
    checkOwnership(db, database.form);
    db.prepare('VACUUM INTO ?').run(copy);
  } finally {
    db.close();
  }
  syncFile(copy);
  const { damage, ...report } = verifyDatabase(copy, database, progress);
  // What has an older form is verified when it is brought forward.
  const isOlder = report.form > 0 && report.form < database.form.steps.length;
  if (damage.length > 0 && !isOlder) {
    throw storeError('STORE_CORRUPT', `${join(folder, database.name)}: cannot be backed up: ${damage.join('; ')}`);
  }
  return { ...report, sha256: digestOf(copy) };
}
