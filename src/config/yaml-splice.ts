/**
 * Sets, appends and removes one key in a YAML text by replacing as few characters as it takes: comments, blank lines, quotes
 * and alignment elsewhere stay as they are, octet for octet.
 *
 * What these functions produce is checked by their caller (edit.ts), who parses the text again and compares it with the
 * change that was meant; a text that is written in a way not foreseen here is therefore refused, never damaged.
 */
import { isAlias, isMap, isPair, isScalar, type ParsedNode } from 'yaml';
import type { KeyPath } from './config-tree.ts';
import {
  beginsLine,
  type Collection,
  collectionOf,
  endOf,
  indentOf,
  isFlow,
  lineEndOf,
  lineStart,
  membersOf,
  nextLine,
  type ParsedPair,
  type Span,
  type Splice,
  spanOf,
} from './yaml-spans.ts';
import type { YamlText } from './yaml-text.ts';
import { isFilled, nested, renderBlock, renderInline, renderKey, wantsBlock, type YamlValue } from './yaml-value.ts';

/** Splices that make the change, or undefined where the path leads through an alias or a value that is no collection. */
export type Splices = readonly Splice[] | undefined;

/** Sets `path` to `value`, making maps on the way; a list's item must be there already. */
export function spliceSet(yaml: YamlText, path: KeyPath, value: YamlValue): Splices {
  const found = descend(yaml, path);
  if (found === undefined) return undefined;
  const { collection, index, rest } = found;
  if (collection === undefined) return appendRootKey(yaml.text, rest, value);
  if (index === undefined) return insertKey(yaml.text, collection, rest, value);
  return replaceValue(yaml.text, collection, index, rest.length === 0 ? value : nested(rest, value));
}

/** Appends `value` to the list at `path`, which is made when there is nothing. */
export function spliceAppend(yaml: YamlText, path: KeyPath, value: YamlValue): Splices {
  const found = descend(yaml, path);
  const list = found?.rest.length === 0 ? collectionOf(found.node) : undefined;
  if (list !== undefined && !isMap(list)) return insertItem(yaml.text, list, value);
  return spliceSet(yaml, path, [value]);
}

/** Removes what stands at `path`; undefined also when nothing stands there. */
export function spliceRemove(yaml: YamlText, path: KeyPath): Splices {
  const found = descend(yaml, path);
  if (found?.collection === undefined || found.index === undefined || found.rest.length > 0) return undefined;
  const { collection, index } = found;
  if (membersOf(collection).length === 1 && path.length > 1) {
    return spliceSet(yaml, path.slice(0, -1), isMap(collection) ? new Map() : []);
  }
  return isFlow(collection) ? removeFlow(yaml.text, collection, index) : removeBlock(yaml.text, collection, index);
}

interface Found {
  /** The innermost collection on the path; undefined for an empty document. */
  readonly collection: Collection | undefined;
  /** The member of it that the path goes through; undefined when there is none. */
  readonly index: number | undefined;
  readonly node: ParsedNode | null | undefined;
  /** What of the path is not there yet. */
  readonly rest: KeyPath;
}

function descend(yaml: YamlText, path: KeyPath): Found | undefined {
  const { contents } = yaml.document;
  let found: Found = { collection: undefined, index: undefined, node: contents, rest: path };
  for (const [depth, segment] of path.entries()) {
    const { node } = found;
    if (isAlias(node)) return undefined;
    const collection = collectionOf(node);
    if (collection === undefined) return isScalar(node) && node.value !== null ? undefined : found;
    const index = memberIndex(collection, segment);
    const rest = path.slice(depth + 1);
    if (index === undefined) {
      // A list has no new names, and grows only by appending.
      return isMap(collection) && typeof segment === 'string'
        ? { collection, index: undefined, node: undefined, rest: path.slice(depth) }
        : undefined;
    }
    const member = membersOf(collection)[index]!;
    found = { collection, index, node: isPair(member) ? (member as ParsedPair).value : (member as ParsedNode), rest };
  }
  return found;
}

function memberIndex(collection: Collection, segment: string | number): number | undefined {
  if (!isMap(collection)) return typeof segment === 'number' && segment < collection.items.length ? segment : undefined;
  const keys = membersOf(collection).map((member) => (member as ParsedPair).key);
  const index = keys.findIndex((key) => isScalar(key) && key.source === String(segment));
  return index < 0 ? undefined : index;
}

function replaceValue(text: string, collection: Collection, index: number, value: YamlValue): Splices {
  const span = spanOf(text, collection, index);
  const { value: old, afterIndicator } = span;
  const inline = renderInline(value, isScalar(old) ? old.type : undefined);
  if (old === undefined)
    return [insertion(afterIndicator ?? span.end, `${afterIndicator === undefined ? ': ' : ' '}${inline}`)];
  const from = old.range[0];
  const end = endOf(text, old);
  const isBlock = wasBlock(old);
  if (isBlock && isFilled(value)) return [{ start: from, end, text: joined(text, renderBlock(value), from) }];
  // Only a block on lines of its own gives way to a line: anything else is replaced where it stands.
  if (!isBlock || afterIndicator === undefined || !text.slice(afterIndicator, from).includes('\n')) {
    return [{ start: from, end, text: inline }];
  }
  return [
    insertion(afterIndicator, ` ${inline}`),
    { start: lineStart(text, from), end: nextLine(text, end), text: '' },
  ];
}

function wasBlock(node: ParsedNode): boolean {
  const collection = collectionOf(node);
  return collection !== undefined && !isFlow(collection);
}

/** Block lines that begin at `offset`, the further ones indented to its column. */
function joined(text: string, lines: readonly string[], offset: number): string {
  return lines.join(lineEndOf(text) + indentOf(text, offset));
}

function insertKey(text: string, map: Collection, path: KeyPath, value: YamlValue): Splices {
  const [key = '', ...rest] = path;
  const inner = nested(rest, value);
  if (isFlow(map)) return insertFlow(text, map, `${renderKey(String(key))}: ${renderInline(inner)}`);
  const last = spanOf(text, map, membersOf(map).length - 1);
  return insertLine(text, last, keyLines(String(key), inner, last.start - lineStart(text, last.start)));
}

function keyLines(key: string, value: YamlValue, column: number): string[] {
  const name = renderKey(key);
  if (!wantsBlock(value, column + name.length + 2)) return [`${name}: ${renderInline(value)}`];
  return [`${name}:`, ...renderBlock(value).map((line) => `  ${line}`)];
}

function insertItem(text: string, list: Collection, value: YamlValue): Splices {
  if (isFlow(list)) return insertFlow(text, list, renderInline(value));
  const last = spanOf(text, list, membersOf(list).length - 1);
  const lines = wantsBlock(value, last.start + 2 - lineStart(text, last.start))
    ? renderBlock(value)
    : [renderInline(value)];
  return insertLine(
    text,
    last,
    lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`),
  );
}

/** `lines` after the last line of `last`, at its column. */
function insertLine(text: string, last: Span, lines: readonly string[]): Splices {
  const at = nextLine(text, last.end);
  const lineEnd = lineEndOf(text);
  const indent = indentOf(text, last.start);
  const body = lines.map((line) => indent + line).join(lineEnd);
  return [insertion(at, text[at - 1] === '\n' ? body + lineEnd : lineEnd + body)];
}

function insertFlow(text: string, collection: Collection, part: string): Splices {
  const count = membersOf(collection).length;
  if (count > 0) return [insertion(spanOf(text, collection, count - 1).end, `, ${part}`)];
  const inside = collection.range[0] + 1;
  return [insertion(inside, ` ${part}${/[\s]/.test(text[inside] ?? '') ? '' : ' '}`)];
}

function appendRootKey(text: string, path: KeyPath, value: YamlValue): Splices {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  const lineEnd = lineEndOf(text);
  const body = keyLines(String(key), nested(rest, value), 0).join(lineEnd) + lineEnd;
  return [insertion(text.length, text === '' || text.endsWith('\n') ? body : lineEnd + body)];
}

function removeBlock(text: string, collection: Collection, index: number): Splices {
  const span = spanOf(text, collection, index);
  const next = nextLine(text, span.end);
  if (beginsLine(text, span.start)) return [{ start: lineStart(text, span.start), end: next, text: '' }];
  // The first member shares its line with the dash above it; what follows moves up to its place.
  const blanks = /^ */.exec(text.slice(next))?.[0].length ?? 0;
  return [{ start: span.start, end: next + blanks, text: '' }];
}

function removeFlow(text: string, collection: Collection, index: number): Splices {
  const span = spanOf(text, collection, index);
  const line = text.slice(span.end, nextLine(text, span.end));
  if (beginsLine(text, span.start) && /^\s*,?\s*(#.*)?\s*$/.test(line)) {
    return [{ start: lineStart(text, span.start), end: nextLine(text, span.end), text: '' }];
  }
  const comma = /^\s*,[ \t]*/.exec(text.slice(span.end))?.[0].length;
  if (comma !== undefined) return [{ start: span.start, end: span.end + comma, text: '' }];
  const before = index > 0 ? spanOf(text, collection, index - 1).end : span.start;
  const start = text.slice(before, span.start).includes('\n') ? span.start : before;
  return [{ start, end: span.end, text: '' }];
}

function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text };
}
