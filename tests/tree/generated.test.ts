/** The generated parts of documents are what their scripts make today. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedPart } from '../../scripts/generated-part.ts';
import { COUNT_FIGURES } from '../support/figure.ts';
import { REPOSITORY, repositoryText } from '../support/repository.ts';

function printed(script: string): string {
  return execFileSync(process.execPath, [script], { cwd: REPOSITORY, encoding: 'utf8' });
}

describe('what is counted', () => {
  it('names tests that there are', () => {
    for (const { files } of Object.values(COUNT_FIGURES)) {
      for (const file of files) assert.ok(existsSync(join(REPOSITORY, 'tests', file)), file);
    }
  });
});

describe('what is generated', () => {
  it('is current: the figures of README.md', () => {
    assert.equal(
      generatedPart(repositoryText('README.md'), 'figures'),
      printed('scripts/figures.ts'),
      'run scripts/run node scripts/figures.ts --write',
    );
  });

  it('is current: the key table of docs/operations/configuration.md', () => {
    assert.equal(
      generatedPart(repositoryText('docs/operations/configuration.md'), 'keys'),
      printed('scripts/configuration-reference.ts'),
      'run scripts/run node scripts/configuration-reference.ts --write',
    );
  });
});
