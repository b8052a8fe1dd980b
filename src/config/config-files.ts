/**
 * Which files a configuration consists of: each `--config` in order, and of a folder its *.yaml and *.yml files sorted by name.
 *
 * Names that begin with a dot are left out: editors and this program keep unfinished files under them.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, problemOf } from './problem.ts';
import { reasonOf } from './read-file.ts';

const MAX_FILES = 256;

export interface ConfigFiles {
  readonly files: readonly string[];
  /** The folders among the paths, whose listing is part of the configuration. */
  readonly folders: readonly string[];
  readonly problems: readonly Problem[];
}

/** Never throws; a path that is missing is a problem, not an empty list. */
export async function listConfigFiles(paths: readonly string[]): Promise<ConfigFiles> {
  const files: string[] = [];
  const folders: string[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push(path);
        continue;
      }
      folders.push(path);
      const names = (await readdir(path)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
      if (names.length === 0) problems.push(problemOf(path, 'holds no *.yaml or *.yml file'));
      files.push(...names.map((name) => join(path, name)));
    } catch (error) {
      problems.push(problemOf(path, reasonOf(error)));
    }
  }
  if (files.length > MAX_FILES)
    problems.push(problemOf(files[MAX_FILES]!, `is more than the ${MAX_FILES}th file; merge some`));
  return { files, folders, problems };
}
