/**
 * Turns the schema of the configuration into the table of all keys in docs/operations/configuration.md.
 *
 *   (nothing)   prints the table
 *   --write     puts it between the marks of that page
 *
 * It reads the JSON Schema that editors get, so both say the same. What a key means is written where it is declared.
 */
import { join } from 'node:path';
import { generateJsonSchema } from '../src/config/index.ts';
import { configurationSchema } from '../src/realmgate/index.ts';
import { publishPart } from './generated-part.ts';

/** The parts of JSON Schema 2020-12 that the configuration's schema uses. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
}

type Row = readonly [key: string, type: string, standard: string, meaning: string];

/** What stands for a name that the operator chooses. */
const CHOSEN_NAME: ReadonlyMap<string, string> = new Map([
  ['realms', 'REALM'],
  ['services', 'SERVICE'],
  ['roles', 'ROLE'],
  ['domains', 'DOMAIN'],
]);

function* rowsOf(node: Node, key: string, isRequired: boolean): Generator<Row> {
  if (key !== '') yield [key, typeOf(node), standardOf(node, isRequired), node.description ?? ''];
  yield* rowsBelow(node, key);
}

function* rowsBelow(node: Node, key: string): Generator<Row> {
  for (const [name, below] of Object.entries(node.properties ?? {})) {
    if (below.const !== undefined) continue;
    yield* rowsOf(below, key === '' ? name : `${key}.${name}`, node.required?.includes(name) ?? false);
  }
  if (typeof node.additionalProperties === 'object') {
    yield* rowsBelow(node.additionalProperties, `${key}.${CHOSEN_NAME.get(key) ?? 'NAME'}`);
  }
  if (node.items !== undefined) yield* rowsBelow(node.items, `${key}[]`);
  yield* rowsOfAlternatives(node.oneOf ?? node.anyOf ?? [], key);
}

/** Alternatives told apart by a constant, such as `use: ldap`. What most of them have alike is said once. */
function* rowsOfAlternatives(alternatives: readonly Node[], key: string): Generator<Row> {
  const named = alternatives.flatMap((node) => {
    const mark = Object.entries(node.properties ?? {}).find(([, { const: value }]) => value !== undefined);
    return mark === undefined
      ? []
      : [{ node, mark: `${mark[0]}: ${String(mark[1].const)}`, about: mark[1].description }];
  });
  const written = (node: Node, name: string) =>
    JSON.stringify([node.properties?.[name], node.required?.includes(name) ?? false]);
  const usual = new Map<string, string>();
  for (const { node } of named) {
    for (const name of Object.keys(node.properties ?? {})) {
      const alike = named.filter((other) => written(other.node, name) === written(node, name));
      if (alike.length * 2 > named.length) usual.set(name, written(node, name));
    }
  }
  for (const [name, text] of usual) {
    const [{ node } = never(key)] = named.filter((alternative) => written(alternative.node, name) === text);
    const without = named.filter((alternative) => alternative.node.properties?.[name] === undefined);
    const note = without.length === 0 ? '' : ` Not with \`${without.map(({ mark }) => mark).join('`, `')}\`.`;
    for (const [row, type, standard, meaning] of rowsBelow(
      only(node, (each) => each === name),
      key,
    )) {
      yield [row, type, standard, meaning + note];
    }
  }
  for (const { node, mark, about } of named) {
    yield [`${key} ${mark}`, 'map', '', about ?? ''];
    const own = only(node, (name) => usual.get(name) !== written(node, name));
    for (const [below, ...row] of rowsBelow(own, key)) yield [`…${below.slice(key.length)}`, ...row];
  }
}

function never(key: string): never {
  throw new Error(`no alternative of ${key} has what most of them have`);
}

function only(node: Node, keep: (name: string) => boolean): Node {
  return {
    ...node,
    properties: Object.fromEntries(Object.entries(node.properties ?? {}).filter(([name]) => keep(name))),
  };
}

function typeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (node.type === 'array') return `list of ${node.items === undefined ? 'values' : typeOf(node.items)}`;
  if (node.type === 'object') return typeof node.additionalProperties === 'object' ? 'map by name' : 'map';
  if (node.type === 'integer') return `${node.type}${rangeOf(node)}`;
  return node.type ?? 'text';
}

function rangeOf({ minimum, maximum }: Node): string {
  return minimum === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
    ? ''
    : ` ${minimum} to ${maximum}`;
}

function standardOf(node: Node, isRequired: boolean): string {
  if (node.default === undefined) return isRequired ? '**needed**' : '';
  const text = typeof node.default === 'string' ? node.default : JSON.stringify(node.default);
  return text === '{}' || text === '[]' || text === '' ? '' : `\`${text}\``;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
}

const schema = JSON.parse(generateJsonSchema(configurationSchema, 'realmgate.yaml')) as Node;
const rows = [...rowsOf(schema, '', true)].map(([key, ...cells]) => line([`\`${key}\``, ...cells]));
const table = line(['key', 'type', 'default', 'meaning']) + line(['---', '---', '---', '---']) + rows.join('');
publishPart(table, 'keys', join(import.meta.dirname, '..', 'docs', 'operations', 'configuration.md'));
