/**
 * The stored form of an entry: who its parent is, its own name, and what it holds.
 *
 *     parent entryUUID   16 octets, all zero for a naming context
 *     OCTET STRING       the RDN as it was spelled; of a naming context the whole name
 *     SEQUENCE           the user attributes: PartialAttributeList (RFC 4511, 4.5.2)
 *     SEQUENCE           the operational attributes that are stored: PartialAttributeList
 *
 * The lists are the octets of a search answer, so that `*` is one copy. The type in them is the canonical name of the schema
 * with options in lower case and in order. A child names its parent by identity, so that moving a subtree rewrites one entry.
 * Not in it: what is computed (entryDN, hasSubordinates, memberOf), membership, passwords.
 */
import { type BerReader, BerWriter, decodeBer, Tag } from '../../x500/index.ts';
import { UUID_OCTETS } from './uuid.ts';

export interface StoredAttribute {
  /** Canonical name of the type, with options: `cn;lang-de`. */
  readonly description: string;
  /** At least one. */
  readonly values: readonly Uint8Array[];
}

export interface StoredEntry {
  /** The parent's entryUUID. */
  readonly parent: Uint8Array;
  /** The text of its relative distinguished name (RFC 4514), as it was spelled; of a naming context its whole name. */
  readonly rdn: string;
  readonly user: readonly StoredAttribute[];
  readonly operational: readonly StoredAttribute[];
}

/** The octets of an entry. `scratch` is reset and written to; its content is good until it is written to again. */
export function encodeEntry(entry: StoredEntry, scratch: BerWriter = new BerWriter()): Uint8Array {
  scratch.reset();
  scratch.raw(entry.parent);
  scratch.text(Tag.octetString, entry.rdn);
  writeAttributes(scratch, entry.user);
  writeAttributes(scratch, entry.operational);
  return scratch.take();
}

/** What `encodeEntry` wrote, values without a copy; undefined for octets that it did not write. */
export function decodeEntry(octets: Uint8Array): StoredEntry | undefined {
  if (octets.length < UUID_OCTETS) return undefined;
  const parent = octets.subarray(0, UUID_OCTETS);
  return decodeBer(
    octets,
    (reader) => ({
      parent,
      rdn: reader.text(Tag.octetString),
      user: readAttributes(reader),
      operational: readAttributes(reader),
    }),
    { start: UUID_OCTETS },
  );
}

/** Writes a PartialAttributeList. */
export function writeAttributes(out: BerWriter, attributes: readonly StoredAttribute[]): void {
  const list = out.open(Tag.sequence, 0x100);
  for (const { description, values } of attributes) {
    const attribute = out.open(Tag.sequence);
    out.text(Tag.octetString, description);
    const set = out.open(Tag.set);
    for (const value of values) out.octets(Tag.octetString, value);
    out.close(set);
    out.close(attribute);
  }
  out.close(list);
}

function readAttributes(reader: BerReader): StoredAttribute[] {
  const attributes: StoredAttribute[] = [];
  const list = reader.enter(Tag.sequence);
  while (reader.more) {
    const attribute = reader.enter(Tag.sequence);
    const description = reader.text(Tag.octetString);
    const values: Uint8Array[] = [];
    const set = reader.enter(Tag.set);
    while (reader.more) values.push(reader.octets(Tag.octetString));
    reader.leave(set);
    reader.leave(attribute);
    attributes.push({ description, values });
  }
  reader.leave(list);
  return attributes;
}
