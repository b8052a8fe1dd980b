/**
 * The one door to node:sqlite: how a connection is opened, and what its errors mean in the store's own codes.
 *
 * node:sqlite is still marked experimental and its names may change; nothing else imports it.
 * See https://www.sqlite.org/rescode.html for the result codes.
 */
import { unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CodedError, type Milliseconds, messageOf } from '../../base/index.ts';
import { type StoreErrorCode, storeError } from '../errors.ts';

export type Database = DatabaseSync;
export type Statement = StatementSync;

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** How long a lock of another program is waited for before SQLITE_BUSY. */
  readonly patience: Milliseconds;
}

/** Opens a connection. Throws what `sqliteFailure` explains. */
export function openDatabase(path: string, { readOnly, patience }: DatabaseOptions): Database {
  return new DatabaseSync(path, { readOnly, timeout: patience });
}

/** Primary result codes of SQLite (the low octet of an extended one). */
const PRIMARY: ReadonlyMap<number, StoreErrorCode> = new Map([
  [1, 'STORE_CORRUPT'], // ERROR: our statements are right, so it is the tables or values that are not
  [3, 'STORE_READ_ONLY'], // PERM
  [5, 'STORE_BUSY'], // BUSY
  [6, 'STORE_BUSY'], // LOCKED
  [8, 'STORE_READ_ONLY'], // READONLY
  [11, 'STORE_CORRUPT'], // CORRUPT
  [13, 'STORE_FULL'], // FULL
  [18, 'STORE_CORRUPT'], // TOOBIG
  [19, 'STORE_CORRUPT'], // CONSTRAINT
  [20, 'STORE_CORRUPT'], // MISMATCH
  [26, 'STORE_CORRUPT'], // NOTADB
]);

const ADVICE: Partial<Record<StoreErrorCode, string>> = {
  STORE_FULL: 'no space left on the disk or in the quota; free some, the store goes on by itself',
  STORE_READ_ONLY: 'may not be written; check the mount and the owner of the file',
  STORE_IO: 'the disk refused; check the kernel log and the disk',
  STORE_BUSY: 'another program holds it; end that program',
  STORE_CORRUPT:
    'is damaged or not a store; restore it from a backup, or move it and its -wal and -head files away to start empty',
};

/** The coded error of anything thrown while working with the database at `path`. */
export function sqliteFailure(error: unknown, path: string): CodedError {
  if (error instanceof CodedError) return error;
  const code = codeOf(error, path);
  return storeError(code, `${path}: ${ADVICE[code]} (${messageOf(error)})`, error);
}

function codeOf(error: unknown, path: string): StoreErrorCode {
  if (!(error instanceof Error)) return 'STORE_IO';
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (isOfAnotherType(error)) return 'STORE_CORRUPT';
  if (typeof errcode !== 'number') return fileCode(code);
  return PRIMARY.get(errcode & 0xff) ?? probe(dirname(path));
}

/**
 * Our statements are right and what they answer has known types: an integer that is none here, nothing where octets must be, or
 * a list that is no JSON comes from a damaged row.
 */
function isOfAnotherType(error: Error): boolean {
  const isArgument = 'code' in error && String(error.code).startsWith('ERR_INVALID_ARG');
  return !isArgument && (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError);
}

/**
 * Why a folder cannot be written. SQLite names a full disk only for write(2) and ENOSPC: a quota, a shared-memory file that cannot
 * grow and a file system that the kernel made read-only all come as I/O errors, so the folder is tried.
 */
function probe(folder: string): StoreErrorCode {
  const path = join(folder, 'store.probe');
  try {
    writeFileSync(path, new Uint8Array(65_536), { mode: 0o600, flush: true });
    return 'STORE_IO';
  } catch (error) {
    return fileCode(error instanceof Error && 'code' in error ? error.code : undefined);
  } finally {
    try {
      unlinkSync(path);
    } catch {
      // Not there, or not to be removed: the answer is known already.
    }
  }
}

function fileCode(code: unknown): StoreErrorCode {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'STORE_FULL';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'STORE_READ_ONLY';
  return 'STORE_IO';
}

/** Whether a file could not be synced: what of it is on the disk is then unknown (SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC). */
export function isSyncFailure(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return errcode === 1034 || errcode === 1290;
}
