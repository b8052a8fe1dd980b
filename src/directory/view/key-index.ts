/**
 * KeyIndex leads from a key to the set of entries that have it: open addressing in typed arrays, eight octets a key.
 *
 * A hash may be shared, so a set that it leads to is a set of candidates. The first 65,536 keys are numbers that
 * the owner gives out (an attribute type, a class): those sets are exact.
 *
 * It is split into 256 tables by the first bits of the hash, so that growing one of them takes a few milliseconds even
 * with a hundred million keys, and no search waits for it. While a directory is loaded, keys are gathered and put into
 * one table after the other, which then is in the processor's cache: several times as fast as one key here and one there.
 */
import type { EntrySets, SetRef } from './entry-sets.ts';
import { NUMBERED_KEYS } from './key-hash.ts';
import { NumberList } from './number-list.ts';

const TABLES = 256;
const TABLE_SHIFT = 24;
const HASH_MASK = (1 << TABLE_SHIFT) - 1;
const HASH_SCALE = 1 / (HASH_MASK + 1);
const SMALLEST = 8;
/** A table is grown when this share of its places is taken. */
const FULL = 0.8;
/** Small tables are doubled, larger ones take half as much again. */
const SMALL = 4096;
/** So many keys are gathered, in all tables together, before they are put where they belong: some 6 MB. */
const MOST_GATHERED = 1 << 20;

export class KeyIndex {
  readonly #sets: EntrySets;
  #numbered = new Int32Array(0);
  /** Pairs of a key and its set; a place whose set is empty is free. */
  readonly #tables: Int32Array[] = Array.from({ length: TABLES }, () => new Int32Array(SMALLEST * 2));
  readonly #counts = new Int32Array(TABLES);
  #gathers = false;
  /** By table: pairs of a key and an entry that are not in it yet. By number: entries that are not in its set. */
  #gathered: readonly NumberList[] = [];
  readonly #gatheredNumbered: (NumberList | undefined)[] = [];
  #gatheredCount = 0;

  constructor(sets: EntrySets) {
    this.#sets = sets;
  }

  /** The set of the entries with this key; the empty one when there are none. Good until the next `add` or `remove`. */
  get(key: number): SetRef {
    if (key >>> 0 < NUMBERED_KEYS) return key < this.#numbered.length ? this.#numbered[key]! : 0;
    const table = this.#tables[key >>> TABLE_SHIFT]!;
    return table[placeOf(table, key) + 1]!;
  }

  add(key: number, entry: number): void {
    if (this.#gathers) this.#gather(key, entry);
    else if (key >>> 0 < NUMBERED_KEYS) this.#putNumbered(key, entry);
    else this.#put(key, entry);
  }

  /** Puts off what `add` does until `settle`: what is added is not found before. */
  gather(): void {
    if (this.#gathered.length === 0) this.#gathered = Array.from({ length: TABLES }, () => new NumberList());
    this.#gathers = true;
  }

  /** Makes up for what was put off. */
  settle(): void {
    this.#gathers = false;
    if (this.#gatheredCount === 0) return;
    this.#gatheredCount = 0;
    for (const list of this.#gathered) {
      for (let at = 0; at < list.length; at += 2) this.#put(list.at(at), list.at(at + 1));
      list.clear();
    }
    for (const [key, list] of this.#gatheredNumbered.entries()) {
      if (list === undefined) continue;
      for (let at = 0; at < list.length; at += 1) this.#putNumbered(key, list.at(at));
      list.clear();
    }
  }

  #gather(key: number, entry: number): void {
    if (key >>> 0 < NUMBERED_KEYS) {
      let list = this.#gatheredNumbered[key];
      if (list === undefined) {
        list = new NumberList();
        this.#gatheredNumbered[key] = list;
      }
      list.push(entry);
    } else {
      const list = this.#gathered[key >>> TABLE_SHIFT]!;
      list.push(key);
      list.push(entry);
    }
    this.#gatheredCount += 1;
    if (this.#gatheredCount < MOST_GATHERED) return;
    this.settle();
    this.gather();
  }

  #putNumbered(key: number, entry: number): void {
    if (key >= this.#numbered.length) this.#numbered = grown(this.#numbered, key + 1);
    this.#numbered[key] = this.#sets.add(this.#numbered[key]!, entry);
  }

  #put(key: number, entry: number): void {
    const number = key >>> TABLE_SHIFT;
    let table = this.#tables[number]!;
    let place = placeOf(table, key);
    const set = table[place + 1]!;
    if (set === 0) {
      const count = this.#counts[number]! + 1;
      this.#counts[number] = count;
      if (count > (table.length >>> 1) * FULL) {
        table = rehashed(table);
        this.#tables[number] = table;
        place = placeOf(table, key);
      }
      table[place] = key;
    }
    table[place + 1] = this.#sets.add(set, entry);
  }

  remove(key: number, entry: number): void {
    if (key >>> 0 < NUMBERED_KEYS) {
      if (key < this.#numbered.length) this.#numbered[key] = this.#sets.remove(this.#numbered[key]!, entry);
      return;
    }
    const number = key >>> TABLE_SHIFT;
    const table = this.#tables[number]!;
    const place = placeOf(table, key);
    const set = table[place + 1]!;
    if (set === 0) return;
    const left = this.#sets.remove(set, entry);
    table[place + 1] = left;
    if (left !== 0) return;
    closeGap(table, place);
    this.#counts[number]! -= 1;
  }
}

/** The place that a key would have if nothing stood in its way. */
function homeOf(length: number, key: number): number {
  return (((key & HASH_MASK) * (length >>> 1) * HASH_SCALE) | 0) << 1;
}

/** Where the key is, or the free place where it would be put: free places hold zero, which is no hash. */
function placeOf(table: Int32Array, key: number): number {
  let place = homeOf(table.length, key);
  while (table[place] !== key && table[place + 1] !== 0) {
    place += 2;
    if (place === table.length) place = 0;
  }
  return place;
}

function rehashed(table: Int32Array): Int32Array {
  const places = table.length >>> 1;
  const larger = new Int32Array((places < SMALL ? places * 2 : places + (places >>> 1)) * 2);
  for (let from = 0; from < table.length; from += 2) {
    if (table[from + 1] === 0) continue;
    const to = placeOf(larger, table[from]!);
    larger[to] = table[from]!;
    larger[to + 1] = table[from + 1]!;
  }
  return larger;
}

/** Moves those up that stand behind a place that became free and could not have it before. */
function closeGap(table: Int32Array, freed: number): void {
  let gap = freed;
  let at = freed;
  for (;;) {
    at += 2;
    if (at === table.length) at = 0;
    if (table[at + 1] === 0) break;
    const home = homeOf(table.length, table[at]!);
    const stays = gap <= at ? gap < home && home <= at : gap < home || home <= at;
    if (stays) continue;
    table[gap] = table[at]!;
    table[gap + 1] = table[at + 1]!;
    gap = at;
  }
  table[gap] = 0;
  table[gap + 1] = 0;
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, array.length * 2, 64));
  larger.set(array);
  return larger;
}
