/**
 * FilterNode is a filter made ready for one search: types found, assertion values in their normal forms, and what is known of the answer
 * beforehand said as such.
 */

import type { AttributeType } from '../../x500/index.ts';
import type { AttributeTarget } from '../view/attribute-target.ts';
import type { MembershipLeaf } from './membership-leaf.ts';
import type { ValueTest } from './value-test.ts';

/** RFC 4511, 4.5.1.7: what a filter may come to. */
export const FALSE = 0;
export const TRUE = 1;
export const UNDEFINED = 2;
export type Truth = typeof FALSE | typeof TRUE | typeof UNDEFINED;

/** How the entries are found in which a value may match. */
export type Lookup = 'equality' | 'order' | 'substrings' | 'presence';

export type FilterNode =
  | { readonly kind: 'constant'; readonly truth: Truth }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly node: FilterNode }
  /** Of a class, which the index knows exactly; `key` is undefined for a class that no entry can be of. */
  | { readonly kind: 'class'; readonly type: AttributeType; readonly key: number | undefined }
  | { readonly kind: 'present'; readonly target: AttributeTarget }
  | {
      readonly kind: 'value';
      readonly target: AttributeTarget;
      readonly test: ValueTest;
      readonly lookup: Lookup;
      /** Values in the entry's name count too (`:dn:`). */
      readonly inName: boolean;
    }
  | { readonly kind: 'membership'; readonly type: AttributeType; readonly leaf: MembershipLeaf };

/** How many items a filter has: what looking at one entry costs. */
export function itemsOf(node: FilterNode): number {
  return countItems(node, () => true);
}

/** How many of them follow names through groups in groups. */
export function nestedItems(node: FilterNode): number {
  return countItems(node, (item) => item.kind === 'membership' && item.leaf.nested);
}

function countItems(node: FilterNode, counts: (item: FilterNode) => boolean): number {
  if (node.kind === 'not') return countItems(node.node, counts);
  if (node.kind !== 'and' && node.kind !== 'or') return counts(node) ? 1 : 0;
  let items = 0;
  for (const inner of node.nodes) items += countItems(inner, counts);
  return items;
}

export type ValueNode = FilterNode & { readonly kind: 'value' };
