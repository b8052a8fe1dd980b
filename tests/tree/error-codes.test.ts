/** docs/errors.md: every code that the code can throw is there with its meaning and what to do, and none besides. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repositoryFiles, repositoryText } from '../support/repository.ts';

const sources = repositoryFiles().filter((file) => /^src\/.*\.ts$/.test(file));
const rooms = new Set(sources.flatMap((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? []));

/** How the codes of a room begin: with its name, those of the composition with what they are about. */
function prefixesOf(room: string): readonly string[] {
  return room === 'realmgate' ? ['CONFIGURATION_', 'WORKER_'] : [`${room.toUpperCase()}_`];
}

const CODE = new RegExp(`'((?:${[...rooms].flatMap(prefixesOf).join('|')})[A-Z0-9_]+)'`, 'g');

const thrown = new Set(
  sources.flatMap((file) => [...repositoryText(file).matchAll(CODE)].map(([, code = '']) => code)),
);

const rows = [...repositoryText('docs/errors.md').matchAll(/^\| `([A-Z0-9_]+)` \|([^|]*)\|(.*)\|$/gm)].map(
  ([, code = '', meaning = '', advice = '']) => ({ code, meaning: meaning.trim(), advice: advice.trim() }),
);

describe('error codes', () => {
  it('begin with the room that throws them', () => {
    for (const file of sources) {
      for (const [, code = ''] of repositoryText(file).matchAll(/new CodedError\(\s*'([^']+)'/g)) {
        const prefixes = prefixesOf(file.split('/')[1] ?? '');
        const isOwn = prefixes.some((prefix) => code.startsWith(prefix));
        assert.ok(isOwn, `${file} throws ${code}, which does not begin with ${prefixes.join(' or ')}`);
      }
    }
  });

  it('are all in docs/errors.md, and none is there in excess', () => {
    assert.deepEqual(rows.map(({ code }) => code).sort(), [...thrown].sort());
  });

  it('have a meaning and something to do', () => {
    for (const { code, meaning, advice } of rows)
      assert.ok(meaning !== '' && advice !== '', `${code} is not explained`);
  });
});
