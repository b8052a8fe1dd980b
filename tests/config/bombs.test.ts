/**
 * Hostile files: the four YAML bombs (CVE-2025-64718, CVE-2026-53550, CVE-2026-59870, js-yaml #742), depth, size, and mutations.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { formatProblem, loadConfiguration, mapOf, type Problem } from '../../src/config/index.ts';
import { EXAMPLE, exampleSchema, lines, loadText } from './example.ts';

const anything = z.record(z.string(), z.unknown());

/** Loads octets without a disk, so that what is measured is parsing alone. */
function loadOctets(octets: Uint8Array, schema: z.ZodType = anything) {
  const readFile = async (_file: string, limit: number) =>
    octets.length > limit
      ? ({ kind: 'failed', reason: `is larger than ${limit} octets` } as const)
      : ({ kind: 'read', octets, mode: 0o600 } as const);
  // The folder only has to exist: every file of it is read through readFile.
  return loadConfiguration({ paths: ['package.json'], environment: {}, schema, readFile });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Refused by the schema of anything, in less than 100 ms (of this thread, whatever else the machine does) and 20 MB of heap. */
async function assertRefusedCheaply(text: string, message: RegExp): Promise<readonly Problem[]> {
  const octets = Buffer.from(text);
  await loadOctets(Buffer.from('a: 1'));
  let fastest = Number.POSITIVE_INFINITY;
  let problems: readonly Problem[] = [];
  for (let run = 0; run < 3 && fastest >= 100; run++) {
    collectGarbage();
    const heap = process.memoryUsage().heapUsed;
    const start = process.threadCpuUsage();
    const result = await loadOctets(octets);
    const { user, system } = process.threadCpuUsage(start);
    fastest = Math.min(fastest, (user + system) / 1000);
    const growth = process.memoryUsage().heapUsed - heap;
    assert.ok(result.kind === 'refused', 'was loaded');
    assert.ok(growth < 20e6, `heap grew by ${Math.round(growth / 1e6)} MB`);
    problems = result.problems;
  }
  assert.match(lines(problems).join('\n'), message);
  assert.ok(fastest < 100, `took ${Math.round(fastest)} ms`);
  return problems;
}

describe('YAML bombs', () => {
  it('refuses prototype pollution through keys and merge keys', async () => {
    await assertRefusedCheaply('a: 1\n__proto__: { polluted: true }\n', /^2:1 : "__proto__" cannot be a key/);
    await assertRefusedCheaply('a:\n  <<: { __proto__: { polluted: true } }\n', /merge keys/);
    await assertRefusedCheaply(
      'a: !!map { "__proto__": 1, <<: [ { __proto__: 2 } ] }\n',
      /"__proto__" cannot be a key/,
    );
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('refuses a merge of many repeated aliases', async () => {
    const keys = Array.from({ length: 2000 }, (_, n) => `k${n}: 1`).join(', ');
    const aliases = Array.from({ length: 5000 }, () => '*a').join(', ');
    await assertRefusedCheaply(`a: &a { ${keys} }\nb: { <<: [ ${aliases} ] }\n`, /^2:412 : is one alias more/);
    await assertRefusedCheaply(
      'a: &a { k: 1 }\nb: { <<: [ *a, *a ] }\n',
      /^2:6 b: merge keys \("<<"\) are not supported/,
    );
  });

  it('refuses an ordered map with many entries', async () => {
    const entries = Array.from({ length: 4000 }, (_, n) => `  - k${n}: 1\n`).join('');
    await assertRefusedCheaply(`a: !!omap\n${entries}`, /the tag "!!omap" is not supported/);
  });

  it('refuses aliases that grow without end', async () => {
    const levels = 'abcdefghi';
    const laughs = [...levels]
      .slice(1)
      .map((name, n) => `${name}: &${name} [${Array(9).fill(`*${levels[n]}`).join(',')}]\n`);
    const text = `a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]\n${laughs.join('')}`;
    assert.ok(text.length < 400);
    await assertRefusedCheaply(text, /^6:7 f: has more than 100000 values, aliases written out$/);
  });

  it('refuses an alias inside its own anchor, and more than a hundred aliases', async () => {
    await assertRefusedCheaply('a: &a [ *a ]\n', /^1:9 a\[0\]: no anchor "a" stands before this alias$/);
    await assertRefusedCheaply(`a: &a x\nb: [${'*a,'.repeat(101)}]\n`, /is one alias more than the 100 allowed/);
  });

  it('refuses depth in every notation', async () => {
    const indented = Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n');
    for (const text of [
      '['.repeat(100_000),
      `a: ${'{a: '.repeat(100_000)}`,
      '- '.repeat(100_000),
      '? '.repeat(100_000),
      indented,
    ]) {
      await assertRefusedCheaply(text, /nested deeper than 64 levels|lines and separators/);
    }
    const chain = Array.from({ length: 70 }, (_, n) => `k${n + 1}: &k${n + 1} [*k${n}]\n`).join('');
    await assertRefusedCheaply(`k0: &k0 [x]\n${chain}`, /is nested deeper than 64 levels/);
  });

  it('takes 64 levels and refuses 65', async () => {
    const nested = (levels: number) => `a: ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}\n`;
    assert.equal((await loadOctets(Buffer.from(nested(64)))).kind, 'loaded');
    assert.equal((await loadOctets(Buffer.from(nested(65)))).kind, 'refused');
  });

  it('refuses 10 MB and a million separators', async () => {
    await assertRefusedCheaply(`a: "${'x'.repeat(10_000_000)}"\n`, /is larger than 1048576 octets/);
    for (const mark of [
      'a,',
      '\n',
      ']',
      '*a ',
      '%a\n',
      '---\n',
      ': ',
      '- \n',
      '!a ',
      '"a":',
      '? a\n',
      '# x\n',
      '"a" ',
    ]) {
      const text = mark.repeat(Math.floor(1_000_000 / mark.length));
      await assertRefusedCheaply(
        mark === 'a,' ? `a: [${text}]` : text,
        /lines and separators|nested deeper|larger than/,
      );
    }
  });
});

describe('names of object members', () => {
  it('are data', async (t: TestContext) => {
    const schema = z.strictObject({ services: mapOf(z.strictObject({ realm: z.string() })) });
    const result = await loadText(
      t,
      'services: { constructor: { realm: a }, prototype: { realm: b }, toString: { realm: c } }\n',
      schema,
    );
    assert.ok(result.kind === 'loaded');
    assert.deepEqual([...result.value.services.keys()], ['constructor', 'prototype', 'toString']);
    const unknown = await loadText(t, 'constructor: 1\nhasOwnProperty: 2\n', schema);
    assert.ok(unknown.kind === 'refused');
    assert.match(
      lines(unknown.problems).join('\n'),
      /1:1 : unknown key "constructor"(?:.|\n)*2:1 : unknown key "hasOwnProperty"/,
    );
  });
});

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(octets: Buffer, below: (limit: number) => number): Buffer {
  const tokens = [
    '\n',
    '\t',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!!omap ',
    '"',
    "'",
    '|\n',
    '#',
    '\0',
    '\xff',
    '---\n',
    '? ',
    '  ',
    '__proto__: 1\n',
  ];
  let result = octets;
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = below(result.length + 1);
    const span = below(40);
    const head = result.subarray(0, at);
    const tail = result.subarray(at);
    const piece = result.subarray(below(result.length + 1)).subarray(0, span);
    const token = Buffer.from(tokens[below(tokens.length)]!, 'latin1');
    const kinds = [
      [head, tail.subarray(span)],
      [head, piece, tail],
      [head, token, tail],
      [head],
      [head, Buffer.from([below(256)]), tail.subarray(1)],
    ];
    result = Buffer.concat(kinds[below(kinds.length)]!);
  }
  return result;
}

describe('mutated files', () => {
  it('are refused with a place or loaded, 300 times, and never crash the loader', async () => {
    const below = seeded(33);
    const outcomes = { loaded: 0, refused: 0 };
    for (let run = 0; run < 300; run++) {
      const octets = mutate(Buffer.from(EXAMPLE), below);
      const result = await loadOctets(octets, exampleSchema);
      outcomes[result.kind] += 1;
      if (result.kind === 'loaded') continue;
      assert.ok(result.problems.length > 0, `run ${run} was refused without a reason`);
      for (const problem of result.problems) {
        assert.ok(problem.line >= 1 && problem.column >= 1 && problem.message !== '', formatProblem(problem));
        assert.ok(problem.line <= octets.toString().split('\n').length, formatProblem(problem));
        assert.doesNotMatch(formatProblem(problem), /\p{Cc}/u);
      }
    }
    assert.ok(outcomes.loaded > 10 && outcomes.refused > 100, JSON.stringify(outcomes));
  });
});
