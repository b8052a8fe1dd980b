/**
 * ComputedAttributes are those that no entry stores: its name and identity, whether there are entries below it, its structural class where that
 * was not stored, how far the directory is (on the tops of the tree), the groups it is in, and a group's members in both forms.
 *
 * A class's own form of membership (member, or memberUid) is a user attribute of the entry, the other one operational.
 */
import type { Instant } from '../../base/index.ts';
import type { AttributeType, ObjectClass, Schema } from '../../x500/index.ts';
import { BerWriter, Tag } from '../../x500/index.ts';
import { formatUuid } from '../stored/uuid.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import type { MemberUid } from './member-uid.ts';
import { NO_ROW } from './membership-table.ts';
import type { Memberships } from './memberships.ts';
import type { NameIndex } from './name-index.ts';
import type { StoredDescriptions } from './stored-descriptions.ts';
import { contentStart, elementEnd } from './stored-record.ts';
import { eachStoredValue } from './stored-values.ts';

/** Where the subschema is read (RFC 4512, 4.2). */
export const SUBSCHEMA_NAME = 'cn=Subschema';

const NAMES = [
  'structuralObjectClass',
  'entryUUID',
  'entryDN',
  'subschemaSubentry',
  'hasSubordinates',
  'contextCSN',
  'memberOf',
  'member',
  'memberUid',
] as const;

type ComputedName = (typeof NAMES)[number];

export interface ComputedAttribute {
  readonly name: ComputedName;
  readonly type: AttributeType;
}

/** What the computed attributes are computed from. */
export interface ComputedSources {
  readonly schema: Schema;
  readonly entries: EntryTable;
  readonly names: NameIndex;
  readonly descriptions: StoredDescriptions;
  readonly memberships: Memberships;
  readonly memberUid: MemberUid;
}

export class ComputedAttributes {
  /** The change sequence number of the last change that is seen; empty while there was none. */
  contextCsn = '';
  readonly #sources: ComputedSources;
  /** All of them, in the order in which they are answered. */
  readonly all: readonly ComputedAttribute[];
  readonly #byType = new Map<AttributeType, ComputedAttribute>();
  readonly #scratch = new BerWriter();
  readonly #objectClass: AttributeType | undefined;

  constructor(sources: ComputedSources) {
    this.#sources = sources;
    this.all = NAMES.flatMap((name) => {
      const type = sources.schema.attributeType(name);
      return type === undefined ? [] : [{ name, type }];
    });
    for (const attribute of this.all) this.#byType.set(attribute.type, attribute);
    this.#objectClass = sources.schema.attributeType('objectClass');
  }

  of(type: AttributeType): ComputedAttribute | undefined {
    return this.#byType.get(type);
  }

  /** Whether the entry has the attribute as an operational one. */
  isOperational(entry: EntryNumber, { name, type }: ComputedAttribute): boolean {
    return name === 'member' || name === 'memberUid' ? !this.#allows(entry, type) : type.operational;
  }

  /** Whether the entry has a value. */
  has(entry: EntryNumber, attribute: ComputedAttribute, now: Instant): boolean {
    switch (attribute.name) {
      case 'memberOf': {
        const { table } = this.#sources.memberships;
        let row = table.firstOfMember(entry);
        while (row !== NO_ROW && !table.counts(row, now)) row = table.nextOfMember(row);
        return row !== NO_ROW;
      }
      case 'member':
      case 'memberUid':
        return this.#hasMember(entry, attribute.name === 'memberUid', now);
      case 'contextCSN':
        return this.contextCsn !== '' && this.#sources.entries.parent(entry) < 0;
      case 'structuralObjectClass':
        return this.#structuralClass(entry, attribute.type) !== undefined;
      default:
        return true;
    }
  }

  /** Writes the values, one element each; nothing when the entry has none. */
  write(out: BerWriter, entry: EntryNumber, attribute: ComputedAttribute, now: Instant): void {
    const { entries, names, memberships } = this.#sources;
    switch (attribute.name) {
      case 'entryDN':
        names.write(out, Tag.octetString, entry);
        return;
      case 'entryUUID':
        out.text(Tag.octetString, formatUuid(entries.uuid(entry)));
        return;
      case 'hasSubordinates':
        out.text(Tag.octetString, entries.children(entry) === 0 ? 'FALSE' : 'TRUE');
        return;
      case 'contextCSN':
        if (this.has(entry, attribute, now)) out.text(Tag.octetString, this.contextCsn);
        return;
      case 'subschemaSubentry':
        out.text(Tag.octetString, SUBSCHEMA_NAME);
        return;
      case 'structuralObjectClass': {
        const structural = this.#structuralClass(entry, attribute.type);
        if (structural !== undefined) out.text(Tag.octetString, structural.name);
        return;
      }
      case 'memberOf': {
        const { table } = memberships;
        for (let row = table.firstOfMember(entry); row !== NO_ROW; row = table.nextOfMember(row)) {
          if (table.counts(row, now)) names.write(out, Tag.octetString, table.group(row));
        }
        return;
      }
      default:
        this.#writeMembers(out, entry, attribute.name === 'memberUid', now);
    }
  }

  /** Visits the values; their octets are good during the visit. */
  each(
    entry: EntryNumber,
    attribute: ComputedAttribute,
    now: Instant,
    visit: (octets: Buffer, from: number, to: number) => void,
  ): void {
    this.#scratch.reset();
    this.write(this.#scratch, entry, attribute, now);
    const octets = this.#scratch.view() as Buffer;
    for (let at = 0; at < octets.length; at = elementEnd(octets, at)) {
      visit(octets, contentStart(octets, at), elementEnd(octets, at));
    }
  }

  #writeMembers(out: BerWriter, group: EntryNumber, asUid: boolean, now: Instant): void {
    const { names, memberUid, memberships } = this.#sources;
    const { table, raw } = memberships;
    for (let row = table.firstOfGroup(group); row !== NO_ROW; row = table.nextInGroup(row)) {
      if (!table.counts(row, now)) continue;
      const member = table.member(row);
      if (member < 0) {
        if ((raw.kind(~member) === 'uid') === asUid) out.octets(Tag.octetString, raw.text(~member));
      } else if (asUid) memberUid.write(out, member);
      else names.write(out, Tag.octetString, member);
    }
  }

  #hasMember(group: EntryNumber, asUid: boolean, now: Instant): boolean {
    const { memberUid, memberships } = this.#sources;
    const { table, raw } = memberships;
    for (let row = table.firstOfGroup(group); row !== NO_ROW; row = table.nextInGroup(row)) {
      if (!table.counts(row, now)) continue;
      const member = table.member(row);
      if (member < 0 ? (raw.kind(~member) === 'uid') === asUid : !asUid || memberUid.of(member) !== undefined)
        return true;
    }
    return false;
  }

  /** Whether a class of the entry has the attribute. */
  #allows(entry: EntryNumber, type: AttributeType): boolean {
    return this.#classesOf(entry).some(({ allMust, allMay }) => allMust.has(type) || allMay.has(type));
  }

  /** The most special structural class; else an auxiliary one that stands alone. None when it is stored. */
  #structuralClass(entry: EntryNumber, type: AttributeType): ObjectClass | undefined {
    const { entries, descriptions } = this.#sources;
    let stored = false;
    eachStoredValue(entries, descriptions, entry, type, () => {
      stored = true;
    });
    if (stored) return undefined;
    const classes = this.#classesOf(entry);
    const structural = classes.filter(({ kind }) => kind === 'structural');
    return (
      structural.find((one) => structural.every((other) => one.lineage.has(other))) ??
      classes.find(({ standsAlone }) => standsAlone)
    );
  }

  #classesOf(entry: EntryNumber): ObjectClass[] {
    const { schema, entries, descriptions } = this.#sources;
    const classes: ObjectClass[] = [];
    if (this.#objectClass === undefined) return classes;
    eachStoredValue(entries, descriptions, entry, this.#objectClass, (octets, from, to) => {
      const objectClass = schema.objectClass(octets.toString('latin1', from, to));
      if (objectClass !== undefined) classes.push(objectClass);
    });
    return classes;
  }
}
