/**
 * MemberUid is the uid by which an entry is a `memberUid` of its groups: the one in its relative name, else its first.
 */
import type { AttributeType, BerWriter, MatchingRule } from '../../x500/index.ts';
import { Tag } from '../../x500/index.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import type { NameIndex } from './name-index.ts';
import type { StoredDescriptions } from './stored-descriptions.ts';
import { eachStoredValue } from './stored-values.ts';
import { sameOctets, sameRange } from './value-form.ts';

const EQUALS = 0x3d;
const FIRST_PLAIN = 0x30;
const LAST_PLAIN = 0x7a;

export class MemberUid {
  readonly #entries: EntryTable;
  readonly #names: NameIndex;
  readonly #descriptions: StoredDescriptions;
  readonly #uid: AttributeType | undefined;
  readonly #rule: MatchingRule | undefined;
  readonly #rdnStart: Buffer;

  constructor(entries: EntryTable, names: NameIndex, descriptions: StoredDescriptions) {
    this.#entries = entries;
    this.#names = names;
    this.#descriptions = descriptions;
    this.#uid = descriptions.schema.attributeType('uid');
    this.#rule = descriptions.schema.attributeType('memberUid')?.equality;
    this.#rdnStart = Buffer.from(`${this.#uid?.name ?? 'uid'}=`);
  }

  /** Writes the uid as an element; nothing for an entry without one. */
  write(out: BerWriter, entry: EntryNumber): void {
    const octets = this.#entries.octets(entry);
    const start = this.#entries.rdnStart(entry);
    const end = this.#entries.rdnEnd(entry);
    if (this.#isPlain(octets, start, end)) {
      const from = start + this.#rdnStart.length;
      out.head(Tag.octetString, end - from);
      out.raw(octets, from, end);
      return;
    }
    const uid = this.of(entry);
    if (uid !== undefined) out.octets(Tag.octetString, uid);
  }

  /** Whether the entry is a memberUid by these octets, or by what the rule of the attribute calls the same. */
  is(entry: EntryNumber, uid: Uint8Array, normal: Uint8Array): boolean {
    const octets = this.#entries.octets(entry);
    const from = this.#entries.rdnStart(entry) + this.#rdnStart.length;
    const end = this.#entries.rdnEnd(entry);
    if (this.#isPlain(octets, from - this.#rdnStart.length, end) && sameRange(octets, from, end, uid)) return true;
    const own = this.of(entry);
    const ownNormal = own && this.#rule?.normalize(own);
    return ownNormal !== undefined && sameOctets(ownNormal, normal);
  }

  /** The uid; undefined for an entry without one. */
  of(entry: EntryNumber): Uint8Array | undefined {
    if (this.#uid === undefined) return undefined;
    const octets = this.#entries.octets(entry);
    const start = this.#entries.rdnStart(entry);
    const end = this.#entries.rdnEnd(entry);
    if (this.#isPlain(octets, start, end)) return octets.subarray(start + this.#rdnStart.length, end);
    for (const { type, value } of this.#names.relativeName(entry)) {
      if (typeof value === 'string' && this.#descriptions.schema.attributeType(type) === this.#uid) {
        return Buffer.from(value);
      }
    }
    let first: Buffer | undefined;
    eachStoredValue(this.#entries, this.#descriptions, entry, this.#uid, (source, from, to, { options }) => {
      if (options.length === 0) first ??= source.subarray(from, to);
    });
    return first;
  }

  /** Whether a relative name is `uid=` and a value of letters, digits and what lies between them: one that is read as it stands. */
  #isPlain(octets: Buffer, start: number, end: number): boolean {
    const from = start + this.#rdnStart.length;
    if (from >= end) return false;
    for (let at = start; at < from; at += 1) if (octets[at] !== this.#rdnStart[at - start]) return false;
    for (let at = from; at < end; at += 1) {
      const octet = octets[at]!;
      if (octet < FIRST_PLAIN || octet > LAST_PLAIN || IS_SPECIAL[octet] === 1) return false;
    }
    return octets[from - 1] === EQUALS;
  }
}

/** What is escaped in a name, of the characters from `0` to `z`. */
const IS_SPECIAL = new Uint8Array(256);
for (const octet of Buffer.from(';<=>\\')) IS_SPECIAL[octet] = 1;
