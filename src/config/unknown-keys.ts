/**
 * Finds the keys that no schema knows, at the place of each key, with the nearest known one.
 *
 * Looked for here and not left to zod: a room that forgot `z.strictObject` would drop `unauthorisedGroups` in silence, and
 * a deny rule with it.
 */
import { type ConfigNode, type KeyPath, problemAt } from './config-tree.ts';
import { formatKeyPath } from './key-path.ts';
import { suggestion } from './nearest-key.ts';
import type { Problem } from './problem.ts';
import { candidatesFor, type Schema, schemasOfItem, schemasOfKey, shapeOf } from './schema-walk.ts';

export function unknownKeys(root: ConfigNode, schema: Schema): Problem[] {
  const problems: Problem[] = [];
  visit(root, [schema], [], problems);
  return problems;
}

function visit(node: ConfigNode, schemas: readonly Schema[], path: KeyPath, problems: Problem[]): void {
  if (node.kind === 'scalar') return;
  const candidates = candidatesFor(schemas, node);
  // A node of the wrong kind is for validation to report; its keys mean nothing.
  if (candidates.length === 0) return;
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) {
      visit(item, schemasOfItem(candidates, index), [...path, index], problems);
    }
    return;
  }
  for (const [key, entry] of node.entries) {
    const below = schemasOfKey(candidates, key);
    if (below !== undefined) {
      visit(entry.node, below, [...path, key], problems);
      continue;
    }
    const known = new Set(candidates.flatMap((schema) => [...(shapeOf(schema)?.keys() ?? [])]));
    const advice = suggestion(key, known) ?? `known keys are ${[...known].sort().join(', ')}`;
    problems.push(problemAt(entry.place, formatKeyPath(path), `unknown key ${JSON.stringify(key)}; ${advice}`));
  }
}
