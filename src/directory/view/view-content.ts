/**
 * ViewContent is the content of the view and how it changes: every object of the store, and every write of the journal, comes in here.
 *
 * INVARIANT: a change is either applied whole, or it throws and the view must not be used any more: the objects are not what
 * the writes of a directory leave behind.
 */
import { CodedError } from '../../base/index.ts';
import type { ObjectWrite, StoredObject } from '../../store/index.ts';
import type { AttributeType, Schema } from '../../x500/index.ts';
import { Space } from '../stored/space.ts';
import { formatUuid, UUID_OCTETS } from '../stored/uuid.ts';
import { AttributeTargets } from './attribute-target.ts';
import { ComputedAttributes } from './computed-attributes.ts';
import { EntryKeys } from './entry-keys.ts';
import { type EntryNumber, EntryTable, LOST, NO_PARENT } from './entry-table.ts';
import { hashOctets, hashSeed, keyOfHash } from './key-hash.ts';
import { KeyIndex } from './key-index.ts';
import { MemberUid } from './member-uid.ts';
import { Memberships } from './memberships.ts';
import { NameIndex } from './name-index.ts';
import { OrderedIndexes } from './ordered-indexes.ts';
import { StoredDescriptions } from './stored-descriptions.ts';
import { elementEnd, isStoredRecord } from './stored-record.ts';
import { sameOctets } from './value-form.ts';

const UUID_SEED = -2;

export class ViewContent {
  readonly schema: Schema;
  /** The slots of the entries and their octets. */
  readonly entries = new EntryTable();
  /** From names, identities, types, classes and values to entries. */
  readonly index = new KeyIndex(this.entries.sets);
  readonly descriptions: StoredDescriptions;
  readonly names: NameIndex;
  readonly memberships: Memberships;
  readonly memberUid: MemberUid;
  readonly computed: ComputedAttributes;
  /** What descriptions in requests mean. */
  readonly targets: AttributeTargets;
  readonly ordered: OrderedIndexes;
  readonly objectClass: AttributeType | undefined;
  /** Memberships that came before their entries while the view is loaded. */
  #waiting: StoredObject[] = [];
  readonly #before: EntryKeys;
  readonly #after: EntryKeys;
  #version = 0;

  constructor(schema: Schema) {
    this.schema = schema;
    this.descriptions = new StoredDescriptions(schema);
    this.names = new NameIndex(this.entries, this.index, this.descriptions);
    this.memberships = new Memberships(schema, this.entries, (octets, from) => this.numberOf(octets, from));
    this.memberUid = new MemberUid(this.entries, this.names, this.descriptions);
    this.computed = new ComputedAttributes(this);
    this.targets = new AttributeTargets(schema, this.computed);
    this.ordered = new OrderedIndexes(this.entries, this.index, this.descriptions);
    this.objectClass = schema.attributeType('objectClass');
    this.#before = new EntryKeys(this.descriptions);
    this.#after = new EntryKeys(this.descriptions);
  }

  /** Grows with every change: what was worked out at another version may hold no longer. */
  get version(): number {
    return this.#version;
  }

  /** Takes objects of the store in any order, into a view that is empty. */
  take(objects: Iterable<StoredObject>): void {
    for (const { space, key, value } of objects) {
      if (space === Space.entry) {
        this.index.gather();
        this.#create(key, value);
      } else if (space === Space.member) {
        // A store has its objects in the order of their spaces: all entries are there by now, as a rule.
        this.index.settle();
        if (this.#putMember(key, value) === 'put') continue;
        this.#waiting.push({ space, key: Uint8Array.from(key), value: Uint8Array.from(value) });
      }
    }
  }

  /** Puts the tree together of what was taken. A membership of an entry that is not there is none. */
  settle(): void {
    this.index.settle();
    this.index.gather();
    for (let entry = this.entries.next(-1); entry >= 0; entry = this.entries.next(entry)) this.#place(entry);
    this.index.settle();
    for (const { key, value } of this.#waiting) this.#putMember(key, value);
    this.#waiting = [];
    this.#version += 1;
  }

  /** Follows writes in their order. */
  apply(writes: readonly ObjectWrite[]): void {
    const lost: EntryNumber[] = [];
    for (const { space, key, value } of writes) {
      if (space !== Space.entry) continue;
      const entry = key.length === UUID_OCTETS ? this.numberOf(key, 0) : -1;
      if (value === undefined) {
        if (entry >= 0) this.#remove(entry, lost);
      } else if (entry < 0) lost.push(this.#create(key, value));
      else if (this.#replace(entry, value)) lost.push(entry);
    }
    for (const entry of lost) {
      if (this.entries.has(entry) && this.entries.parent(entry) === LOST) this.#place(entry);
    }
    for (const { space, key, value } of writes) {
      if (space !== Space.member) continue;
      if (value === undefined) this.memberships.remove(key);
      else this.#putMember(key, value);
    }
    this.entries.tidy();
    this.#version += 1;
  }

  /** The number of an identity; -1 when there is none. */
  numberOf(octets: Uint8Array, from: number): EntryNumber {
    const { sets } = this.entries;
    const candidates = this.index.get(uuidKey(octets, from));
    let entry = sets.next(candidates, -1);
    while (entry >= 0 && !this.entries.hasUuid(entry, octets, from)) entry = sets.next(candidates, entry);
    return entry;
  }

  #create(uuid: Uint8Array, value: Uint8Array): EntryNumber {
    const record = asBuffer(value);
    if (uuid.length !== UUID_OCTETS || !isStoredRecord(record, 0, record.length)) throw badObject('entry');
    const entry = this.entries.create(uuid, record);
    this.index.add(uuidKey(uuid, 0), entry);
    this.#after.collect(record);
    for (let at = 0; at < this.#after.count; at += 1) this.index.add(this.#after.at(at), entry);
    this.ordered.follow(entry, undefined, record);
    return entry;
  }

  /** Gives an entry another record; true when its place in the tree is to be found again. */
  #replace(entry: EntryNumber, value: Uint8Array): boolean {
    const record = asBuffer(value);
    if (!isStoredRecord(record, 0, record.length)) throw badObject('entry');
    const old = this.entries.stored(entry);
    const moves = !sameOctets(placeOf(old), placeOf(record));
    if (moves) {
      this.names.remove(entry);
      this.entries.setParent(entry, LOST);
    }
    this.#before.collect(old);
    this.#after.collect(record);
    this.#exchangeKeys(entry);
    this.entries.replace(entry, record);
    this.ordered.follow(entry, old, record);
    return moves;
  }

  /** Removes an entry. What is below it is lost until its own write comes. */
  #remove(entry: EntryNumber, lost: EntryNumber[]): void {
    for (const child of this.#childrenOf(entry)) {
      this.names.remove(child);
      this.entries.setParent(child, LOST);
      lost.push(child);
    }
    if (this.entries.parent(entry) !== LOST) this.names.remove(entry);
    this.entries.setParent(entry, LOST);
    this.memberships.drop(entry);
    this.index.remove(uuidKey(this.entries.uuids, entry * UUID_OCTETS), entry);
    const old = this.entries.stored(entry);
    this.#before.collect(old);
    for (let at = 0; at < this.#before.count; at += 1) this.index.remove(this.#before.at(at), entry);
    this.ordered.follow(entry, old, undefined);
    this.entries.remove(entry);
  }

  #childrenOf(entry: EntryNumber): EntryNumber[] {
    const { sets } = this.entries;
    const children: EntryNumber[] = [];
    const set = this.entries.children(entry);
    for (let child = sets.next(set, -1); child >= 0; child = sets.next(set, child)) children.push(child);
    return children;
  }

  /** Moves an entry from the keys that only `#before` has to those that only `#after` has. */
  #exchangeKeys(entry: EntryNumber): void {
    const before = this.#before;
    const after = this.#after;
    before.sort();
    after.sort();
    let old = 0;
    let next = 0;
    while (old < before.count || next < after.count) {
      const removed = old < before.count ? before.at(old) : Number.POSITIVE_INFINITY;
      const added = next < after.count ? after.at(next) : Number.POSITIVE_INFINITY;
      if (removed <= added) old += 1;
      if (added <= removed) next += 1;
      if (removed < added) this.index.remove(removed, entry);
      else if (added < removed) this.index.add(added, entry);
    }
  }

  /** Puts an entry under the parent that its record names. */
  #place(entry: EntryNumber): void {
    const octets = this.entries.octets(entry);
    const start = this.entries.start(entry);
    const isContext = octets.subarray(start, start + UUID_OCTETS).every((octet) => octet === 0);
    const parent = isContext ? NO_PARENT : this.numberOf(octets, start);
    if (!isContext && (parent < 0 || this.entries.isWithin(parent, entry))) {
      throw new CodedError(
        'DIRECTORY_BROKEN_TREE',
        `the entry ${formatUuid(this.entries.uuid(entry))} has a parent that is not there, or that is below it`,
      );
    }
    this.entries.setParent(entry, parent);
    this.names.add(entry);
  }

  #putMember(key: Uint8Array, value: Uint8Array): 'put' | 'no-entry' {
    const put = this.memberships.put(key, value);
    if (put === 'malformed') throw badObject('membership');
    return put;
  }
}

function uuidKey(octets: Uint8Array, from: number): number {
  return keyOfHash(hashOctets(hashSeed(UUID_SEED), octets, from, from + UUID_OCTETS));
}

/** The octets that say where an entry stands: its parent and its relative name. */
function placeOf(record: Buffer): Buffer {
  return record.subarray(0, elementEnd(record, UUID_OCTETS));
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}

function badObject(what: string): CodedError {
  return new CodedError('DIRECTORY_BAD_OBJECT', `the store holds a ${what} that cannot be read`);
}
