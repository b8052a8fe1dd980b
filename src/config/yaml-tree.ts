/**
 * Turns a parsed YAML document into a configuration tree: keys as they are written, duplicate keys found, aliases resolved.
 *
 * An alias shares the node of its anchor and is counted as if it were written out, so a "billion laughs" file is refused by
 * arithmetic before anything grows. `__proto__` is refused as a key: zod drops it silently, and a dropped deny group would be a hole.
 */
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Pair, type ParsedNode, Scalar } from 'yaml';
import type { ConfigNode, ConfigSource, KeyPath, MapEntry, Place } from './config-tree.ts';
import { problemAt } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';
import type { Problem } from './problem.ts';
import { MAX_DEPTH, MAX_NODES, type YamlText } from './yaml-text.ts';

export interface TreeResult {
  /** What could be read; sound enough to look for further problems. */
  readonly root: ConfigNode;
  readonly problems: readonly Problem[];
  /** True when a limit was hit: `root` must not be looked at further. */
  readonly exhausted: boolean;
}

/** The tree of a file, whose root must be a map (an empty file is an empty one). */
export function treeOf(yaml: YamlText, source: ConfigSource): TreeResult {
  return new TreeBuilder(yaml.lines, source).buildRoot(yaml.document.contents);
}

/** The tree of any value, such as one that is to be set. */
export function valueTreeOf(yaml: YamlText, source: ConfigSource): TreeResult {
  return new TreeBuilder(yaml.lines, source).buildValue(yaml.document.contents);
}

interface Built {
  readonly node: ConfigNode;
  /** Nodes in it, aliases written out. */
  readonly size: number;
  /** Levels of maps and lists in it, aliases written out. */
  readonly height: number;
}

class TreeBuilder {
  readonly #lines: LineCounter;
  readonly #source: ConfigSource;
  readonly #anchors = new Map<string, Built>();
  readonly #problems: Problem[] = [];
  #exhausted = false;

  constructor(lines: LineCounter, source: ConfigSource) {
    this.#lines = lines;
    this.#source = source;
  }

  buildValue(contents: ParsedNode | null): TreeResult {
    const start: Place = { source: this.#source, line: 1, column: 1 };
    const { node } = contents === null ? this.#nothing(start) : this.#build(contents, [], start);
    return { root: node, problems: this.#problems, exhausted: this.#exhausted };
  }

  buildRoot(contents: ParsedNode | null): TreeResult {
    const built = this.buildValue(contents);
    if (built.root.kind === 'map') return built;
    if (built.root.kind !== 'scalar' || built.root.value !== null) {
      this.#report(built.root.place, [], 'must be a map of keys at the top, such as "listen: ..."');
    }
    return { ...built, root: { kind: 'map', entries: new Map(), place: built.root.place } };
  }

  /** `fallback` is the place of a value that has no text, as in `key:`. */
  #build(node: ParsedNode, path: KeyPath, fallback: Place): Built {
    const written = !isScalar(node) || node.source !== '' || node.type !== Scalar.PLAIN;
    const place = written ? this.#place(node.range[0]) : fallback;
    if (isAlias(node)) return this.#alias(node.source, path, place);
    const built = this.#content(node, path, place);
    // Only now: an alias inside its own anchor finds nothing, so a tree is never a cycle.
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    if (built.size > MAX_NODES) this.#exhaust(place, path, `has more than ${MAX_NODES} values, aliases written out`);
    if (path.length + built.height > MAX_DEPTH) this.#exhaust(place, path, `is nested deeper than ${MAX_DEPTH} levels`);
    return built;
  }

  #content(node: ParsedNode, path: KeyPath, place: Place): Built {
    if (isMap(node)) return this.#map(node.items as Pair<ParsedNode, ParsedNode | null>[], path, place);
    if (isSeq(node)) return this.#list(node.items as ParsedNode[], path, place);
    // The core schema knows no other values.
    const written: unknown = isScalar(node) ? node.value : null;
    const isValue = typeof written === 'string' || typeof written === 'number' || typeof written === 'boolean';
    return { node: { kind: 'scalar', value: isValue ? written : null, place }, size: 1, height: 0 };
  }

  #list(nodes: readonly ParsedNode[], path: KeyPath, place: Place): Built {
    const items: ConfigNode[] = [];
    let [size, height] = [1, 0];
    for (const [index, node] of nodes.entries()) {
      if (this.#exhausted) break;
      const built = this.#build(node, [...path, index], place);
      items.push(built.node);
      size += built.size;
      height = Math.max(height, built.height);
    }
    return { node: { kind: 'list', items, place }, size, height: height + 1 };
  }

  #map(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], path: KeyPath, place: Place): Built {
    const entries = new Map<string, MapEntry>();
    let [size, height] = [1, 0];
    for (const { key, value } of pairs) {
      if (this.#exhausted) break;
      const keyPlace = this.#place(key.range[0]);
      const name = this.#key(key, keyPlace, path);
      if (name === undefined) continue;
      const here = [...path, name];
      const first = entries.get(name);
      if (first !== undefined) {
        this.#report(
          keyPlace,
          here,
          `duplicate key ${JSON.stringify(name)}, first on line ${first.place.line}; remove one`,
        );
        continue;
      }
      const built = value === null ? this.#nothing(keyPlace) : this.#build(value, here, keyPlace);
      entries.set(name, { place: keyPlace, node: built.node });
      size += built.size + 1;
      height = Math.max(height, built.height);
    }
    return { node: { kind: 'map', entries, place }, size, height: height + 1 };
  }

  /** The key as it is written: `1`, `0x10` and `true` are names here, not numbers or truth values. */
  #key(key: ParsedNode, place: Place, path: KeyPath): string | undefined {
    const name = isScalar(key) && key.tag === undefined && key.anchor === undefined ? (key.source ?? '') : '';
    if (name === '') this.#report(place, path, 'a key must be plain text; quote it when it holds special characters');
    else if (name === '<<') this.#report(place, path, 'merge keys ("<<") are not supported; write the keys out');
    else if (name === '__proto__') this.#report(place, path, '"__proto__" cannot be a key; choose another name');
    else return name;
    return undefined;
  }

  #alias(anchor: string, path: KeyPath, place: Place): Built {
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      this.#report(place, path, `no anchor ${JSON.stringify(anchor)} stands before this alias`);
      return this.#nothing(place);
    }
    return target;
  }

  #nothing(place: Place): Built {
    return { node: { kind: 'scalar', value: null, place }, size: 1, height: 0 };
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { source: this.#source, line, column: col };
  }

  #exhaust(place: Place, path: KeyPath, message: string): void {
    if (!this.#exhausted) this.#report(place, path, message);
    this.#exhausted = true;
  }

  #report(place: Place, path: KeyPath, message: string): void {
    this.#problems.push(problemAt(place, formatKeyPath(path), message));
  }
}
