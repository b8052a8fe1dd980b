/**
 * Environment variables laid over the configuration: `REALMGATE__LISTEN__LDAP__ADDRESS` sets `listen.ldap.address`.
 *
 * Between `__` stand keys, in any case, with `_` for what a variable's name cannot hold; they are matched against the
 * schema's keys and, in maps whose keys the operator chooses, against the keys that the files hold. Only scalars of maps can be
 * set: a list belongs in a file. A variable that matches nothing is refused, or a misspelt override would go unnoticed.
 */
import { parse } from 'yaml';
import type { ConfigNode, KeyPath, MapEntry, MapNode, Place } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';
import { suggestion } from './nearest-key.ts';
import { type Problem, problemOf } from './problem.ts';
import { markerOf } from './schema-marker.ts';
import {
  alternativesOf,
  candidatesFor,
  definitionOf,
  literalsOf,
  type Schema,
  schemasOfKey,
  shapeOf,
} from './schema-walk.ts';

/** Variables as the process received them; read by the composition root. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'REALMGATE__';
const MAX_VALUE = 64 * 1024;

export interface Overrides {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
}

/** `root` with the variables of `environment` that begin with REALMGATE__ laid over it; relative paths are meant from `folder`. */
export function applyEnvironment(root: MapNode, environment: Environment, schema: Schema, folder: string): Overrides {
  const problems: Problem[] = [];
  const setBy = new Map<string, string>();
  let result = root;
  for (const name of Object.keys(environment)
    .filter((key) => key.startsWith(PREFIX))
    .sort()) {
    const text = environment[name] ?? '';
    const target = resolveName(name, result, schema);
    if (typeof target === 'string') {
      problems.push(problemOf(name, target));
      continue;
    }
    const refusal = refusalOf(target, text, setBy.get(formatKeyPath(target.path)));
    if (refusal !== undefined) {
      problems.push(problemOf(name, refusal));
      continue;
    }
    const place: Place = { source: { name, folder, rank: Number.POSITIVE_INFINITY }, line: 0, column: 0 };
    setBy.set(formatKeyPath(target.path), name);
    result = withScalar(result, target.path, { kind: 'scalar', value: typed(text, target.schemas), place }) as MapNode;
  }
  return { root: result, problems };
}

interface Target {
  readonly path: KeyPath;
  readonly schemas: readonly Schema[];
}

/** What the variable sets, or why it sets nothing. */
function resolveName(name: string, root: MapNode, schema: Schema): Target | string {
  const path: string[] = [];
  let schemas: readonly Schema[] = [schema];
  let node: ConfigNode | undefined = root;
  for (const segment of name.slice(PREFIX.length).split('__')) {
    const here = formatKeyPath(path) || 'the configuration';
    if (node?.kind === 'list') return `${here} is a list; lists are set in a file`;
    const candidates: readonly Schema[] =
      node?.kind === 'map' ? candidatesFor(schemas, node) : schemas.flatMap(alternativesOf);
    const known = new Set(candidates.flatMap((candidate) => [...(shapeOf(candidate)?.keys() ?? [])]));
    if (node?.kind === 'map') for (const key of node.entries.keys()) known.add(key);
    const matches = [...known].filter((key) => fold(key) === fold(segment));
    if (matches.length > 1) return `could mean any of ${matches.join(', ')} in ${here}; set it in a file`;
    const key = matches[0];
    const below = key === undefined ? undefined : schemasOfKey(candidates, key);
    if (key === undefined || below === undefined) {
      const advice = suggestion(segment, known) ?? 'new names are made in a file';
      return `sets nothing: ${here} has no key like ${JSON.stringify(segment)}; ${advice}`;
    }
    path.push(key);
    schemas = below;
    node = node?.kind === 'map' ? node.entries.get(key)?.node : undefined;
  }
  return { path, schemas };
}

function refusalOf(target: Target, text: string, earlier: string | undefined): string | undefined {
  const here = formatKeyPath(target.path);
  if (earlier !== undefined) return `sets ${here}, which ${earlier} sets too; remove one`;
  if (text.length > MAX_VALUE) return `is longer than ${MAX_VALUE} characters`;
  const types = new Set(target.schemas.flatMap(alternativesOf).map((schema) => definitionOf(schema).type));
  const structured = ['array', 'tuple', 'object', 'record'];
  if ([...types].some((type) => !structured.includes(type))) return undefined;
  return types.has('array') || types.has('tuple')
    ? `${here} is a list; lists are set in a file`
    : `${here} is a map; set one of its keys`;
}

/** The value as the same text would mean in a file, if the schema takes that kind; else the text itself. */
function typed(text: string, schemas: readonly Schema[]): string | number | boolean | null {
  const alternatives = schemas.flatMap(alternativesOf);
  const value = scalarOf(text);
  const kind = value === null ? 'null' : typeof value;
  if (kind !== 'string' && alternatives.some((schema) => takes(schema, kind))) return value;
  return alternatives.some((schema) => takes(schema, 'string')) ? text : value;
}

function takes(schema: Schema, kind: string): boolean {
  if (markerOf(schema) !== undefined) return kind === 'string';
  const { type } = definitionOf(schema);
  const literals = literalsOf(schema);
  if (literals !== undefined) return literals.some((literal) => (literal === null ? 'null' : typeof literal) === kind);
  if (type === 'template_literal') return kind === 'string';
  return type === kind;
}

/** Numbers and truth values as YAML 1.2 core reads them; anything else is text. */
function scalarOf(text: string): string | number | boolean | null {
  if (!/^[-+.\w~]{0,40}$/.test(text)) return text;
  const value: unknown = parse(text, { schema: 'core' });
  return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : text;
}

/** `node` with the scalar at `path`, maps made on the way. */
function withScalar(node: ConfigNode | undefined, path: KeyPath, scalar: ConfigNode & { kind: 'scalar' }): ConfigNode {
  const [head, ...rest] = path;
  if (head === undefined) return scalar;
  const entries = new Map<string, MapEntry>(node?.kind === 'map' ? node.entries : []);
  const key = String(head);
  const below = withScalar(entries.get(key)?.node, rest, scalar);
  // The key keeps its place in the file while it only leads to the value.
  const place = rest.length > 0 ? (entries.get(key)?.place ?? scalar.place) : scalar.place;
  entries.set(key, { place, node: below });
  return { kind: 'map', entries, place: node?.place ?? scalar.place };
}

function fold(key: string): string {
  return key.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '_');
}
