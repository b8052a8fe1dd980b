/**
 * Prepares what the schema marks: relative paths become absolute, and the file of a secret is replaced by the Secret it holds.
 *
 * Done before validation because only here it is known which file a key was written in. Of `bindPassword` and
 * `bindPasswordFile` the one from the later source wins, as everywhere; both in one source contradict each other.
 */
import { resolve } from 'node:path';
import { Secret } from '../base/index.ts';
import { type ConfigNode, type KeyPath, type MapEntry, type MapNode, type Place, problemAt } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';
import type { Problem } from './problem.ts';
import type { ReadFile } from './read-file.ts';
import { markerOf } from './schema-marker.ts';
import {
  alternativesOf,
  candidatesFor,
  defaultOf,
  definitionOf,
  literalsOf,
  type Schema,
  schemasOfItem,
  schemasOfKey,
  shapeOf,
} from './schema-walk.ts';

const MAX_SECRET_OCTETS = 64 * 1024;
const READABLE_BY_OTHERS = 0o004;

export interface ResolvedFiles {
  readonly root: ConfigNode;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Absolute paths of the secret files, readable or not. */
  readonly secretFiles: readonly string[];
}

export async function resolveFiles(root: ConfigNode, schema: Schema, readFile: ReadFile): Promise<ResolvedFiles> {
  const resolver = new FileResolver(readFile);
  const resolved = await resolver.resolve(root, [schema], []);
  return {
    root: resolved,
    problems: resolver.problems,
    warnings: resolver.warnings,
    secretFiles: [...resolver.secretFiles],
  };
}

class FileResolver {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly secretFiles = new Set<string>();
  readonly #readFile: ReadFile;

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  async resolve(node: ConfigNode, schemas: readonly Schema[], path: KeyPath): Promise<ConfigNode> {
    const candidates = candidatesFor(schemas, node);
    if (node.kind === 'scalar') return resolvePath(node, candidates);
    if (node.kind === 'map') return this.#map(node, candidates, path);
    const items: ConfigNode[] = [];
    for (const [index, item] of node.items.entries()) {
      items.push(await this.resolve(item, schemasOfItem(candidates, index), [...path, index]));
    }
    return { ...node, items };
  }

  async #map(node: MapNode, candidates: readonly Schema[], path: KeyPath): Promise<MapNode> {
    const entries = new Map([...defaultPaths(node, candidates), ...node.entries]);
    for (const [key, entry] of [...entries]) {
      // Replaced or removed by its partner meanwhile.
      if (entries.get(key) !== entry) continue;
      const schemas = schemasOfKey(candidates, key) ?? [];
      const marker = candidatesFor(schemas, entry.node)
        .map(markerOf)
        .find((found) => found?.kind === 'secret-file');
      if (marker?.kind !== 'secret-file') {
        entries.set(key, { ...entry, node: await this.resolve(entry.node, schemas, [...path, key]) });
        continue;
      }
      const literal = entries.get(marker.secret);
      if (literal !== undefined && literal.node.place.source.rank > entry.node.place.source.rank) {
        entries.delete(key);
        continue;
      }
      if (literal !== undefined && literal.node.place.source === entry.node.place.source) {
        const message = `contradicts ${JSON.stringify(marker.secret)} on line ${literal.place.line}; keep one of the two`;
        this.problems.push(problemAt(entry.place, formatKeyPath([...path, key]), message));
      }
      const secret = await this.#secret(entry.node, [...path, key]);
      // A file that was not read leaves its key, which validation then refuses: never "no secret".
      if (secret === undefined) continue;
      entries.delete(key);
      entries.set(marker.secret, {
        place: entry.place,
        node: { kind: 'scalar', value: secret, place: entry.node.place },
      });
    }
    return { ...node, entries };
  }

  async #secret(node: ConfigNode, path: KeyPath): Promise<Secret | undefined> {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return undefined;
    const file = resolve(node.place.source.folder, node.value);
    this.secretFiles.add(file);
    const refuse = (reason: string) => void this.problems.push(this.#about(node.place, path, file, reason));
    const reading = await this.#readFile(file, MAX_SECRET_OCTETS);
    if (reading.kind === 'failed') {
      // What stands here is not shown: it may be the secret itself, in the place of the path of its file.
      const message = `the file that is named here ${reading.reason}`;
      this.problems.push(problemAt(node.place, formatKeyPath(path), message));
      return undefined;
    }
    if ((reading.mode & READABLE_BY_OTHERS) !== 0) {
      const advice = `may be read by every user (mode ${reading.mode.toString(8).padStart(4, '0')}); run chmod o-rwx on it`;
      this.warnings.push(this.#about(node.place, path, file, advice));
    }
    const text = decode(reading.octets)?.replace(/\r?\n$/, '');
    if (text === undefined) return refuse('is not UTF-8 text') as undefined;
    if (text === '') return refuse('is empty; put the secret into it') as undefined;
    return new Secret(text);
  }

  #about(place: Place, path: KeyPath, file: string, what: string): Problem {
    return problemAt(place, formatKeyPath(path), `the file ${JSON.stringify(file)} ${what}`);
  }
}

/**
 * The keys that `node` leaves to defaults which are paths, or maps that may hold such keys: written out, so that a default path
 * is meant from the folder of the file as any other. Only where one schema alone is meant.
 */
function defaultPaths(node: MapNode, candidates: readonly Schema[]): [string, MapEntry][] {
  const [only, ...others] = candidates;
  if (only === undefined || others.length > 0) return [];
  const { place } = node;
  return [...(shapeOf(only) ?? [])].flatMap(([key, schema]): [string, MapEntry][] => {
    const value = node.entries.has(key) ? undefined : defaultOf(schema);
    const isPath = alternativesOf(schema).some((alternative) => markerOf(alternative)?.kind === 'path');
    if (typeof value === 'string' && isPath) return [[key, { place, node: { kind: 'scalar', value, place } }]];
    const isEmptyMap = definitionOf(schema).type === 'prefault' && isPlainEmpty(value);
    return isEmptyMap ? [[key, { place, node: { kind: 'map', entries: new Map(), place } }]] : [];
  });
}

function isPlainEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function resolvePath(node: ConfigNode & { kind: 'scalar' }, candidates: readonly Schema[]): ConfigNode {
  const { value, place } = node;
  if (typeof value !== 'string' || value === '') return node;
  if (candidates.some((schema) => literalsOf(schema)?.includes(value))) return node;
  const isPath = candidates.some((schema) => markerOf(schema)?.kind === 'path');
  return isPath ? { ...node, value: resolve(place.source.folder, value) } : node;
}

function decode(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}
