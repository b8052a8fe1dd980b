/**
 * Replaces a file as a whole: whoever reads it, also after a power cut, sees the old content or the new one.
 *
 * Mode and owner are kept, and a symbolic link stays a link. Two replacements at one time exclude each other by the
 * temporary file; one made by another program in between is noticed and refused.
 */
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRegularFile, reasonOf } from './read-file.ts';

export type Replacement = { readonly kind: 'replaced' } | { readonly kind: 'refused'; readonly reason: string };

/** Writes `next` to `file` if it still holds `expected`. Never throws for what the file system answers. */
export async function replaceFile(file: string, expected: Uint8Array, next: Uint8Array): Promise<Replacement> {
  let temporary: string | undefined;
  try {
    const target = await realpath(file);
    const name = join(dirname(target), `.${basename(target)}.edit`);
    const handle = await open(name, 'wx', 0o600);
    temporary = name;
    await fill(handle, target, next);
    const current = await readRegularFile(target, expected.length);
    if (current.kind === 'failed' || !Buffer.from(current.octets).equals(expected)) {
      return { kind: 'refused', reason: 'was changed by somebody else meanwhile; try again' };
    }
    await rename(temporary, target);
    temporary = undefined;
    await syncFolder(dirname(target));
    return { kind: 'replaced' };
  } catch (error) {
    return { kind: 'refused', reason: refusalOf(error, file) };
  } finally {
    if (temporary !== undefined) await unlink(temporary).catch(() => {});
  }
}

async function fill(handle: FileHandle, target: string, content: Uint8Array): Promise<void> {
  try {
    const kept = await stat(target);
    const made = await handle.stat();
    await handle.writeFile(content);
    if (made.uid !== kept.uid || made.gid !== kept.gid) await handle.chown(kept.uid, kept.gid);
    // After chown, which clears bits.
    await handle.chmod(kept.mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function refusalOf(error: unknown, file: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') {
    return `is being edited by somebody else; if nobody is, remove ${join(dirname(file), `.${basename(file)}.edit`)}`;
  }
  if (code === 'EACCES' || code === 'EPERM') return 'could not be replaced with its owner kept; run this as its owner';
  if (code === 'ENOSPC') return 'could not be written: no space is left; nothing was changed';
  return reasonOf(error);
}
