/**
 * A value of a configuration file without its places, for edits: how it is changed at a path, and how it is written as YAML.
 *
 * Maps are Maps, so that no name among the keys means anything here or to the YAML writer.
 */
import { Scalar, stringify } from 'yaml';
import type { ConfigNode, KeyPath, ScalarNode } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';

export type YamlValue = ScalarNode['value'] | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

/** Longer lines are broken into a block where the place allows it. */
const WIDTH = 100;

export function yamlValue(node: ConfigNode): YamlValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(yamlValue);
  return new Map([...node.entries].map(([key, entry]) => [key, yamlValue(entry.node)]));
}

/** `value` under the keys of `path`, outermost first. */
export function nested(path: KeyPath, value: YamlValue): YamlValue {
  return path.reduceRight<YamlValue>((inner, key) => new Map([[String(key), inner]]), value);
}

/**
 * `root` with what `change` makes of the value at `path` (undefined where nothing is), maps made on the way; `change` answers
 * undefined to remove it. The path must not lead into a scalar or beyond a list (obstacleTo).
 */
export function changedAt(
  root: YamlValue | undefined,
  path: KeyPath,
  change: (old: YamlValue | undefined) => YamlValue | undefined,
): YamlValue | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return change(root);
  if (isList(root)) {
    const index = Number(head);
    const item = changedAt(root[index], rest, change);
    return item === undefined ? root.toSpliced(index, 1) : root.with(index, item);
  }
  const copy = new Map(isMap(root) ? root : []);
  const inner = changedAt(copy.get(String(head)), rest, change);
  if (inner === undefined) copy.delete(String(head));
  else copy.set(String(head), inner);
  return copy;
}

/** Why nothing can be set at `path`, for a person; undefined when it can. */
export function obstacleTo(root: YamlValue, path: KeyPath): string | undefined {
  let value: YamlValue | undefined = root;
  for (const [depth, segment] of path.entries()) {
    const here = formatKeyPath(path.slice(0, depth)) || 'the file';
    if (value === undefined || value === null) {
      if (typeof segment === 'number') return `${here} is no list yet; make it by appending to it`;
    } else if (isList(value)) {
      if (typeof segment !== 'number') return `${here} is a list; name an item of it as ${here}[0]`;
      if (segment >= value.length) return `${here} has ${value.length} items, counted from 0; append to it to add one`;
    } else if (!isMap(value)) return `${here} is a single value and holds no keys`;
    else if (typeof segment === 'number') return `${here} is a map and has no item ${segment}`;
    value = valueAt(value, [segment]);
  }
  return undefined;
}

export function valueAt(root: YamlValue | undefined, path: KeyPath): YamlValue | undefined {
  return path.reduce<YamlValue | undefined>((value, segment) => {
    if (isList(value)) return typeof segment === 'number' ? value[segment] : undefined;
    return isMap(value) ? value.get(String(segment)) : undefined;
  }, root);
}

export function isList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}

export function isMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

/** A map or list that holds something; an empty one is written on one line. */
export function isFilled(value: YamlValue): boolean {
  return isList(value) ? value.length > 0 : isMap(value) && value.size > 0;
}

/** The value on one line, fit for flow and block context; `quote` is the style that its predecessor had. */
export function renderInline(value: YamlValue, quote?: Scalar.Type): string {
  const isQuote = quote === 'QUOTE_DOUBLE' || quote === 'QUOTE_SINGLE';
  const text = stringify([writable(value)], {
    collectionStyle: 'flow',
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    defaultKeyType: 'PLAIN',
    ...(isQuote ? { defaultStringType: quote } : {}),
  });
  return text.trim().slice(1, -1).trim();
}

/** For the YAML writer: text of several lines is quoted, so that it stays on one. */
function writable(value: YamlValue): unknown {
  if (isList(value)) return value.map(writable);
  if (isMap(value)) return new Map([...value].map(([key, inner]) => [key, writable(inner)]));
  if (typeof value !== 'string' || !value.includes('\n')) return value;
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** True when a map or list is better read as a block than on one line that has `used` columns taken. */
export function wantsBlock(value: YamlValue, used: number): boolean {
  return isFilled(value) && used + renderInline(value).length > WIDTH;
}

/** The lines of a map or list in block style, without indentation and line ends. */
export function renderBlock(value: YamlValue): string[] {
  return stringify(writable(value), { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
    .trimEnd()
    .split('\n');
}

/** The value for a person or a script to read: a scalar as it is, anything else as YAML. */
export function renderForReading(value: YamlValue): string {
  return isList(value) || isMap(value) ? renderBlock(value).join('\n') : String(value ?? '');
}

/** A key as it is written before `:`. */
export function renderKey(key: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(key) ? key : JSON.stringify(key);
}
