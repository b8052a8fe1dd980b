/** No file names a place that another machine does not have: a package host, or a folder of whoever wrote it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { REPOSITORY, repositoryFiles } from '../support/repository.ts';

/** Whoever has a mirror uses it, so packages are named and hosts are not. */
const PACKAGE_HOST =
  /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)\.|npm\.pkg\.github\.|(?:deb|security|ftp)\.debian\.org|archive\.ubuntu\.|pypi\.org|pythonhosted\.org|proxy\.golang\.org|nodejs\.org\/dist|repo1?\.maven\.)/;
/** Where somebody works, as a path from the root. */
const PERSONAL_PATH = /(?<![\w./-])\/(?:work\/\w|root\/\w|home\/\w|Users\/\w|tmp\/(?:team|bash_jobs|claude)\b)/;

function linesWith(pattern: RegExp): readonly string[] {
  return repositoryFiles().flatMap((file) => {
    const octets = readFileSync(join(REPOSITORY, file));
    if (octets.includes(0)) return [];
    return octets
      .toString('utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : []));
  });
}

describe('the files of the repository', () => {
  it('name no package host', () => assert.deepEqual(linesWith(PACKAGE_HOST), []));
  it('name no personal path', () => assert.deepEqual(linesWith(PERSONAL_PATH), []));
});
