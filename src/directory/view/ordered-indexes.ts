/**
 * OrderedIndexes has an ordering index for each attribute type that somebody asked about by order or by pieces. An index is made
 * when it is first wanted, a thousand entries at a time, so that nobody waits for it to the end; from then on it follows the changes.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import type { KeyIndex } from './key-index.ts';
import { OrderedValues } from './ordered-values.ts';
import type { StoredDescriptions } from './stored-descriptions.ts';
import { eachRecordValue } from './stored-values.ts';
import { sameOctets } from './value-form.ts';

/** Entries whose values are collected before others have their turn: about a millisecond. */
const STEP = 2048;

interface OrderedIndex {
  readonly type: AttributeType;
  readonly values: OrderedValues;
  /** Entries up to here were collected; all are in order when it is `ready`. */
  collected: EntryNumber;
  ready: boolean;
  /** Entries that changed after they were collected. */
  readonly changed: Set<EntryNumber>;
}

export class OrderedIndexes {
  readonly #entries: EntryTable;
  readonly #index: KeyIndex;
  readonly #descriptions: StoredDescriptions;
  readonly #byType = new Map<AttributeType, OrderedIndex>();

  constructor(entries: EntryTable, index: KeyIndex, descriptions: StoredDescriptions) {
    this.#entries = entries;
    this.#index = index;
    this.#descriptions = descriptions;
  }

  /** The index of a type that has an equality, ordering or substrings rule; undefined while it is not made. */
  get(type: AttributeType): OrderedValues | undefined {
    const index = this.#byType.get(type);
    return index?.ready === true ? index.values : undefined;
  }

  /** Makes a part of the index of a type; true when it is whole. */
  prepare(type: AttributeType): boolean {
    let index = this.#byType.get(type);
    if (index === undefined) {
      index = { type, values: new OrderedValues(), collected: -1, ready: false, changed: new Set() };
      this.#byType.set(type, index);
    }
    if (index.ready) return true;
    const having = this.#index.get(this.#descriptions.presenceKey(type));
    for (let step = 0; step < STEP; step += 1) {
      const entry = this.#entries.sets.next(having, index.collected);
      if (entry < 0) {
        this.#finish(index);
        return true;
      }
      index.collected = entry;
      for (const normal of this.#normals(index, this.#entries.stored(entry))) index.values.collect(entry, normal);
    }
    return false;
  }

  /** Follows a change of an entry: its record before, none when it is new, and after, none when it is deleted. */
  follow(entry: EntryNumber, before: Buffer | undefined, after: Buffer | undefined): void {
    for (const index of this.#byType.values()) {
      if (!index.ready) {
        index.changed.add(entry);
        continue;
      }
      const old = this.#normals(index, before);
      const next = this.#normals(index, after);
      if (old.length === next.length && old.every((normal, at) => sameOctets(normal, next[at]!))) continue;
      for (const normal of old) index.values.remove(entry, normal);
      for (const normal of next) index.values.insert(entry, normal);
    }
  }

  #finish(index: OrderedIndex): void {
    index.values.arrange((entry) => index.changed.has(entry));
    index.ready = true;
    for (const entry of index.changed) {
      if (!this.#entries.has(entry)) continue;
      for (const normal of this.#normals(index, this.#entries.stored(entry))) index.values.insert(entry, normal);
    }
    index.changed.clear();
  }

  /** The normal forms of the type's values in a record, each once; some are parts of the record. */
  #normals({ type }: OrderedIndex, record: Buffer | undefined): Uint8Array[] {
    const normals: Uint8Array[] = [];
    const rule = type.ordering ?? type.equality ?? type.substrings;
    if (record === undefined || rule === undefined) return normals;
    eachRecordValue(this.#descriptions, record, type, (octets, from, to) => {
      const normal = rule.normalize(octets.subarray(from, to));
      // With options an attribute may have the same value twice; it is in the index once.
      if (normal !== undefined && !normals.some((other) => sameOctets(other, normal))) normals.push(normal);
    });
    return normals;
  }
}
