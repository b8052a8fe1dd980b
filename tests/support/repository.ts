/** The files of the repository, for tests over the tree. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Every file that is, or is about to be, in the repository: paths from its top, sorted. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  const isFile = (file: string) => statSync(join(REPOSITORY, file), { throwIfNoEntry: false })?.isFile() === true;
  const files = new Set(listed.split('\0').filter((file) => file !== '' && isFile(file)));
  return [...files].sort();
}

/** The text of a file of the repository. */
export function repositoryText(file: string): string {
  return readFileSync(join(REPOSITORY, file), 'utf8');
}
