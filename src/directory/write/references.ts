/**
 * References are names of entries in other entries (owner, seeAlso, uniqueMember ...). A rename rewrites them and a delete takes them
 * out: a right that hangs on an owner must not pass to whoever gets its name later. (`member` needs none of this: it goes by identity.)
 */
import type { AttributeType, Schema } from '../../x500/index.ts';
import { isPresent } from '../rights/rights-view.ts';
import type { Transaction } from './transaction.ts';
import { latin1, valueKey } from './value-rules.ts';

/** The types that are kept right; the view has an equality index of each. */
export const REFERENCE_TYPES: readonly string[] = [
  'owner',
  'uniqueMember',
  'manager',
  'secretary',
  'seeAlso',
  'roleOccupant',
];

/** The old name of an entry, and its new one where it has one, as text. */
export interface NameChange {
  readonly from: string;
  /** Undefined: the entry goes. */
  readonly to: string | undefined;
}

export function referenceTypes(schema: Schema): readonly AttributeType[] {
  return REFERENCE_TYPES.flatMap((name) => schema.attributeType(name) ?? []);
}

export function rewriteReferences(transaction: Transaction, { from, to }: NameChange): void {
  const { view, references } = transaction.context;
  const present = references.filter((type) => isPresent(view, type));
  if (present.length === 0) return;
  const name = Buffer.from(from);
  for (const type of present) {
    const normal = type.equality?.normalize(name);
    if (normal === undefined) continue;
    for (const holder of [...view.holder(type, normal)]) {
      if (!transaction.isDropped(holder)) rewriteIn(transaction, holder, type, latin1(normal), to);
    }
  }
}

function rewriteIn(
  transaction: Transaction,
  holder: number,
  type: AttributeType,
  key: string,
  to: string | undefined,
): void {
  const { draft } = transaction.edit(holder);
  for (const attribute of [...draft.attributes()]) {
    if (!type.subtypes.includes(attribute.description.type)) continue;
    const kept = attribute.values.filter((value) => valueKey(attribute.description.type, value) !== key);
    if (kept.length === attribute.values.length) continue;
    draft.set(attribute.description, to === undefined ? kept : [...kept, Buffer.from(to)]);
  }
}
