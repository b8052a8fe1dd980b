/**
 * DirectoryView is the directory in memory: what every read is answered from.
 *
 * It is made of the objects of the store and follows the writes of the journal, so that two views of one journal are the same. An entry is
 * kept as the octets that a search answers with; names, values and memberships lead to it by typed arrays. No object of the
 * runtime is made for an entry or a value.
 */
import type { Instant } from '../../base/index.ts';
import type { ObjectWrite, StoredObject } from '../../store/index.ts';
import type { AttributeType, DistinguishedName, Schema } from '../../x500/index.ts';
import { parseDistinguishedName } from '../../x500/index.ts';
import type { Member, Period } from '../stored/member-form.ts';
import { UUID_OCTETS } from '../stored/uuid.ts';
import type { EntryNumber } from './entry-table.ts';
import { eachStoredValue } from './stored-values.ts';
import { ViewContent } from './view-content.ts';

/** Takes the objects of a store in any order; nothing of them is to be seen before `finish`. */
export interface ViewLoader {
  /** Throws DIRECTORY_BAD_OBJECT for octets that are no entry or membership. */
  add(objects: Iterable<StoredObject>): void;
  /** Puts the tree together. Throws DIRECTORY_BROKEN_TREE when a parent is missing. */
  finish(): void;
}

export class DirectoryView {
  readonly schema: Schema;
  /** What searches are answered from; for the directory's own use. */
  readonly content: ViewContent;

  constructor(schema: Schema) {
    this.schema = schema;
    this.content = new ViewContent(schema);
  }

  /** The change sequence number that the tops of the tree answer as `contextCSN`. */
  set contextCsn(csn: string) {
    this.content.computed.contextCsn = csn;
  }

  /** How many entries there are. */
  get size(): number {
    return this.content.entries.size;
  }

  /** Loads an empty view with all objects of a store at once. */
  load(objects: Iterable<StoredObject>): void {
    const loader = this.loader();
    loader.add(objects);
    loader.finish();
  }

  /** Loads an empty view batch by batch. */
  loader(): ViewLoader {
    return {
      add: (objects) => this.content.take(objects),
      finish: () => this.content.settle(),
    };
  }

  /**
   * Follows the writes of a transaction, or of several in order. Writes to other spaces are nothing to the view. Throws as the loader does,
   * after which the view must not be used.
   */
  apply(writes: readonly ObjectWrite[]): void {
    this.content.apply(writes);
  }

  /** The entry of a name. */
  find(dn: DistinguishedName): EntryNumber | undefined {
    return orUndefined(this.content.names.find(dn));
  }

  /** The entry whose name these octets are (RFC 4514): at once when they are spelled as the entry's own. */
  findText(octets: Uint8Array): EntryNumber | undefined {
    const entry = this.content.names.findSpelled(octets);
    if (entry >= 0) return entry;
    const dn = parseDistinguishedName(Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('utf8'));
    return dn === undefined ? undefined : this.find(dn);
  }

  /** The entry of a name, or else the nearest one above it. */
  nearest(dn: DistinguishedName): EntryNumber | undefined {
    return orUndefined(this.content.names.nearest(dn));
  }

  byUuid(uuid: Uint8Array): EntryNumber | undefined {
    return uuid.length === UUID_OCTETS ? orUndefined(this.content.numberOf(uuid, 0)) : undefined;
  }

  /** A copy of the sixteen octets of the entryUUID. */
  uuid(entry: EntryNumber): Uint8Array {
    return this.content.entries.uuid(entry);
  }

  /** The name of an entry, as it was spelled. */
  dnText(entry: EntryNumber): string {
    return this.content.names.text(entry);
  }

  parent(entry: EntryNumber): EntryNumber | undefined {
    return orUndefined(this.content.entries.parent(entry));
  }

  /** The entries right below; the view must not change while they are walked. */
  *children(entry: EntryNumber): Generator<EntryNumber> {
    const { sets } = this.content.entries;
    const children = this.content.entries.children(entry);
    for (let child = sets.next(children, -1); child >= 0; child = sets.next(children, child)) yield child;
  }

  hasChildren(entry: EntryNumber): boolean {
    return this.content.entries.children(entry) !== 0;
  }

  /** Entries without a parent. */
  namingContexts(): readonly EntryNumber[] {
    return this.content.names.contexts();
  }

  /**
   * Copies of the values of a type itself, stored and computed, whatever their options. Memberships count at `now`; without it those that
   * have dates do not.
   */
  attribute(entry: EntryNumber, type: AttributeType, now: Instant = Number.NaN): readonly Uint8Array[] {
    const values: Uint8Array[] = [];
    const keep = (octets: Buffer, from: number, to: number) => {
      values.push(Uint8Array.prototype.slice.call(octets, from, to));
    };
    const { descriptions, entries, index } = this.content;
    // Most questions are about attributes that the entry does not have.
    if (entries.sets.has(index.get(descriptions.presenceKey(type)), entry)) {
      eachStoredValue(entries, descriptions, entry, type, keep);
    }
    const computed = this.content.computed.of(type);
    if (computed !== undefined) this.content.computed.each(entry, computed, now, keep);
    return values;
  }

  /** The entries that have a value of the type itself with this normal form of its equality rule; stored values only. */
  holder(type: AttributeType, normal: Uint8Array): EntryNumber[] {
    const { equality } = type;
    if (equality === undefined) return [];
    const form = this.content.descriptions.formOf(equality);
    const keyed = this.content.descriptions.keyForm(type) !== undefined;
    const key = keyed
      ? form.keyOfNormal(normal, this.content.descriptions.seed(type))
      : this.content.descriptions.presenceKey(type);
    const candidates = this.content.index.get(key);
    const holders: EntryNumber[] = [];
    const { sets } = this.content.entries;
    for (let entry = sets.next(candidates, -1); entry >= 0; entry = sets.next(candidates, entry)) {
      let holds = false;
      eachStoredValue(this.content.entries, this.content.descriptions, entry, type, (octets, from, to) => {
        holds ||= form.matches(octets, from, to, normal) === true;
      });
      if (holds) holders.push(entry);
    }
    return holders;
  }

  /** A copy of the octets of the stored value. */
  storedEntry(entry: EntryNumber): Uint8Array {
    return this.content.entries.stored(entry);
  }

  /** The stored membership, whatever its dates. */
  membership(group: EntryNumber, member: Member): Period | undefined {
    return this.content.memberships.stored(group, member);
  }

  /** The members of a group, whatever their dates; the view must not change while they are walked. */
  storedMembers(group: EntryNumber): Iterable<Member> {
    return this.content.memberships.storedMembers(group);
  }

  /** Groups with a membership of the entry, whatever its dates. */
  groupsHolding(entry: EntryNumber): EntryNumber[] {
    return this.content.memberships.holding(entry);
  }

  /** Groups that have the text as a memberUid nobody bears, or a name that means the same as one that no entry bears. */
  groupsNaming(kind: 'uid' | 'name', text: string): EntryNumber[] {
    return this.content.memberships.naming(kind, text);
  }

  /** Whether the entry itself, not through another group, is a member of the group at `now`. */
  isMember(group: EntryNumber, entry: EntryNumber, now: Instant): boolean {
    return this.content.memberships.isMember(group, entry, now);
  }

  /** The groups that the entry itself is in at `now`. */
  groupsOf(entry: EntryNumber, now: Instant): EntryNumber[] {
    return this.content.memberships.groupsOf(entry, now);
  }

  /** The entries that are members of the group at `now`, themselves. */
  members(group: EntryNumber, now: Instant): EntryNumber[] {
    return this.content.memberships.members(group, now);
  }
}

function orUndefined(entry: number): EntryNumber | undefined {
  return entry < 0 ? undefined : entry;
}
