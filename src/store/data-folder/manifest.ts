/**
 * The manifest of a backup (`backup.json`): which databases it has, and what each must be. It is written last.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../base/index.ts';
import { storeError } from '../errors.ts';
import { JOURNAL_FILE } from '../journal/journal-form.ts';
import { RECORD_FILE } from '../records/sqlite-store.ts';

const DATABASE = z.object({
  name: z.enum([RECORD_FILE, JOURNAL_FILE]),
  form: z.int(),
  octets: z.int(),
  /** Of the file, in hexadecimal. */
  sha256: z.string(),
  rows: z.int(),
  /** Of the directory. */
  generation: z.string().optional(),
  head: z.int().optional(),
  csn: z.string().optional(),
});

const MANIFEST = z.object({
  format: z.literal(1),
  /** When it was begun (ISO 8601). */
  made: z.string(),
  databases: z.array(DATABASE),
});

export type BackedUpDatabase = z.infer<typeof DATABASE>;
export type BackupManifest = z.infer<typeof MANIFEST>;

export const MANIFEST_FILE = 'backup.json';

/** Throws STORE_BAD_BACKUP when the folder has no manifest of a backup. */
export function readManifest(backup: string): BackupManifest {
  try {
    return MANIFEST.parse(JSON.parse(readFileSync(join(backup, MANIFEST_FILE), 'utf8')));
  } catch (error) {
    throw badBackup(`${backup}: is not a whole backup: ${MANIFEST_FILE}: ${messageOf(error)}`, error);
  }
}

export function badBackup(message: string, cause?: unknown): Error {
  return storeError('STORE_BAD_BACKUP', message, cause);
}

/** SHA-256 of a file, in hexadecimal. */
export function digestOf(path: string): string {
  const digest = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(1024 * 1024);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      digest.update(chunk.subarray(0, read));
    return digest.digest('hex');
  } finally {
    closeSync(file);
  }
}
