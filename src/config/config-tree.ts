/**
 * The configuration as read: scalars, lists and maps that remember where each of them, and each key, was written.
 *
 * INVARIANT: a node is never changed once made; an alias may therefore share the node that its anchor names.
 */
import type { Secret } from '../base/index.ts';
import type { Problem } from './problem.ts';

/** A file or an environment variable that keys came from. */
export interface ConfigSource {
  /** As the operator named it; what problems show. */
  readonly name: string;
  /** Absolute; what relative paths are meant from. */
  readonly folder: string;
  /** Position in the order of reading: of two sources of one key, the higher wins. */
  readonly rank: number;
}

export interface Place {
  readonly source: ConfigSource;
  /** From 1; 0 for an environment variable. */
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null | Secret;
  readonly place: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly place: Place;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place: Place;
}

export interface MapEntry {
  /** Where the key stands. */
  readonly place: Place;
  readonly node: ConfigNode;
}

export type ConfigNode = ScalarNode | ListNode | MapNode;

/** Keys of maps and positions in lists, from the root. */
export type KeyPath = readonly (string | number)[];

/** `base` with `over` laid on it: maps are merged key by key, anything else of `over` replaces. */
export function mergeNodes(base: ConfigNode, over: ConfigNode): ConfigNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const under = entries.get(key);
    const merges = under?.node.kind === 'map' && entry.node.kind === 'map';
    entries.set(key, merges ? { place: under.place, node: mergeNodes(under.node, entry.node) } : entry);
  }
  return { ...base, entries };
}

/** The node at `path`; undefined where there is none. */
export function nodeAt(root: ConfigNode, path: KeyPath): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const segment of path) node = node === undefined ? undefined : childOf(node, segment);
  return node;
}

function childOf(node: ConfigNode, segment: string | number): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(segment))?.node;
  return node.kind === 'list' && typeof segment === 'number' ? node.items[segment] : undefined;
}

/** Where `path` was written: its value, or of what is missing the nearest key that is there. */
export function placeAt(root: ConfigNode, path: KeyPath): Place {
  let node = root;
  let place = root.place;
  for (const segment of path) {
    const child = childOf(node, segment);
    if (child === undefined) return place;
    place = node.kind === 'map' ? node.entries.get(String(segment))!.place : child.place;
    node = child;
  }
  return node.place;
}

/** Where the key at the end of `path` was written. */
export function keyPlaceAt(root: ConfigNode, path: KeyPath): Place {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.place ?? placeAt(root, path);
}

/** Plain values for validation; maps are objects without a prototype, so that no name among the keys means anything. */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of node.entries) object[key] = plainValue(entry.node);
  return object;
}

/** A problem at `place`. */
export function problemAt(place: Place, path: string, message: string): Problem {
  return { file: place.source.name, line: place.line, column: place.column, path, message };
}
