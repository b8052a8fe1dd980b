/**
 * Finds the entries that a change names, as far as its asker may know of them: what is not seen is not there (security: no answer depends on
 * what the asker may not read).
 */
import type { DistinguishedName } from '../../x500/index.ts';
import type { Rights } from '../rights/rights.ts';
import { canonicalName } from './naming.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Transaction } from './transaction.ts';
import type { TreeView } from './tree-view.ts';
import { latin1 } from './value-rules.ts';

/** A name that could be an entry's, in the schema's spelling, and its key. */
export interface CheckedName {
  readonly dn: DistinguishedName;
  readonly key: string;
}

export interface FoundEntry extends CheckedName {
  readonly entry: number;
}

export function checkName(transaction: Transaction, dn: DistinguishedName): CheckedName | Refusal {
  const { schema, descriptions, suffix, suffixKey } = transaction.context;
  const canonical = canonicalName(dn, descriptions);
  const key = canonical && schema.dnKey(canonical);
  if (canonical === undefined || key === undefined) {
    return new Refusal(
      'invalidDNSyntax',
      'the name has an attribute that the schema does not know, or a value that it cannot compare',
    );
  }
  const depth = canonical.rdns.length - suffix.rdns.length;
  const isBelow = depth === 0 ? key === suffixKey : depth > 0 && key.endsWith(`,${suffixKey}`);
  if (!isBelow) return new Refusal('unwillingToPerform', 'the name is not below the suffix of this directory');
  return { dn: canonical, key };
}

/** The entry of this name, which the change rests on. */
export function findEntry(transaction: Transaction, dn: DistinguishedName): FoundEntry | Refusal {
  const name = checkName(transaction, dn);
  if (name instanceof Refusal) return name;
  transaction.touches.share(Touch.name(name.key));
  const { view } = transaction.context;
  const entry = view.find(name.dn);
  if (entry === undefined || !transaction.rights.sees(entry)) {
    return noSuchObject(view, name.dn, transaction.rights);
  }
  transaction.touches.share(Touch.entry(latin1(view.uuid(entry))));
  return { ...name, entry };
}

type NameView = Pick<TreeView, 'nearest' | 'find' | 'parent' | 'dnText'>;

/** Says how far the name is known. */
export function noSuchObject(view: NameView, dn: DistinguishedName, rights: Pick<Rights, 'knows'>): Refusal {
  let entry = view.nearest(dn);
  // An entry that is there but not seen is not told of, nor anything above it that is not known.
  if (entry !== undefined && entry === view.find(dn)) entry = view.parent(entry);
  while (entry !== undefined && !rights.knows(entry)) entry = view.parent(entry);
  const matchedDn = entry === undefined ? undefined : view.dnText(entry);
  return new Refusal('noSuchObject', 'there is no entry of this name', { matchedDn });
}
