/**
 * PackedRecords is how the octets of an entry are kept in the slabs: as they are stored, but for the operational attributes that many entries
 * have alike (who made them, when an import was, their structural class). Those are kept once, under a number.
 *
 * The list of user attributes stays as it is, so that it is answered in one copy. Operational ones are asked for by few.
 *
 *     packed: the stored octets up to the second list, then for each attribute of it: its octets, or two that are its number
 */
import { BerWriter, Tag } from '../../x500/index.ts';
import { hashOctets, hashSeed, keyOfHash } from './key-hash.ts';
import type { OctetSlabs } from './octet-slabs.ts';
import { contentStart, elementEnd, userListAt } from './stored-record.ts';
import { sameRange } from './value-form.ts';

/** Attributes of this size are looked at: shorter ones are not worth a number, longer ones are of one entry. */
const SHORTEST = 8;
const LONGEST = 256;
/** The first of two octets that are a number: no attribute begins so. */
const NUMBER = 0xc0;
/** As many as 14 bits tell apart. When there are so many, others are kept with their entries. */
const MOST_SHARED = 1 << 14;
/** Hashes of attributes that were seen once. */
const SEEN = 1 << 12;

export class PackedRecords {
  readonly #shared: Buffer[] = [];
  /** Open addressing by hash: the number of an attribute, plus one. */
  readonly #places = new Int32Array(MOST_SHARED * 2);
  readonly #seen = new Int32Array(SEEN);
  #packed = Buffer.allocUnsafe(4096);
  readonly #list = new BerWriter(1024);

  /** Keeps a stored record in the slabs, packed; returns its location. */
  put(slabs: OctetSlabs, owner: number, record: Buffer): number {
    const list = elementEnd(record, userListAt(record, 0));
    const packed = this.#pack(record, list);
    const location = slabs.reserve(owner, list + packed);
    const octets = slabs.octets(location);
    const start = slabs.start(location);
    record.copy(octets, start, 0, list);
    this.#packed.copy(octets, start + list, 0, packed);
    return location;
  }

  /** The list of operational attributes of a packed record, as it was stored: a copy, since whoever reads it may ask for another's. */
  operational(octets: Buffer, start: number, end: number): Buffer {
    const out = this.#list;
    out.reset();
    const mark = out.open(Tag.sequence, 0x100);
    for (let at = elementEnd(octets, userListAt(octets, start)); at < end; ) {
      if (octets[at]! >= NUMBER) {
        out.raw(this.#shared[((octets[at]! & ~NUMBER) << 8) | octets[at + 1]!]!);
        at += 2;
      } else {
        const next = elementEnd(octets, at);
        out.raw(octets, at, next);
        at = next;
      }
    }
    out.close(mark);
    return Buffer.from(out.view());
  }

  /** The stored record of a packed one. */
  unpack(octets: Buffer, start: number, end: number): Buffer {
    const list = elementEnd(octets, userListAt(octets, start));
    return Buffer.concat([octets.subarray(start, list), this.operational(octets, start, end)]);
  }

  /** Packs the list at `list` into `#packed`; returns how many octets it takes there. */
  #pack(record: Buffer, list: number): number {
    const end = elementEnd(record, list);
    if (this.#packed.length < end - list) this.#packed = Buffer.allocUnsafe((end - list) * 2);
    const packed = this.#packed;
    let length = 0;
    for (let at = contentStart(record, list); at < end; ) {
      const next = elementEnd(record, at);
      const number = this.#numberOf(record, at, next);
      if (number < 0) {
        for (let from = at; from < next; from += 1) packed[length++] = record[from]!;
      } else {
        packed[length] = NUMBER | (number >>> 8);
        packed[length + 1] = number;
        length += 2;
      }
      at = next;
    }
    return length;
  }

  /** The number of an attribute that was seen before; -1 when it has none. */
  #numberOf(octets: Buffer, from: number, to: number): number {
    if (to - from < SHORTEST || to - from > LONGEST) return -1;
    const hash = keyOfHash(hashOctets(hashSeed(0), octets, from, to));
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (; this.#places[place] !== 0; place = (place + 1) & mask) {
      const number = this.#places[place]! - 1;
      const shared = this.#shared[number]!;
      if (sameRange(octets, from, to, shared)) return number;
    }
    const seen = (hash >>> 16) & (SEEN - 1);
    if (this.#seen[seen] !== hash) {
      this.#seen[seen] = hash;
      return -1;
    }
    if (this.#shared.length === MOST_SHARED) return -1;
    this.#shared.push(Buffer.from(octets.subarray(from, to)));
    this.#places[place] = this.#shared.length;
    return this.#shared.length - 1;
  }
}
