/**
 * How a database file takes the place of another, whole or not at all.
 *
 * The new file is made as `NAME-staged`, synced, and renamed to `NAME-next`: that rename is the decision. From then on whoever opens `NAME`
 * first completes the swap, as often as it takes. So the log of the old file can never be applied to the new one, and a crash at any
 * step leaves the one or the other.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFile, syncFolder } from '../private-files.ts';

export const stagedPath = (database: string) => `${database}-staged`;
const nextPath = (database: string) => `${database}-next`;

/** Puts the staged file in the place of the database. Nobody may have either open. */
export function swapIn(database: string): void {
  syncFile(stagedPath(database));
  renameSync(stagedPath(database), nextPath(database));
  syncFolder(dirname(database));
  completeSwap(database);
}

/** Removes what is staged. */
export function discardStaged(database: string): void {
  rmSync(stagedPath(database), { force: true });
}

/** Completes a swap that was decided, and removes what never came to a decision. To be called before a database is opened. */
export function completeSwap(database: string): void {
  discardStaged(database);
  if (!existsSync(nextPath(database))) return;
  for (const companion of ['-head', '-wal', '-shm']) rmSync(`${database}${companion}`, { force: true });
  // A power cut must not bring the old log back beside the new file.
  syncFolder(dirname(database));
  renameSync(nextPath(database), database);
  syncFolder(dirname(database));
}
