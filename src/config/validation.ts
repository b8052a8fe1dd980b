/**
 * Validates the tree by the schema and says every complaint of zod in an operator's words, at the place in the file.
 *
 * A message that a room wrote into its schema is kept as it is; only zod's own are replaced.
 */
import type { z } from 'zod';
import { type ConfigNode, type KeyPath, keyPlaceAt, nodeAt, placeAt, plainValue, problemAt } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';
import { suggestion } from './nearest-key.ts';
import type { Problem } from './problem.ts';

export type Validation<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

type Issue = z.core.$ZodIssue;

export function validate<S extends z.ZodType>(root: ConfigNode, schema: S): Validation<z.output<S>> {
  const result = schema.safeParse(plainValue(root), { error: wordingOf });
  if (result.success) return { kind: 'valid', value: result.data };
  return { kind: 'invalid', problems: result.error.issues.flatMap((issue) => problemsOf(issue, [], root)) };
}

function problemsOf(issue: Issue, base: KeyPath, root: ConfigNode): Problem[] {
  const path = [...base, ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = likeliestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, path, root));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const message = `unknown key ${JSON.stringify(key)}; remove it`;
      return problemAt(keyPlaceAt(root, [...path, key]), formatKeyPath(path), message);
    });
  }
  const missing = nodeAt(root, path) === undefined;
  const message = missing && issue.code !== 'custom' ? `is missing; it ${issue.message}` : issue.message;
  return [problemAt(placeAt(root, path), formatKeyPath(path), message)];
}

/** Of the alternatives of a union the one that got furthest; undefined when all failed at the value itself. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));
  const deep = branches.filter((issues) => depth(issues) > 0);
  return deep.sort((a, b) => a.length - b.length || depth(b) - depth(a))[0];
}

function wordingOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kindOf(issue.expected)}${insteadOf(issue.input, issue.expected)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}${notThis(issue.input, issue.values)}`;
    case 'invalid_union':
      return wordingOfUnion(issue);
    case 'too_small':
      return `must ${countOf(issue.origin)}${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must ${countOf(issue.origin)}${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return `is not in the form that is wanted here${issue.format === 'regex' ? '' : ` (${issue.format})`}`;
    case 'invalid_key':
      return 'has a name that is not allowed here';
    default:
      return undefined;
  }
}

function wordingOfUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const { discriminator, options } = issue as { discriminator?: string; options?: readonly unknown[] };
  if (discriminator !== undefined && options !== undefined) {
    const written = (issue.input as Record<string, unknown>)[discriminator];
    return `must be ${oneOf(options)}${notThis(written, options)}`;
  }
  const wordings = new Set(
    (issue.errors ?? []).flat().map((inner) => inner.message.replace(/^must be |, not .*$/g, '')),
  );
  return `must be ${[...wordings].join(', or ')}`;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['object', 'a map of keys'],
  ['record', 'a map of keys'],
  ['array', 'a list'],
  ['tuple', 'a list'],
  ['null', 'empty'],
]);

function kindOf(expected: string): string {
  return KINDS.get(expected) ?? expected;
}

function insteadOf(input: unknown, expected: string): string {
  if (input === undefined) return '';
  if (input === null) return ', and here is nothing';
  const kind = Array.isArray(input) ? 'array' : typeof input;
  if (expected === 'int' && kind === 'number') return ', not a fraction or a number too large to be exact';
  const quote = expected === 'string' && (kind === 'number' || kind === 'boolean') ? '; put it in quotes' : '';
  return `, not ${kindOf(kind)}${quote}`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length === 1 ? `${shown[0]}` : `one of ${shown.join(', ')}`;
}

/** The text that was written, if short, and what it was probably meant to be. */
function notThis(input: unknown, values: readonly unknown[]): string {
  if (typeof input !== 'string' || input.length > 64) return '';
  const nearest = suggestion(
    input,
    values.filter((value) => typeof value === 'string'),
  );
  return `, not ${JSON.stringify(input)}${nearest === undefined ? '' : `; ${nearest}`}`;
}

function countOf(origin: string): string {
  return ['array', 'set', 'map', 'object', 'string', 'file'].includes(origin) ? 'have ' : 'be ';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return ['array', 'set', 'map', 'object'].includes(origin) ? ' items' : '';
}
