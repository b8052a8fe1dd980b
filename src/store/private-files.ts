/**
 * Folders and files that only the owner of the process may read: the data folder holds sessions and keys.
 *
 * A folder that exists keeps its mode (it may be a mount of the operator's); the files in it are private in any case.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder and its parents where missing (mode 0700), and sees to it that a power cut cannot take them back. One by one,
 * because a recursive mkdir hides the reason of a refusal behind ENOENT.
 */
export function makePrivateFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    unlessThere(() => mkdirSync(path, { mode: 0o700 }));
    syncFolder(dirname(path));
  }
}

/**
 * Makes an empty file of mode 0600 where there is none, and takes others' rights away where there is one.
 *
 * INVARIANT: an existing file is not opened: closing any descriptor of a file drops all of the process's fcntl locks on
 * it, and this is called on lock files.
 */
export function makePrivateFile(path: string): void {
  unlessThere(() => closeSync(openSync(path, 'wx', 0o600)));
  chmodSync(path, 0o600);
}

/** Another process may make the same at the same moment. */
function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Puts the names in a folder on stable storage. */
export function syncFolder(folder: string): void {
  syncFile(folder);
}

/** Puts the octets of a file on stable storage. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
