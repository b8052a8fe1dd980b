/**
 * BerReader is a cursor over BER elements (X.690) between two positions of octets that it does not copy.
 *
 * Read is what LDAP allows (RFC 4511, 5.1): definite lengths of at most four octets, tags of one octet, strings in one
 * piece. With `der` nothing but the one form of DER is read (X.690, 10 and 11), as signatures need.
 *
 * Whatever does not fit throws a BerFault. `decodeBer` turns it into undefined; a decoder that reports what is wrong
 * catches it itself. No other exception leaves a reader, whatever the octets are.
 */
import { isUtf8 } from 'node:buffer';
import { decodeObjectIdentifier } from './object-identifier.ts';
import { Tag } from './tag.ts';

/** Octets that are not what the decoder expects. */
export class BerFault extends Error {
  /** `limit` when they may well be what they claim to be, and are more than is read. */
  readonly kind: 'malformed' | 'limit';
  /** Counts from the start of the octets. */
  readonly position: number;

  constructor(kind: 'malformed' | 'limit', message: string, position: number) {
    super(message);
    this.name = 'BerFault';
    this.kind = kind;
    this.position = position;
  }
}

export interface BerReaderOptions {
  /** The first octet that is read; the first one by default. */
  readonly start?: number;
  /** Where the last octet that is read ends; the end of the octets by default. */
  readonly end?: number;
  /** Nothing but DER. */
  readonly der?: boolean;
  /** How deep elements may be entered, 128 by default. */
  readonly maxDepth?: number;
}

const MAX_DEPTH = 128;
const MAX_LENGTH_OCTETS = 4;
/** Integers up to so many octets are safe integers, whatever they are. */
const MAX_NUMBER_OCTETS = 6;
/** RSA keys of 16,384 bits, and then some. */
const MAX_BIG_INTEGER_OCTETS = 4096;
/** Up to so many octets a loop finds out faster than a call whether a text is plain ASCII. */
const SHORT = 64;

export class BerReader {
  #octets: Buffer;
  #position: number;
  #end: number;
  #depth: number;
  readonly #der: boolean;

  constructor(octets: Uint8Array, options: BerReaderOptions = {}) {
    this.#octets = asBuffer(octets);
    this.#position = options.start ?? 0;
    this.#end = options.end ?? octets.length;
    this.#depth = options.maxDepth ?? MAX_DEPTH;
    this.#der = options.der ?? false;
  }

  /** Where the next element begins, counted from the start of the octets. */
  get position(): number {
    return this.#position;
  }

  /** Where the element that was entered last ends. */
  get end(): number {
    return this.#end;
  }

  /** The octets that are read; what a position counts in. */
  get source(): Buffer {
    return this.#octets;
  }

  /** Whether another element follows in the element that was entered last. */
  get more(): boolean {
    return this.#position < this.#end;
  }

  /** The tag of the next element without reading it; -1 when none follows. */
  peek(): number {
    return this.#position < this.#end ? this.#octets[this.#position]! : -1;
  }

  /** Goes into a constructed element. What it returns goes to `leave`. */
  enter(tag: number): number {
    const start = this.#head(tag);
    const outer = this.#end;
    this.#depth -= 1;
    if (this.#depth < 0) this.exceed('elements nested too deep');
    this.#end = this.#position;
    this.#position = start;
    return outer;
  }

  /** Comes out of the element that `enter` returned this for; a fault when elements in it were not read. */
  leave(outer: number): void {
    if (this.#position !== this.#end) this.fail('more in it than belongs there');
    this.#end = outer;
    this.#depth += 1;
  }

  /** Comes out of the element that `enter` returned this for, past elements that were not read: those of a later version. */
  leavePast(outer: number): void {
    this.#position = this.#end;
    this.leave(outer);
  }

  /** Steps over an element with this tag: returns where its content starts; it ends at `position`. */
  span(tag: number): number {
    return this.#head(tag);
  }

  /** Steps over the next element, whatever it is, and returns its tag. */
  skip(): number {
    const tag = this.peek();
    this.#head(tag);
    return tag;
  }

  /** The content of an element, without a copy. */
  octets(tag: number): Buffer {
    const start = this.#head(tag);
    return this.#octets.subarray(start, this.#position);
  }

  /** The next element whole, head and content, without a copy. */
  element(): Buffer {
    const start = this.#position;
    this.skip();
    return this.#octets.subarray(start, this.#position);
  }

  /** A string in UTF-8; ill-formed UTF-8 is a fault. */
  text(tag: number): string {
    const start = this.#head(tag);
    const end = this.#position;
    const octets = this.#octets;
    if (end - start <= SHORT) {
      let at = start;
      while (at < end && octets[at]! < 0x80) at += 1;
      if (at === end) return octets.toString('latin1', start, end);
    }
    if (!isUtf8(octets.subarray(start, end))) this.fail('text that is not UTF-8', start);
    return octets.toString('utf8', start, end);
  }

  /** An INTEGER or ENUMERATED of at most six octets. */
  integer(tag: number): number {
    const start = this.#integerHead(tag);
    const end = this.#position;
    if (end - start > MAX_NUMBER_OCTETS) this.fail('an integer beyond what is expected', start);
    const octets = this.#octets;
    let value = octets[start]! >= 0x80 ? octets[start]! - 256 : octets[start]!;
    for (let at = start + 1; at < end; at += 1) value = value * 256 + octets[at]!;
    return value;
  }

  /** An INTEGER of at most 4,096 octets. */
  bigInteger(tag: number): bigint {
    const start = this.#integerHead(tag);
    const size = this.#position - start;
    if (size > MAX_BIG_INTEGER_OCTETS) this.fail('an integer beyond what is expected', start);
    return BigInt.asIntN(size * 8, BigInt(`0x${this.#octets.toString('hex', start, this.#position)}`));
  }

  boolean(tag: number): boolean {
    const start = this.#head(tag);
    if (this.#position - start !== 1) this.fail('a boolean that has not one octet', start);
    const value = this.#octets[start]!;
    if (this.#der && value !== 0 && value !== 0xff) this.fail('a boolean that is not DER', start);
    return value !== 0;
  }

  null(tag: number = Tag.null): void {
    const start = this.#head(tag);
    if (this.#position !== start) this.fail('a null with content', start);
  }

  /** An OBJECT IDENTIFIER as dotted text. */
  objectIdentifier(tag: number): string {
    const start = this.#position;
    return decodeObjectIdentifier(this.octets(tag)) ?? this.fail('not an object identifier', start);
  }

  /** A BIT STRING: its octets without a copy, and how many bits at the end of the last one mean nothing. */
  bitString(tag: number): { readonly octets: Buffer; readonly unused: number } {
    const content = this.octets(tag);
    const unused = content[0] ?? this.fail('not a bit string');
    const octets = content.subarray(1);
    if (unused > 7 || (unused > 0 && octets.length === 0)) this.fail('not a bit string');
    if (this.#der && unused > 0 && (octets.at(-1)! & ((1 << unused) - 1)) !== 0)
      this.fail('a bit string that is not DER');
    return { octets, unused };
  }

  /** Throws the fault of this position: for what a decoder finds wrong in a value it read. */
  fail(message: string, position = this.#position): never {
    throw new BerFault('malformed', message, position);
  }

  /** Throws the fault of what is well-formed as far as it was read, but more than a decoder reads. */
  exceed(message: string): never {
    throw new BerFault('limit', message, this.#position);
  }

  /** Reads the head of an element with this tag, steps over its content, and returns where that starts. */
  #head(tag: number): number {
    const octets = this.#octets;
    const at = this.#position;
    if (at + 2 > this.#end) this.fail('an element is missing');
    if (octets[at] !== tag) this.fail('another element than expected');
    let start = at + 2;
    let length = octets[at + 1]!;
    if (length >= 0x80) {
      const size = length & 0x7f;
      start += size;
      if (size === 0 || size > MAX_LENGTH_OCTETS || start > this.#end) this.fail('a length that cannot be read');
      length = 0;
      for (let index = at + 2; index < start; index += 1) length = length * 256 + octets[index]!;
      if (this.#der && (length < 0x80 || octets[at + 2] === 0)) this.fail('a length that is not DER');
    }
    if (length > this.#end - start) this.fail('an element that is cut off');
    if ((tag & 0x1f) === 0x1f) this.fail('a tag of several octets');
    this.#position = start + length;
    return start;
  }

  #integerHead(tag: number): number {
    const start = this.#head(tag);
    const size = this.#position - start;
    if (size === 0) this.fail('an integer without octets', start);
    if (this.#der && size > 1) {
      const first = this.#octets[start]!;
      const negative = this.#octets[start + 1]! >= 0x80;
      if (first === (negative ? 0xff : 0)) this.fail('an integer that is not DER', start);
    }
    return start;
  }
}

/**
 * What `read` makes of octets that hold one value and nothing after it; undefined when a fault says that they do not.
 */
export function decodeBer<Value>(
  octets: Uint8Array,
  read: (reader: BerReader) => Value,
  options?: BerReaderOptions,
): Value | undefined {
  try {
    const reader = new BerReader(octets, options);
    const value = read(reader);
    return reader.more ? undefined : value;
  } catch (error) {
    if (error instanceof BerFault) return undefined;
    throw error;
  }
}

/**
 * The whole length of the element that begins at `start`, known from its first octets before all of it is there:
 * `more` when even its head is not, undefined when it is none (RFC 4511, 5.1).
 */
export function berElementLength(octets: Uint8Array, start: number, end: number): number | 'more' | undefined {
  if (end - start < 2) return 'more';
  const first = octets[start + 1]!;
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  if (size === 0 || size > MAX_LENGTH_OCTETS) return undefined;
  if (end - start < 2 + size) return 'more';
  let length = 0;
  for (let at = start + 2; at < start + 2 + size; at += 1) length = length * 256 + octets[at]!;
  return 2 + size + length;
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
