/**
 * OrderedValues is the ordering index of one attribute type: the normal forms of its values with their entries, in the order of the
 * octets, for `>=`, `<=` and beginnings; and one behind the other in slabs, for a scan that looks for a piece in all of them.
 *
 * The order is kept in blocks of some hundred values, so that one more moves a few hundred octets.
 */
import type { EntryNumber } from './entry-table.ts';
import type { NumberList } from './number-list.ts';
import { OctetSlabs } from './octet-slabs.ts';
import { hasPattern, longestPiece, type SubstringPattern } from './substring-pattern.ts';

/** A place in the order: a block and an offset in it. */
export type Place = number;

const BLOCK = 512;
/** A block with less is joined with the one behind it when both fit into this. */
const SPARSE = 128;
const FILL = 384;
const PLACE_SHIFT = 10;
const OFFSET_MASK = (1 << PLACE_SHIFT) - 1;
const LAST = 0x7fffffff;
/** What stands before a record in a slab. */
const HEAD = 8;

export class OrderedValues {
  readonly #slabs = new OctetSlabs();
  /** By the number of a value: its octets and its entry. */
  #location = new Uint32Array(64);
  #entry = new Int32Array(64);
  #used = 0;
  readonly #freed: number[] = [];
  readonly #blocks: Int32Array[] = [];
  readonly #fills: number[] = [];

  insert(entry: EntryNumber, normal: Uint8Array): void {
    const place = this.#bound(normal, entry, false);
    const number = this.#make(entry, normal);
    if (this.#blocks.length === 0) {
      this.#blocks.push(new Int32Array(BLOCK));
      this.#fills.push(0);
    }
    let at = Math.min(place >>> PLACE_SHIFT, this.#blocks.length - 1);
    let offset = at === place >>> PLACE_SHIFT ? place & OFFSET_MASK : this.#fills[at]!;
    if (this.#fills[at] === BLOCK) {
      const half = BLOCK / 2;
      const behind = new Int32Array(BLOCK);
      behind.set(this.#blocks[at]!.subarray(half));
      this.#blocks.splice(at + 1, 0, behind);
      this.#fills.splice(at, 1, half, half);
      if (offset > half) {
        at += 1;
        offset -= half;
      }
    }
    const block = this.#blocks[at]!;
    block.copyWithin(offset + 1, offset, this.#fills[at]!);
    block[offset] = number;
    this.#fills[at]! += 1;
  }

  /** Nothing happens when the entry has no such value. */
  remove(entry: EntryNumber, normal: Uint8Array): void {
    const place = this.#bound(normal, entry, false);
    const at = place >>> PLACE_SHIFT;
    const offset = place & OFFSET_MASK;
    const block = this.#blocks[at];
    if (block === undefined || offset >= this.#fills[at]!) return;
    const number = block[offset]!;
    if (this.#entry[number] !== entry || this.#compare(number, normal, false) !== 0) return;
    block.copyWithin(offset, offset + 1, this.#fills[at]!);
    this.#fills[at]! -= 1;
    this.#join(at);
    this.#free(number);
    if (this.#slabs.untidy) this.#slabs.tidy((owner, location) => this.#moved(owner, location));
  }

  /** The place before all values. */
  get first(): Place {
    return 0;
  }

  /** The place behind all values. */
  get end(): Place {
    return this.#blocks.length << PLACE_SHIFT;
  }

  /** The place of the first value that is not before this one. */
  notBefore(normal: Uint8Array): Place {
    return this.#bound(normal, -1, false);
  }

  /** The place of the first value that is behind this one. */
  behind(normal: Uint8Array): Place {
    return this.#bound(normal, LAST, false);
  }

  /** The place of the first value that is behind all that begin so. */
  behindPrefix(prefix: Uint8Array): Place {
    return this.#bound(prefix, LAST, true);
  }

  /** How many values there are between two places. */
  count(from: Place, to: Place): number {
    let count = (to & OFFSET_MASK) - (from & OFFSET_MASK);
    for (let block = from >>> PLACE_SHIFT; block < to >>> PLACE_SHIFT; block += 1) count += this.#fills[block]!;
    return count;
  }

  /** The entries of the values between two places; one with several values more than once. */
  entriesBetween(from: Place, to: Place, found: NumberList): void {
    let offset = from & OFFSET_MASK;
    for (let block = from >>> PLACE_SHIFT; block <= to >>> PLACE_SHIFT && block < this.#blocks.length; block += 1) {
      const end = block === to >>> PLACE_SHIFT ? to & OFFSET_MASK : this.#fills[block]!;
      for (; offset < end; offset += 1) found.push(this.#entry[this.#blocks[block]![offset]!]!);
      offset = 0;
    }
  }

  /** The entries that have a value with this pattern; one with several more than once. */
  entriesWith(pattern: SubstringPattern, found: NumberList): void {
    const needle = longestPiece(pattern);
    for (let slab = 0; slab < this.#slabs.slabs; slab += 1) {
      const octets = this.#slabs.written(slab);
      let record = 0;
      for (let hit = octets.indexOf(needle, HEAD); hit >= 0; ) {
        let end = this.#slabs.recordEnd(slab, record);
        while (end <= hit) {
          record = end;
          end = this.#slabs.recordEnd(slab, record);
        }
        const number = this.#slabs.recordOwner(slab, record);
        const start = record + HEAD;
        const valueEnd = start + this.#slabs.size(this.#slabs.recordLocation(slab, record));
        const inside = hit >= start && hit + needle.length <= valueEnd;
        if (inside && number >= 0 && hasPattern(octets, start, valueEnd, pattern)) found.push(this.#entry[number]!);
        hit = octets.indexOf(needle, inside ? end : hit + 1);
      }
    }
  }

  #make(entry: EntryNumber, normal: Uint8Array): number {
    const number = this.#freed.pop() ?? this.#used++;
    if (number >= this.#location.length) {
      const location = new Uint32Array(this.#location.length * 2);
      location.set(this.#location);
      this.#location = location;
      const entries = new Int32Array(location.length);
      entries.set(this.#entry);
      this.#entry = entries;
    }
    this.#entry[number] = entry;
    this.#location[number] = this.#slabs.put(number, normal);
    return number;
  }

  #free(number: number): void {
    this.#slabs.free(this.#location[number]!);
    this.#freed.push(number);
  }

  #moved(number: number, location: number): void {
    this.#location[number] = location;
  }

  /** Takes an empty block away, and puts a sparse one together with the next. */
  #join(at: number): void {
    const fill = this.#fills[at]!;
    const next = this.#fills[at + 1];
    if (fill === 0) {
      this.#blocks.splice(at, 1);
      this.#fills.splice(at, 1);
    } else if (fill < SPARSE && next !== undefined && fill + next <= FILL) {
      this.#blocks[at]!.set(this.#blocks[at + 1]!.subarray(0, next), fill);
      this.#fills[at] = fill + next;
      this.#blocks.splice(at + 1, 1);
      this.#fills.splice(at + 1, 1);
    }
  }

  /** The first place whose value, and entry where values are equal, is not before these. */
  #bound(normal: Uint8Array, entry: number, prefix: boolean): Place {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = this.#blocks[middle]!;
      if (this.#isBefore(block[this.#fills[middle]! - 1]!, normal, entry, prefix)) low = middle + 1;
      else high = middle;
    }
    const block = this.#blocks[low];
    if (block === undefined) return low << PLACE_SHIFT;
    let from = 0;
    let to = this.#fills[low]!;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBefore(block[middle]!, normal, entry, prefix)) from = middle + 1;
      else to = middle;
    }
    return (low << PLACE_SHIFT) | from;
  }

  #isBefore(number: number, normal: Uint8Array, entry: number, prefix: boolean): boolean {
    const order = this.#compare(number, normal, prefix);
    return order < 0 || (order === 0 && this.#entry[number]! < entry);
  }

  /** Compares a value with a normal form, or only its beginning with a prefix. */
  #compare(number: number, normal: Uint8Array, prefix: boolean): number {
    const location = this.#location[number]!;
    const octets = this.#slabs.octets(location);
    const start = this.#slabs.start(location);
    const size = this.#slabs.size(location);
    const length = Math.min(size, normal.length);
    for (let at = 0; at < length; at += 1) {
      const difference = octets[start + at]! - normal[at]!;
      if (difference !== 0) return difference;
    }
    return prefix && size >= normal.length ? 0 : size - normal.length;
  }
}
