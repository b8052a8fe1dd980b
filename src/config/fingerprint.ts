/**
 * A fingerprint of the files that a configuration is read from: equal as long as none was written, replaced, added or removed.
 *
 * The change time is part of it, because a copy may keep the modification time of its origin but cannot forge the other.
 */
import { stat } from 'node:fs/promises';
import { listConfigFiles } from './config-files.ts';

/** Of the files that `paths` mean at this moment and of `secretFiles`. Never throws: a missing file has a fingerprint too. */
export async function fingerprintOf(paths: readonly string[], secretFiles: readonly string[]): Promise<string> {
  const { files, problems } = await listConfigFiles(paths);
  const marks = await Promise.all([...files, ...secretFiles].map(markOf));
  return [...marks, ...problems.map((problem) => `${problem.file} ${problem.message}`)].join('\n');
}

async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [file, dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return `${file} is not there`;
  }
}
