/**
 * BerWriter writes BER elements into octets of its own, in the one form that is also DER: definite lengths and
 * integers in as few octets as they need, TRUE as FF (X.690, 10; RFC 4511, 5.1). The order of a SET OF is the
 * caller's, or `closeSetOf`'s.
 *
 * It grows by doubling and allocates for nothing else, so that one writer serves every answer of a connection.
 * A constructed element is opened with room for its length, and its content is moved when that was too little or too much.
 */
import { encodeObjectIdentifier } from './object-identifier.ts';
import { Tag } from './tag.ts';

const DEFAULT_CAPACITY = 1024;
/** Up to so many octets a loop copies faster than a call does. */
const SHORT = 24;
/** UTF-8 takes at most three octets a UTF-16 unit, so that a text up to here has a length of one octet. */
const SHORT_TEXT = 42;

export class BerWriter {
  #octets: Buffer;
  #length = 0;

  /** `capacity` in octets is where it starts. */
  constructor(capacity = DEFAULT_CAPACITY) {
    this.#octets = Buffer.allocUnsafeSlow(Math.max(capacity, 16));
  }

  /** Octets written since the start or the last reset. */
  get length(): number {
    return this.#length;
  }

  /**
   * Begins a constructed element; the returned mark goes to `close`. `expected` is the length its content is thought
   * to have: right to the size of the length field, `close` moves nothing.
   * INVARIANT: elements are closed in the reverse order of their opening.
   */
  open(tag: number, expected = 0): number {
    const reserved = sizeOfLength(expected);
    this.#room(1 + reserved);
    this.#octets[this.#length] = tag;
    const mark = this.#length + 1;
    this.#octets[mark] = reserved;
    this.#length = mark + reserved;
    return mark;
  }

  /** Ends the element that `open` gave the mark of. */
  close(mark: number): void {
    const reserved = this.#octets[mark]!;
    const start = mark + reserved;
    const length = this.#length - start;
    const size = sizeOfLength(length);
    if (size !== reserved) {
      this.#room(Math.max(size - reserved, 0));
      this.#octets.copyWithin(mark + size, start, this.#length);
      this.#length += size - reserved;
    }
    this.#putLength(mark, length, size);
  }

  /** Ends a SET OF and puts its elements into the order of DER (X.690, 11.6). */
  closeSetOf(mark: number): void {
    const start = mark + this.#octets[mark]!;
    const content = Buffer.from(this.#octets.subarray(start, this.#length));
    const elements: Buffer[] = [];
    for (let at = 0; at < content.length; ) {
      const end = at + writtenLength(content, at);
      elements.push(content.subarray(at, end));
      at = end;
    }
    elements.sort(Buffer.compare);
    let at = start;
    for (const element of elements) at += element.copy(this.#octets, at);
    this.close(mark);
  }

  /** The head of an element whose content of `length` octets follows by `raw`. */
  head(tag: number, length: number): void {
    this.#room(6);
    this.#octets[this.#length] = tag;
    const size = sizeOfLength(length);
    this.#putLength(this.#length + 1, length, size);
    this.#length += 1 + size;
  }

  octets(tag: number, value: Uint8Array): void {
    this.#room(6 + value.length);
    this.head(tag, value.length);
    this.raw(value);
  }

  /** A string as UTF-8. A lone surrogate becomes U+FFFD. */
  text(tag: number, value: string): void {
    if (value.length > SHORT_TEXT) {
      const length = Buffer.byteLength(value);
      this.#room(6 + length);
      this.head(tag, length);
      this.#octets.write(value, this.#length, length, 'utf8');
      this.#length += length;
      return;
    }
    this.#room(2 + value.length * 3);
    const octets = this.#octets;
    const start = this.#length + 2;
    let at = start;
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) {
        at += octets.write(value.slice(index), at, 'utf8');
        break;
      }
      octets[at] = unit;
      at += 1;
    }
    octets[start - 2] = tag;
    octets[start - 1] = at - start;
    this.#length = at;
  }

  /** An INTEGER or ENUMERATED. Throws RangeError when a number is no safe integer. */
  integer(tag: number, value: number | bigint): void {
    if (typeof value !== 'number' || (value | 0) !== value) {
      this.#bigInteger(tag, BigInt(requireSafe(value)));
      return;
    }
    let size = 1;
    for (let rest = value >> 7; rest !== 0 && rest !== -1; rest >>= 8) size += 1;
    this.#room(6);
    const octets = this.#octets;
    let at = this.#length;
    octets[at++] = tag;
    octets[at++] = size;
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) octets[at++] = value >> shift;
    this.#length = at;
  }

  boolean(tag: number, value: boolean): void {
    this.#room(3);
    this.#octets[this.#length] = tag;
    this.#octets[this.#length + 1] = 1;
    this.#octets[this.#length + 2] = value ? 0xff : 0;
    this.#length += 3;
  }

  null(tag: number = Tag.null): void {
    this.head(tag, 0);
  }

  /** An OBJECT IDENTIFIER of dotted text. Throws RangeError when it is none. */
  objectIdentifier(tag: number, dotted: string): void {
    const octets = encodeObjectIdentifier(dotted);
    if (octets === undefined) throw new RangeError(`not an object identifier: ${dotted}`);
    this.octets(tag, octets);
  }

  /** A BIT STRING; `unused` bits, 0 to 7, at the end of the last octet mean nothing and are zero. */
  bitString(tag: number, value: Uint8Array, unused = 0): void {
    this.head(tag, value.length + 1);
    this.#room(1);
    this.#octets[this.#length] = unused;
    this.#length += 1;
    this.raw(value);
  }

  /** Octets as they are: whole elements, or the content that a `head` announced. */
  raw(source: Uint8Array, start = 0, end = source.length): void {
    const length = end - start;
    this.#room(length);
    const octets = this.#octets;
    let at = this.#length;
    this.#length = at + length;
    if (length > SHORT) {
      Buffer.prototype.copy.call(source, octets, at, start, end);
      return;
    }
    for (let index = start; index < end; index += 1) octets[at++] = source[index]!;
  }

  /** What was written, without a copy: good until the next write or reset. */
  view(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#octets, 0, this.#length);
  }

  /** Forgets what was written after the first `length` octets, which must not be inside of a closed element. */
  reset(length = 0): void {
    this.#length = length;
  }

  #bigInteger(tag: number, value: bigint): void {
    const magnitude = (value < 0n ? ~value : value).toString(16);
    const bits = magnitude.length * 4 - (Math.clz32(Number.parseInt(magnitude[0]!, 16)) - 28);
    const size = Math.floor(bits / 8) + 1;
    this.head(tag, size);
    this.#room(size);
    const hex = BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, '0');
    this.#octets.write(hex, this.#length, size, 'hex');
    this.#length += size;
  }

  #putLength(at: number, length: number, size: number): void {
    const octets = this.#octets;
    if (size === 1) {
      octets[at] = length;
      return;
    }
    octets[at] = 0x7f + size;
    let rest = length;
    for (let index = at + size - 1; index > at; index -= 1) {
      octets[index] = rest;
      rest >>>= 8;
    }
  }

  #room(octets: number): void {
    const needed = this.#length + octets;
    if (needed <= this.#octets.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#octets.length * 2));
    this.#octets.copy(grown, 0, 0, this.#length);
    this.#octets = grown;
  }
}

/** How many octets the length field of so long a content has: at most five, for contents below 4 GiB. */
function sizeOfLength(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  if (length < 0x10000) return 3;
  return length < 0x1000000 ? 4 : 5;
}

/** The whole length of an element that this writer wrote. */
function writtenLength(octets: Uint8Array, at: number): number {
  const first = octets[at + 1]!;
  if (first < 0x80) return 2 + first;
  let length = 0;
  for (let index = at + 2; index < at + 2 + (first & 0x7f); index += 1) length = length * 256 + octets[index]!;
  return 2 + (first & 0x7f) + length;
}

function requireSafe(value: number | bigint): number | bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
  return value;
}
