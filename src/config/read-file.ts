/**
 * Reads one regular file whole, up to a limit, and never half: a file that changes while it is read is read again.
 */
import { open, stat } from 'node:fs/promises';

export type FileReading =
  | {
      readonly kind: 'read';
      readonly octets: Uint8Array;
      /** Permission bits, such as 0o600. */
      readonly mode: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads at most `limit` octets of `file`; a longer file fails. Never throws. */
export type ReadFile = (file: string, limit: number) => Promise<FileReading>;

const ATTEMPTS = 5;

/** Reads from the disk. */
export const readRegularFile: ReadFile = async (file, limit) => {
  try {
    // Asked before opening: to open a pipe without a writer would wait for ever.
    const { size } = await checkRegular(file);
    if (size > limit) return failed(`is larger than ${limit} octets`);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const reading = await readOnce(file, limit);
      if (reading !== 'changed') return reading;
    }
    return failed('keeps changing while it is read; try again when it is complete');
  } catch (error) {
    return failed(reasonOf(error));
  }
};

async function readOnce(file: string, limit: number): Promise<FileReading | 'changed'> {
  const handle = await open(file, 'r');
  try {
    const before = await handle.stat({ bigint: true });
    const buffer = Buffer.allocUnsafe(Math.min(limit, Number(before.size)) + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const after = await handle.stat({ bigint: true });
    if (before.mtimeNs !== after.mtimeNs || BigInt(length) !== after.size) return 'changed';
    return { kind: 'read', octets: buffer.subarray(0, length), mode: Number(after.mode) & 0o777 };
  } finally {
    await handle.close();
  }
}

async function checkRegular(file: string): Promise<{ size: number }> {
  const found = await stat(file);
  if (!found.isFile()) throw new NotRegular();
  return found;
}

class NotRegular extends Error {}

/** Why a file could not be read, and what to do, for an operator. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotRegular) return 'is not a regular file';
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist; check the path';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user; check owner and mode';
  if (code === 'ERR_INVALID_ARG_VALUE') return 'is not a path';
  return `could not be read (${code})`;
}

function failed(reason: string): FileReading {
  return { kind: 'failed', reason };
}
