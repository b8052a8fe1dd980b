/** Finds the secrets that a configuration file holds in the clear, so that what is printed of it can leave them out. */
import { isMap, isPair, isScalar, type ParsedNode } from 'yaml';
import type { ConfigNode, KeyPath } from './config-tree.ts';
import { markerOf } from './schema-marker.ts';
import { alternativesOf, candidatesFor, type Schema, schemasOfItem, schemasOfKey } from './schema-walk.ts';
import { collectionOf, membersOf, type ParsedPair, type Splice, spliced } from './yaml-spans.ts';
import type { YamlText } from './yaml-text.ts';

export const HIDDEN = '[secret]';

/**
 * The paths below `root` of what `schema` marks as a secret, whatever form it was given, and of every value whose key
 * is not known: it may be a secret whose key is misspelled.
 */
export function secretPaths(root: ConfigNode, schema: Schema): KeyPath[] {
  return pathsBelow(root, [schema], []);
}

/** `schemas` is undefined below a key that is not known. */
function pathsBelow(node: ConfigNode, schemas: readonly Schema[] | undefined, path: KeyPath): KeyPath[] {
  if (schemas === undefined && node.kind === 'scalar') return [path];
  if (schemas?.flatMap(alternativesOf).some((schema) => markerOf(schema)?.kind === 'secret')) return [path];
  const candidates = schemas && candidatesFor(schemas, node);
  switch (node.kind) {
    case 'scalar':
      return [];
    case 'list':
      return node.items.flatMap((item, index) =>
        pathsBelow(item, candidates && schemasOfItem(candidates, index), [...path, index]),
      );
    case 'map':
      return [...node.entries].flatMap(([key, entry]) =>
        pathsBelow(entry.node, candidates && schemasOfKey(candidates, key), [...path, key]),
      );
  }
}

/** The text with every value at `paths` replaced by `[secret]`, line for line. */
export function hideSecrets(yaml: YamlText, paths: readonly KeyPath[]): string {
  const splices = paths.flatMap((path): Splice[] => {
    const node = nodeAtPath(yaml.document.contents, path);
    if (node === null || node === undefined) return [];
    const [start, end] = node.range;
    const lineEnds = yaml.text.slice(start, end).replaceAll(/[^\n]/g, '');
    return [{ start, end, text: HIDDEN + lineEnds }];
  });
  return spliced(yaml.text, splices);
}

function nodeAtPath(root: ParsedNode | null, path: KeyPath): ParsedNode | null | undefined {
  let node: ParsedNode | null | undefined = root;
  for (const segment of path) {
    const collection = collectionOf(node);
    if (collection === undefined) return undefined;
    const members = membersOf(collection);
    const member = isMap(collection)
      ? members.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.source === String(segment))
      : members[Number(segment)];
    node = isPair(member) ? (member as ParsedPair).value : (member as ParsedNode | undefined);
  }
  return node;
}
