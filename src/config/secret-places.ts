/** Finds the secrets that a configuration file holds in the clear, so that what is printed of it can leave them out. */
import { isMap, isPair, isScalar, type ParsedNode } from 'yaml';
import type { ConfigNode, KeyPath } from './config-tree.ts';
import { markerOf } from './schema-marker.ts';
import { candidatesFor, type Schema, schemasOfItem, schemasOfKey } from './schema-walk.ts';
import { collectionOf, membersOf, type ParsedPair, type Splice, spliced } from './yaml-spans.ts';
import type { YamlText } from './yaml-text.ts';

export const HIDDEN = '[secret]';

/** The paths of every scalar below `root` that `schema` marks as a secret. */
export function secretPaths(root: ConfigNode, schema: Schema): KeyPath[] {
  return pathsBelow(root, [schema], []);
}

function pathsBelow(node: ConfigNode, schemas: readonly Schema[], path: KeyPath): KeyPath[] {
  const candidates = candidatesFor(schemas, node);
  if (node.kind === 'scalar') return candidates.some((schema) => markerOf(schema)?.kind === 'secret') ? [path] : [];
  if (node.kind === 'list') {
    return node.items.flatMap((item, index) => pathsBelow(item, schemasOfItem(candidates, index), [...path, index]));
  }
  return [...node.entries].flatMap(([key, entry]) =>
    pathsBelow(entry.node, schemasOfKey(candidates, key) ?? [], [...path, key]),
  );
}

/** The text with every scalar at `paths` replaced by `[secret]`, line for line. */
export function hideSecrets(yaml: YamlText, paths: readonly KeyPath[]): string {
  const splices = paths.flatMap((path): Splice[] => {
    const node = nodeAtPath(yaml.document.contents, path);
    if (!isScalar(node)) return [];
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
