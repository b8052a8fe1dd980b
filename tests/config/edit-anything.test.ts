/** Edits of any document in any style: each does what was meant and leaves every comment where it was. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { Document, isCollection, isScalar, parse, visit } from 'yaml';
import { z } from 'zod';
import {
  appendKey,
  type EditResult,
  type EditTarget,
  formatKeyPath,
  removeKey,
  setKey,
} from '../../src/config/index.ts';
import { temporaryFolder } from './example.ts';

type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
type Path = (string | number)[];

const odd = [
  'b c',
  'x: y',
  '# no',
  "it's",
  '"q"',
  '[l',
  '{m',
  '- d',
  '*s',
  '&r',
  '!t',
  '%p',
  '@',
  '`',
  'null',
  '~',
  '1',
  'two\nlines',
  ' lead',
  'a, b',
  '',
];
const scalar = fc.oneof(fc.constantFrom(...odd), fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.constantFrom('a', 'b', 'c', 'd-e', 'f g', 'true', '1', 'constructor', 'h.i', 'j:');
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  ),
}));
const root = fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

/** Writes `from` with a comment at every line it can have one, flow style here and there. */
function written(from: Value, flowEvery: number): string {
  const document = new Document(from);
  let count = 0;
  visit(document, {
    Node(_key, node) {
      count += 1;
      if (isCollection(node) && count > 1 && count % flowEvery === 0) node.flow = true;
      else if (isScalar(node) && count % 3 === 0) node.comment = ` c${count}`;
    },
  });
  return document.toString({ lineWidth: 60 });
}

function pathsOf(from: Value, path: Path = []): Path[] {
  if (from === null || typeof from !== 'object') return [path];
  const members: [string | number, Value][] = Array.isArray(from) ? [...from.entries()] : Object.entries(from);
  return [
    ...(path.length > 0 ? [path] : []),
    ...members.flatMap(([segment, inner]) => pathsOf(inner, [...path, segment])),
  ];
}

/** The change as anybody would make it on plain values. */
function changed(
  from: Value,
  path: Path,
  change: (parent: Value[] & Record<string, Value>, segment: never) => void,
): Value {
  const copy = structuredClone(from);
  let parent = copy as Value[] & Record<string, Value>;
  for (const segment of path.slice(0, -1)) parent = parent[segment as never] as typeof parent;
  change(parent, path.at(-1) as never);
  return copy;
}

const comments = (text: string) => [...text.matchAll(/# c\d+$/gm)].map(([comment]) => comment);

it('does what was meant with any document, and loses only the comments of what it replaces', async (t) => {
  const file = join(temporaryFolder(t), 'a.yaml');
  const target: EditTarget = { paths: [file], environment: {}, schema: z.record(z.string(), z.unknown()) };
  await fc.assert(
    fc.asyncProperty(root, fc.integer({ min: 2, max: 9 }), fc.nat(), scalar, async (from, flowEvery, pick, next) => {
      const text = written(from, flowEvery);
      const paths = pathsOf(from);
      const path = paths[pick % paths.length]!;
      const isList = Array.isArray(
        path.reduce<Value>((inner, segment) => (inner as Record<string, Value>)[segment]!, from),
      );
      const acts: [() => Promise<EditResult>, Value][] = [
        [
          () => setKey(target, formatKeyPath(path), JSON.stringify(next)),
          changed(from, path, (parent, at) => (parent[at] = next as never)),
        ],
        [
          () => removeKey(target, formatKeyPath(path)),
          changed(from, path, (parent, at) => (Array.isArray(parent) ? parent.splice(at, 1) : delete parent[at])),
        ],
      ];
      if (isList) {
        acts.push([
          () => appendKey(target, formatKeyPath(path), JSON.stringify(next)),
          changed(from, path, (parent, at) => void (parent[at] as Value[]).push(next)),
        ]);
      }
      for (const [act, meant] of acts) {
        writeFileSync(file, text);
        const result = await act();
        const context = `${formatKeyPath(path)} in\n${text}`;
        assert.ok(result.kind === 'changed' || result.kind === 'unchanged', `${JSON.stringify(result)} ${context}`);
        const after = readFileSync(file, 'utf8');
        assert.deepEqual(parse(after) ?? {}, meant, context);
        // What is left of the comments stands in its order; appending loses none.
        const left = comments(after);
        const kept = comments(text).filter((comment) => left.includes(comment));
        assert.deepEqual(left, kept, context);
        if (meant !== null && act === acts[2]?.[0]) assert.deepEqual(left, comments(text), context);
      }
    }),
    { numRuns: 150, seed: 11 },
  );
});
