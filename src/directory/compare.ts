/**
 * Compare (RFC 4511, 4.10): whether an entry has a value. It is an equality filter on one entry, with the right to compare in place of the
 * right to read, and it says when there is no such attribute.
 */
import type { Instant } from '../base/index.ts';
import type { DistinguishedName, Filter } from '../x500/index.ts';
import type { Rights } from './rights/rights.ts';
import { matches } from './search/matches.ts';
import type { DirectoryView } from './view/directory-view.ts';
import type { AttributeDescriptions } from './write/attribute-description.ts';
import { noSuchObject } from './write/find-entry.ts';
import { Refusal } from './write/refusal.ts';
import type { DirectoryResult } from './write/result.ts';

export interface Comparison {
  readonly dn: DistinguishedName;
  /** A description in any spelling. */
  readonly attribute: string;
  readonly value: Uint8Array;
  /** The comparison is made only when the entry matches (RFC 4528). */
  readonly assertion?: Filter | undefined;
}

export function compare(
  view: DirectoryView,
  descriptions: AttributeDescriptions,
  { dn, attribute, value, assertion }: Comparison,
  rights: Rights,
  now: Instant,
): DirectoryResult | 'true' | 'false' {
  const description = descriptions.of(attribute);
  if (description === undefined) {
    return new Refusal('undefinedAttributeType', `${attribute}: the schema has no such attribute, or no such option`);
  }
  const { type, name } = description;
  if (view.schema.dnKey(dn) === undefined)
    return new Refusal('invalidDNSyntax', 'the name is none that the schema can compare');
  const entry = view.find(dn);
  if (entry === undefined || !rights.sees(entry)) return noSuchObject(view, dn, rights);
  if (assertion !== undefined && matches(view, entry, assertion, now, rights) !== true) {
    return new Refusal('assertionFailed', 'the entry does not match the assertion');
  }
  if (type.equality === undefined) {
    return new Refusal('inappropriateMatching', `${name}: its values cannot be compared`);
  }
  if (type.equality.normalize(value) === undefined) {
    return new Refusal('invalidAttributeSyntax', `${name}: the value is none that ${type.equality.name} compares`);
  }
  const comparing = { ...seenBy(rights), readsAll: false, mayRead: rights.mayCompare.bind(rights) };
  const holds = matches(view, entry, { kind: 'equality', attribute, value }, now, comparing);
  if (holds === true) return 'true';
  if (matches(view, entry, { kind: 'present', attribute }, now, comparing) === true) return 'false';
  return new Refusal('noSuchAttribute', `${name}: the entry has none`);
}

function seenBy(rights: Rights): Pick<Rights, 'sees' | 'knows'> {
  return { sees: rights.sees.bind(rights), knows: rights.knows.bind(rights) };
}
