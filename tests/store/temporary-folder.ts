/** Folders and mounts that a test of the store makes and gives back. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that is gone when the test ends. */
export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-store-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file system of its own, of so many megabytes, unmounted when the test ends. Needs root. */
export function temporaryMount(test: TestContext, megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-mount-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  test.after(() => unmount(folder, folder));
  return folder;
}

/** An ext4 file system in a file, unmounted when the test ends. Needs root. */
export function temporaryExt4(test: TestContext, megabytes: number): string {
  const base = mkdtempSync(join(tmpdir(), 'realmgate-mount-'));
  const image = join(base, 'image');
  const folder = join(base, 'mount');
  execFileSync('truncate', ['-s', `${megabytes}M`, image]);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  mkdirSync(folder);
  execFileSync('mount', ['-o', 'loop', image, folder]);
  test.after(() => unmount(folder, base));
  return folder;
}

function unmount(folder: string, base: string): void {
  execFileSync('umount', ['--lazy', folder]);
  rmSync(base, { recursive: true });
}
