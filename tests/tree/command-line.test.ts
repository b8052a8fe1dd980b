/** Every command and option of realmgate that the documents show exists. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCommandLine } from '../../src/cli/index.ts';
import { configurationSchema } from '../../src/realmgate/index.ts';
import { repositoryFiles, repositoryText } from '../support/repository.ts';

interface Shown {
  readonly place: string;
  /** What follows `realmgate`, up to a comment, a redirection or the end of the line. */
  readonly words: readonly string[];
}

/** Command lines in backticks and in blocks that a shell or systemd reads. */
function commandLinesIn(file: string): readonly Shown[] {
  const text = repositoryText(file);
  const blocks = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, language = '', code = '']) =>
    ['', 'sh', 'ini'].includes(language) ? code.split('\n') : [],
  );
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...quoted].flatMap((line) => {
    const command = /(?:^|[\s$/])realmgate +((?:-|[a-z]).*)$/.exec(line)?.[1];
    if (command === undefined) return [];
    const [before = ''] = command.split(/\s*(?:#|<|>|&&|\)|;)/);
    return [{ place: `${file}: realmgate ${before}`, words: withoutConfig(before.split(/\s+/)) }];
  });
}

function withoutConfig(words: readonly string[]): readonly string[] {
  const [first = '', , ...rest] = words;
  return first === '-c' || first === '--config' ? withoutConfig(rest) : words;
}

async function helpOf(...command: string[]): Promise<string> {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const unused = () => assert.fail('help reaches nothing');
  await runCommandLine([...command, '--help'], {
    terminal: { out: print, err: print, readInput: unused },
    version: '0',
    environment: {},
    schema: configurationSchema,
    defaultPaths: [],
    now: unused,
    serve: unused,
    check: unused,
    dataFolder: unused,
    openActs: unused,
    verifyAudit: unused,
  });
  return printed.join('');
}

/** The commands below one, from its help. */
function commandsIn(help: string): ReadonlySet<string> {
  const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(help) ?? [];
  return new Set([...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name));
}

/** The command that the words name, as far down as they go; `add|list` names several, and each has to be there. */
async function deepest(words: readonly string[]): Promise<{ readonly path: readonly string[]; readonly help: string }> {
  const path: string[] = [];
  for (const word of words) {
    const here = commandsIn(await helpOf(...path));
    if (here.size === 0 || !/^[a-z]/.test(word)) break;
    for (const each of word.split('|')) assert.ok(here.has(each), `${path.join(' ')} has no ${each}`);
    path.push(word.split('|')[0]!);
  }
  return { path, help: await helpOf(...path) };
}

function optionsIn(text: string): readonly string[] {
  return text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
}

describe('the command line in the documents', async () => {
  const program = await helpOf();
  const nouns = commandsIn(program);
  const shown = repositoryFiles()
    .filter((file) => file.endsWith('.md'))
    .flatMap(commandLinesIn);

  it('is shown', () => assert.ok(nouns.size > 5 && shown.length > 20));

  for (const { place, words } of shown) {
    const [noun = ''] = words;
    if (noun.startsWith('-')) continue;
    it(`exists: ${place}`, async () => {
      assert.ok(nouns.has(noun), `there is no command ${noun}`);
      const { path, help } = await deepest(words);
      for (const option of optionsIn(words.join(' '))) {
        assert.ok(optionsIn(`${program}${help}`).includes(option), `${path.join(' ')} has no ${option}`);
      }
    });
  }
});
