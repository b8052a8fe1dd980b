/**
 * Names as a change brings them, made sure of: every type known to the schema and in its canonical spelling, every value one that
 * the type's equality rule can compare (RFC 4512, 2.3).
 */
import {
  type DistinguishedName,
  decodeBer,
  formatDistinguishedName,
  type RelativeDistinguishedName,
  Tag,
} from '../../x500/index.ts';
import type { AttributeDescription, AttributeDescriptions } from './attribute-description.ts';
import { Refusal } from './refusal.ts';

/** The type that names an entry, and the value that it names it with. */
export interface NamingValue {
  readonly description: AttributeDescription;
  readonly value: Uint8Array;
}

/** The same name with the types as the schema spells them; undefined when it knows one of them not. */
export function canonicalName(
  dn: DistinguishedName,
  descriptions: AttributeDescriptions,
): DistinguishedName | undefined {
  const rdns: RelativeDistinguishedName[] = [];
  for (const rdn of dn.rdns) {
    const canonical = canonicalRdn(rdn, descriptions);
    if (canonical === undefined) return undefined;
    rdns.push(canonical);
  }
  return { rdns };
}

export function canonicalRdn(
  rdn: RelativeDistinguishedName,
  descriptions: AttributeDescriptions,
): RelativeDistinguishedName | undefined {
  const parts: { type: string; value: string | Uint8Array }[] = [];
  for (const { type, value } of rdn) {
    const known = descriptions.of(type);
    if (known === undefined) return undefined;
    parts.push({ type: known.type.name, value });
  }
  return parts;
}

export function rdnText(rdn: RelativeDistinguishedName): string {
  return formatDistinguishedName({ rdns: [rdn] });
}

/** The values that an entry of this name has to hold (RFC 4512, 2.3.1), or why it can have no such name. */
export function namingValues(
  rdn: RelativeDistinguishedName,
  descriptions: AttributeDescriptions,
): readonly NamingValue[] | Refusal {
  const values: NamingValue[] = [];
  for (const { type, value } of rdn) {
    const description = descriptions.of(type);
    const octets = typeof value === 'string' ? Buffer.from(value) : contentOf(value);
    if (description === undefined || octets === undefined) {
      return new Refusal('invalidDNSyntax', `${type}: is not a type of the schema with a value in a name`);
    }
    const { operational, equality, noUserModification } = description.type;
    if (operational || noUserModification || equality === undefined) {
      return new Refusal('namingViolation', `${description.name}: cannot name an entry`);
    }
    const fault = description.type.syntax.fault(octets);
    if (fault !== undefined) return new Refusal('invalidDNSyntax', `${description.name}: ${fault}`);
    values.push({ description, value: octets });
  }
  return values;
}

/** A value that was written as `#hex` is the BER of a string: its octets. */
function contentOf(ber: Uint8Array): Uint8Array | undefined {
  return decodeBer(ber, (reader) => reader.octets(reader.peek() === Tag.utf8String ? Tag.utf8String : Tag.octetString));
}
