/**
 * Retention deletes whole files whose last record is older than the time to keep.
 *
 * What is about to go is written down first (`audit.expire` with the number of the last record), so that `audit verify`
 * can tell a file that was too old from one that somebody removed.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant, Milliseconds } from '../base/index.ts';
import { firstFrame, inRecordOrder, listTrailFiles, type TrailFile } from './trail-folder.ts';

export interface Expired {
  readonly files: readonly TrailFile[];
  /** Number of the last record in them. */
  readonly through: number;
}

/** The files of a chain that are too old, never the newest one; undefined when there is none. */
export function expiredFiles(folder: string, chain: string, now: Instant, keep: Milliseconds): Expired | undefined {
  const files = inRecordOrder(listTrailFiles(folder, chain));
  let expired: Expired | undefined;
  for (const [index, next] of files.entries()) {
    // A file ends when the one after it begins.
    if (index === 0) continue;
    const first = firstFrame(next);
    if (first === undefined || first.at > now - keep) break;
    expired = { files: files.slice(0, index), through: first.n - 1 };
  }
  return expired;
}

/** Deletes what retention named, and torn files as old as it. */
export function deleteExpired(folder: string, chain: string, expired: Expired): void {
  for (const file of expired.files) rmSync(file.path, { force: true });
  const oldest = expired.files.at(-1)!.name;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`audit-${chain}-`) && name.endsWith('.torn') && name <= oldest) rmSync(join(folder, name));
  }
}
