/**
 * Key files: private JSON Web Keys (RFC 7517) under the data folder, mode 0600, replaced atomically.
 *
 * A file that others can read, that is cut or that does not hold what it should is never used and never silently
 * replaced: a new key in its place would end every assertion and break the audit trail's signatures unnoticed.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { CodedError, messageOf, type Random } from '../base/index.ts';

const LARGEST_FILE = 65_536;

/** What a key file holds; undefined when there is none. Throws PKI_KEY_BROKEN and PKI_KEY_EXPOSED. */
export function readKeyFile<T>(file: string, schema: z.ZodType<T>): T | undefined {
  const text = readPrivate(file);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken(file, 'it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw broken(file, `it lacks ${parsed.error.issues[0]?.path.join('.') || 'the keys'}`);
  return parsed.data;
}

/** The error for a key file that cannot be used; says what to do. `why` never quotes the file. */
export function broken(file: string, why: string): CodedError {
  return new CodedError(
    'PKI_KEY_BROKEN',
    `the key file ${file} is broken (${why}); put it back from a backup, or move it away to have a new key made`,
  );
}

/** Replaces a key file atomically. Throws PKI_KEY_UNWRITABLE. */
export function replaceKeyFile(file: string, value: unknown, random: Random): void {
  withTemporary(file, value, random, (temporary) => renameSync(temporary, file));
}

/** Makes a key file; false when another process was first. Throws PKI_KEY_UNWRITABLE. */
export function createKeyFile(file: string, value: unknown, random: Random): boolean {
  let first = true;
  withTemporary(file, value, random, (temporary) => {
    try {
      linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      first = false;
    }
    rmSync(temporary);
  });
  return first;
}

function readPrivate(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw broken(file, `it cannot be opened: ${messageOf(error)}`);
  }
  try {
    const { mode, size } = fstatSync(fd);
    if ((mode & 0o077) !== 0) {
      throw new CodedError(
        'PKI_KEY_EXPOSED',
        `others than its owner may read the key file ${file}; run chmod 600 on it, then rotate the key`,
      );
    }
    if (size > LARGEST_FILE) throw broken(file, 'it is too large');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function withTemporary(file: string, value: unknown, random: Random, place: (temporary: string) => void): void {
  const temporary = `${file}.${Buffer.from(random.bytes(6)).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      fchmodSync(fd, 0o600);
      writeFileSync(fd, `${JSON.stringify(value, undefined, 2)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    place(temporary);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CodedError('PKI_KEY_UNWRITABLE', `cannot write the key file ${file}`, { cause: error });
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
