/**
 * EntrySets keeps sets of entry numbers in typed arrays: what an index leads to, the children of an entry.
 *
 * A set is known by a reference of 32 bits. The set of one entry is the reference itself; a small set is a sorted list
 * in a block of an arena; a large one is a bitmap. A set changes its form while it grows and shrinks, and its reference with it: whoever
 * holds a reference puts back what `add` and `remove` return.
 *
 * A set is read by `next`, in the order of numbers, with nothing kept in between: so it may change while somebody is half through it.
 */
import { Bitmap } from './bitmap.ts';

/** Zero is the empty set. */
export type SetRef = number;

/** A reference below zero is the complement of a block's place, or of a bitmap's number with this bit. */
const BITMAP = 1 << 30;
const CHUNK_WORDS = 1 << 16;
/** A block's place is counted in units of its smallest size. */
const SMALLEST = 4;
const SMALLEST_BITS = 2;
const CHUNK_SHIFT = 16 - SMALLEST_BITS;
const PLACE_MASK = (1 << CHUNK_SHIFT) - 1;
/** Blocks have 4, 8, 16 ... 32,768 words, the first of which is their head: the count, and the size's logarithm above it. */
const COUNT_MASK = 0xffffff;
const SIZE_SHIFT = 24;
const LARGEST_BITS = 15;
/** A list takes 32 bits an entry, a bitmap one bit for every entry that there is. */
const BITMAP_SHARE = 32;
const SHORTEST_BITMAP = 256;

export class EntrySets {
  readonly #chunks: Int32Array[] = [];
  /** By logarithm of the size: the place of the first free block, each of which names the next; -1 for none. */
  readonly #free = new Int32Array(LARGEST_BITS + 1).fill(-1);
  /** Words of the last chunk that were ever given out. */
  #given = CHUNK_WORDS;
  readonly #bitmaps: Bitmap[] = [];
  readonly #vacantBitmaps: number[] = [];
  /** Sets with more entries than this become bitmaps. */
  #longest = SHORTEST_BITMAP;

  /** Tells how many entries there may be, for the choice between a list and a bitmap. */
  expect(entries: number): void {
    this.#longest = Math.min(Math.max(entries / BITMAP_SHARE, SHORTEST_BITMAP), (1 << LARGEST_BITS) - 1);
  }

  count(ref: SetRef): number {
    if (ref >= 0) return ref === 0 ? 0 : 1;
    const place = ~ref;
    if ((place & BITMAP) !== 0) return this.#bitmaps[place ^ BITMAP]!.count;
    return this.#chunks[place >>> CHUNK_SHIFT]![(place & PLACE_MASK) * SMALLEST]! & COUNT_MASK;
  }

  has(ref: SetRef, entry: number): boolean {
    if (ref >= 0) return ref === entry + 1;
    const place = ~ref;
    if ((place & BITMAP) !== 0) return this.#bitmaps[place ^ BITMAP]!.has(entry);
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const end = head + 1 + (words[head]! & COUNT_MASK);
    const at = lowerBound(words, head + 1, end, entry);
    return at < end && words[at] === entry;
  }

  /** The smallest entry of the set above `after`; -1 when there is none. */
  next(ref: SetRef, after: number): number {
    if (ref >= 0) return ref > after + 1 ? ref - 1 : -1;
    const place = ~ref;
    if ((place & BITMAP) !== 0) return this.#bitmaps[place ^ BITMAP]!.next(after);
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const end = head + 1 + (words[head]! & COUNT_MASK);
    const at = lowerBound(words, head + 1, end, after + 1);
    return at < end ? words[at]! : -1;
  }

  /** The set with the entry; nothing happens when it was in it. */
  add(ref: SetRef, entry: number): SetRef {
    if (ref === 0) return entry + 1;
    if (ref > 0) return ref === entry + 1 ? ref : this.#pair(ref - 1, entry);
    const place = ~ref;
    if ((place & BITMAP) !== 0) {
      this.#bitmaps[place ^ BITMAP]!.add(entry);
      return ref;
    }
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const count = words[head]! & COUNT_MASK;
    const end = head + 1 + count;
    const at = count > 0 && words[end - 1]! < entry ? end : lowerBound(words, head + 1, end, entry);
    if (at < end && words[at] === entry) return ref;
    const size = 1 << (words[head]! >>> SIZE_SHIFT);
    if (count + 1 < size) {
      if (at < end) words.copyWithin(at + 1, at, end);
      words[at] = entry;
      words[head]! += 1;
      return ref;
    }
    const grown = count >= this.#longest ? this.#toBitmap(place) : this.#resize(place, 1);
    return this.add(grown, entry);
  }

  /** The set without the entry; nothing happens when it was not in it. */
  remove(ref: SetRef, entry: number): SetRef {
    if (ref >= 0) return ref === entry + 1 ? 0 : ref;
    const place = ~ref;
    if ((place & BITMAP) !== 0) {
      const bitmap = this.#bitmaps[place ^ BITMAP]!;
      bitmap.remove(entry);
      return bitmap.count < SHORTEST_BITMAP / 4 ? this.#toList(place ^ BITMAP) : ref;
    }
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const count = words[head]! & COUNT_MASK;
    const end = head + 1 + count;
    const at = lowerBound(words, head + 1, end, entry);
    if (at === end || words[at] !== entry) return ref;
    if (count === 2) {
      const other = words[at === head + 1 ? at + 1 : at - 1]!;
      this.#release(place);
      return other + 1;
    }
    words.copyWithin(at, at + 1, end);
    words[head]! -= 1;
    const bits = words[head]! >>> SIZE_SHIFT;
    return bits > SMALLEST_BITS && count - 1 < 1 << (bits - 2) ? this.#resize(place, -1) : ref;
  }

  #pair(first: number, second: number): SetRef {
    const place = this.#allocate(SMALLEST_BITS);
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    words[head] = (SMALLEST_BITS << SIZE_SHIFT) | 2;
    words[head + 1] = Math.min(first, second);
    words[head + 2] = Math.max(first, second);
    return ~place;
  }

  /** Moves a list to a block of double (1) or half (-1) the size. */
  #resize(place: number, step: 1 | -1): SetRef {
    const from = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const count = from[head]! & COUNT_MASK;
    const bits = (from[head]! >>> SIZE_SHIFT) + step;
    const moved = this.#allocate(bits);
    const to = this.#chunks[moved >>> CHUNK_SHIFT]!;
    const newHead = (moved & PLACE_MASK) * SMALLEST;
    to[newHead] = (bits << SIZE_SHIFT) | count;
    for (let index = 1; index <= count; index += 1) to[newHead + index] = from[head + index]!;
    this.#release(place);
    return ~moved;
  }

  #toBitmap(place: number): SetRef {
    const words = this.#chunks[place >>> CHUNK_SHIFT]!;
    const head = (place & PLACE_MASK) * SMALLEST;
    const bitmap = new Bitmap();
    for (let at = head + (words[head]! & COUNT_MASK); at > head; at -= 1) bitmap.add(words[at]!);
    this.#release(place);
    const number = this.#vacantBitmaps.pop() ?? this.#bitmaps.length;
    this.#bitmaps[number] = bitmap;
    return ~(number | BITMAP);
  }

  #toList(number: number): SetRef {
    const bitmap = this.#bitmaps[number]!;
    let ref: SetRef = 0;
    for (let entry = bitmap.next(-1); entry >= 0; entry = bitmap.next(entry)) ref = this.add(ref, entry);
    this.#bitmaps[number] = new Bitmap();
    this.#vacantBitmaps.push(number);
    return ref;
  }

  #allocate(bits: number): number {
    const free = this.#free[bits]!;
    if (free >= 0) {
      this.#free[bits] = this.#chunks[free >>> CHUNK_SHIFT]![(free & PLACE_MASK) * SMALLEST]!;
      return free;
    }
    const size = 1 << bits;
    if (this.#given + size > CHUNK_WORDS) {
      this.#giveAwayRest();
      this.#chunks.push(new Int32Array(CHUNK_WORDS));
      this.#given = 0;
    }
    const place = ((this.#chunks.length - 1) << CHUNK_SHIFT) | (this.#given >>> SMALLEST_BITS);
    this.#given += size;
    return place;
  }

  /** Makes free blocks of what is left in the last chunk. */
  #giveAwayRest(): void {
    for (let bits = SMALLEST_BITS; this.#given < CHUNK_WORDS; bits += 1) {
      const size = 1 << bits;
      if ((this.#given & size) === 0) continue;
      this.#put(bits, ((this.#chunks.length - 1) << CHUNK_SHIFT) | (this.#given >>> SMALLEST_BITS));
      this.#given += size;
    }
  }

  #release(place: number): void {
    const head = this.#chunks[place >>> CHUNK_SHIFT]![(place & PLACE_MASK) * SMALLEST]!;
    this.#put(head >>> SIZE_SHIFT, place);
  }

  #put(bits: number, place: number): void {
    this.#chunks[place >>> CHUNK_SHIFT]![(place & PLACE_MASK) * SMALLEST] = this.#free[bits]!;
    this.#free[bits] = place;
  }
}

/** The first position from `from` on whose number is at least `entry`; `to` when there is none. */
function lowerBound(words: Int32Array, from: number, to: number, entry: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle]! < entry) low = middle + 1;
    else high = middle;
  }
  return low;
}
