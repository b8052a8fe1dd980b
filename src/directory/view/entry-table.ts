/**
 * EntryTable holds the entries: a slot each in typed arrays, and their octets in slabs.
 *
 * A slot's number is the EntryNumber. It stays the same while the entry lives, whatever is written to it, and is given to another
 * entry after a delete. Per entry: 36 octets here and the record with its head of eight.
 */
import { UUID_OCTETS } from '../stored/uuid.ts';
import { EntrySets, type SetRef } from './entry-sets.ts';
import { OctetSlabs } from './octet-slabs.ts';
import { PackedRecords } from './packed-record.ts';
import { contentStart, elementEnd, rdnAt } from './stored-record.ts';

/** The slot of an entry; good until the next change of the view, since a slot is used again. */
export type EntryNumber = number;

/** The parent of a naming context. */
export const NO_PARENT = -1;
/** The parent of an entry whose parent is not known yet. */
export const LOST = -2;
const FREE = -3;
const FIRST_CAPACITY = 64;

export class EntryTable {
  readonly slabs = new OctetSlabs();
  readonly #packing = new PackedRecords();
  /** The arena of all sets of entries. */
  readonly sets = new EntrySets();
  #capacity = FIRST_CAPACITY;
  /** Slots that were ever used. */
  #used = 0;
  #size = 0;
  readonly #freed: number[] = [];
  #location = new Uint32Array(FIRST_CAPACITY);
  #parent = new Int32Array(FIRST_CAPACITY);
  #children = new Int32Array(FIRST_CAPACITY);
  #descendants = new Int32Array(FIRST_CAPACITY);
  /** How often the slot was freed: tells an entry from the one that had its number before. */
  #lives = new Int32Array(FIRST_CAPACITY);
  #uuids = Buffer.alloc(FIRST_CAPACITY * UUID_OCTETS);

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  has(entry: EntryNumber): boolean {
    return entry >= 0 && entry < this.#used && this.#parent[entry] !== FREE;
  }

  /** Another number when the slot is another entry's, or nobody's, than it was at the last look. */
  life(entry: EntryNumber): number {
    return this.#lives[entry]!;
  }

  /** The smallest entry above `after`; -1 when there is none. */
  next(after: EntryNumber): EntryNumber {
    for (let entry = after + 1; entry < this.#used; entry += 1) if (this.#parent[entry] !== FREE) return entry;
    return -1;
  }

  /** Takes a slot for an entry with this record; its parent is LOST. */
  create(uuid: Uint8Array, record: Buffer): EntryNumber {
    const entry = this.#freed.pop() ?? this.#used++;
    if (entry >= this.#capacity) this.#grow();
    this.#size += 1;
    this.#parent[entry] = LOST;
    this.#children[entry] = 0;
    this.#descendants[entry] = 0;
    for (let at = 0; at < UUID_OCTETS; at += 1) this.#uuids[entry * UUID_OCTETS + at] = uuid[at]!;
    this.#location[entry] = this.#packing.put(this.slabs, entry, record);
    return entry;
  }

  /** Puts another record in the place of the entry's; the old one is gone. */
  replace(entry: EntryNumber, record: Buffer): void {
    const old = this.#location[entry]!;
    this.#location[entry] = this.#packing.put(this.slabs, entry, record);
    this.slabs.free(old);
  }

  /** Frees the slot. */
  remove(entry: EntryNumber): void {
    this.slabs.free(this.#location[entry]!);
    this.#parent[entry] = FREE;
    this.#lives[entry]! += 1;
    this.#freed.push(entry);
    this.#size -= 1;
  }

  /** Moves records together when much of the slabs is holes. */
  tidy(): void {
    if (this.slabs.untidy) this.slabs.tidy((entry, location) => this.#moved(entry, location));
  }

  /** The buffer that the entry's record is in, packed: its operational attributes are read by `operational`. Until the next change. */
  octets(entry: EntryNumber): Buffer {
    return this.slabs.octets(this.#location[entry]!);
  }

  /** Where in that buffer the record begins. */
  start(entry: EntryNumber): number {
    return this.slabs.start(this.#location[entry]!);
  }

  /** The record as it is stored: a copy. */
  stored(entry: EntryNumber): Buffer {
    const location = this.#location[entry]!;
    const start = this.slabs.start(location);
    return this.#packing.unpack(this.slabs.octets(location), start, start + this.slabs.size(location));
  }

  /** The list of operational attributes (PartialAttributeList): a copy. */
  operational(entry: EntryNumber): Buffer {
    const location = this.#location[entry]!;
    const start = this.slabs.start(location);
    return this.#packing.operational(this.slabs.octets(location), start, start + this.slabs.size(location));
  }

  /** A copy of the identity. */
  uuid(entry: EntryNumber): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#uuids, entry * UUID_OCTETS, (entry + 1) * UUID_OCTETS);
  }

  /** The identities of all entries, sixteen octets each. */
  get uuids(): Buffer {
    return this.#uuids;
  }

  hasUuid(entry: EntryNumber, uuid: Uint8Array, from = 0): boolean {
    const at = entry * UUID_OCTETS;
    for (let index = 0; index < UUID_OCTETS; index += 1) {
      if (this.#uuids[at + index] !== uuid[from + index]) return false;
    }
    return true;
  }

  /** The parent, NO_PARENT or LOST. */
  parent(entry: EntryNumber): number {
    return this.#parent[entry]!;
  }

  children(entry: EntryNumber): SetRef {
    return this.#children[entry]!;
  }

  /** How many entries are below, at any depth. */
  descendants(entry: EntryNumber): number {
    return this.#descendants[entry]!;
  }

  /** Puts the entry, with what is below it, under `parent` (or NO_PARENT), or under none that is known (LOST). */
  setParent(entry: EntryNumber, parent: number): void {
    const before = this.#parent[entry]!;
    const count = this.#descendants[entry]! + 1;
    if (before >= 0) {
      this.#children[before] = this.sets.remove(this.#children[before]!, entry);
      for (let above = before; above >= 0; above = this.#parent[above]!) this.#descendants[above]! -= count;
    }
    this.#parent[entry] = parent;
    if (parent >= 0) {
      this.#children[parent] = this.sets.add(this.#children[parent]!, entry);
      for (let above = parent; above >= 0; above = this.#parent[above]!) this.#descendants[above]! += count;
    }
  }

  /** Whether the entry is `ancestor` or below it. */
  isWithin(entry: EntryNumber, ancestor: EntryNumber): boolean {
    let at = entry;
    while (at >= 0 && at !== ancestor) at = this.#parent[at]!;
    return at >= 0;
  }

  /** Where the text of the relative name begins, in `octets`. */
  rdnStart(entry: EntryNumber): number {
    return contentStart(this.octets(entry), rdnAt(this.start(entry)));
  }

  /** Where it ends. */
  rdnEnd(entry: EntryNumber): number {
    return elementEnd(this.octets(entry), rdnAt(this.start(entry)));
  }

  #moved(entry: number, location: number): void {
    this.#location[entry] = location;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#location = grown(this.#location, new Uint32Array(this.#capacity));
    this.#parent = grown(this.#parent, new Int32Array(this.#capacity));
    this.#children = grown(this.#children, new Int32Array(this.#capacity));
    this.#descendants = grown(this.#descendants, new Int32Array(this.#capacity));
    this.#lives = grown(this.#lives, new Int32Array(this.#capacity));
    const uuids = Buffer.alloc(this.#capacity * UUID_OCTETS);
    this.#uuids.copy(uuids);
    this.#uuids = uuids;
    this.sets.expect(this.#capacity);
  }
}

function grown<Numbers extends Uint32Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
