/**
 * OrderedIndexes has an ordering index for each attribute type that somebody asked about by order or by pieces. An index is made
 * when it is first wanted, some hundred entries at a time, so that nobody else waits for it; it follows the changes from the start.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import type { KeyIndex } from './key-index.ts';
import { OrderedValues } from './ordered-values.ts';
import type { StoredDescriptions } from './stored-descriptions.ts';
import { eachRecordValue, eachStoredValue, type VisitValue } from './stored-values.ts';
import { sameOctets } from './value-form.ts';

/** Entries whose values are taken before others have their turn: about a millisecond. */
const STEP = 1024;

interface OrderedIndex {
  readonly type: AttributeType;
  readonly values: OrderedValues;
  /** The values of entries up to here are in it; those of all when it is `ready`. */
  taken: EntryNumber;
  ready: boolean;
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
      index = { type, values: new OrderedValues(), taken: -1, ready: false };
      this.#byType.set(type, index);
    }
    if (index.ready) return true;
    const having = this.#index.get(this.#descriptions.presenceKey(type));
    for (let step = 0; step < STEP && !index.ready; step += 1) {
      const entry = this.#entries.sets.next(having, index.taken);
      if (entry < 0) index.ready = true;
      else {
        for (const normal of this.#normalsOf(index, entry)) index.values.insert(entry, normal);
        index.taken = entry;
      }
    }
    return index.ready;
  }

  /** Follows a change of an entry: its record before, none when it is new, and after, none when it is deleted. */
  follow(entry: EntryNumber, before: Buffer | undefined, after: Buffer | undefined): void {
    for (const index of this.#byType.values()) {
      if (!index.ready && entry > index.taken) continue;
      const old = this.#normalsIn(index, before);
      const next = this.#normalsIn(index, after);
      if (old.length === next.length && old.every((normal, at) => sameOctets(normal, next[at]!))) continue;
      for (const normal of old) index.values.remove(entry, normal);
      for (const normal of next) index.values.insert(entry, normal);
    }
  }

  /** The normal forms of the type's values that an entry has. */
  #normalsOf({ type }: OrderedIndex, entry: EntryNumber): Uint8Array[] {
    return normals(type, (visit) => eachStoredValue(this.#entries, this.#descriptions, entry, type, visit));
  }

  /** Those in a record; some are parts of it. */
  #normalsIn({ type }: OrderedIndex, record: Buffer | undefined): Uint8Array[] {
    if (record === undefined) return [];
    return normals(type, (visit) => eachRecordValue(this.#descriptions, record, type, visit));
  }
}

/** The normal forms of values, each once: with options an attribute may have the same value twice. */
function normals(type: AttributeType, each: (visit: VisitValue) => void): Uint8Array[] {
  const found: Uint8Array[] = [];
  const rule = type.ordering ?? type.equality ?? type.substrings;
  if (rule === undefined) return found;
  each((octets, from, to) => {
    const normal = rule.normalize(octets.subarray(from, to));
    if (normal !== undefined && !found.some((other) => sameOctets(other, normal))) found.push(normal);
  });
  return found;
}
