/**
 * LdifLines cuts the octets of an LDIF file into lines: continued lines are joined, comments dropped, values taken out
 * of their base64 (RFC 2849, 2). What the lines mean is LdifRecords' affair.
 *
 * Octets come in pieces of any size. Lines are read in place where they stand in one piece and are not folded; a value
 * is a view of the octets that were handed in. Descriptions are looked up by their octets, so that the hundred thousandth
 * `objectClass` costs no string.
 */
import { readValueSpec, type ValueOfUrl } from './value-spec.ts';

/** Takes the lines of a file in their order. `Name` is what it makes of a description. */
export interface LdifLineReader<Name> {
  /** Called for a description in a spelling that was not met lately. */
  name(text: string): Name;
  line(name: Name, value: Buffer, line: number): void;
  /** A line with nothing but `-`. */
  dash(line: number): void;
  /** An empty line, or the end of the file. After `forget` it is asked for every `name` again. */
  blank(): 'forget' | undefined;
  fault(line: number, message: string): void;
}

export interface LdifLineOptions {
  /** Octets of the longest line, with those that continue it. */
  readonly longestLine: number;
  readonly valueOfUrl: ValueOfUrl | undefined;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const DASH = 0x2d;
const COLON = 0x3a;

/** What a description is made of (RFC 4512, 2.5). */
const IN_NAME = Uint8Array.from({ length: 256 }, (_, octet) =>
  /[A-Za-z0-9.;-]/.test(String.fromCharCode(octet)) ? 1 : 0,
);
/** Where descriptions are looked up, a power of two; one takes the place of another with the same hash. */
const NAME_PLACES = 512;

interface KnownName<Name> {
  readonly octets: Uint8Array;
  readonly name: Name;
}

export class LdifLines<Name> {
  readonly #reader: LdifLineReader<Name>;
  readonly #options: LdifLineOptions;
  readonly #names: (KnownName<Name> | undefined)[] = new Array(NAME_PLACES).fill(undefined);
  /** Octets of a line whose end was not seen yet. */
  #held: Buffer[] = [];
  #heldLength = 0;
  #heldLineFeed = false;
  /** The number of the line that is read next. */
  #line = 1;
  #begun = false;
  #stopped = false;

  constructor(reader: LdifLineReader<Name>, options: LdifLineOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** Reads on. The octets must stay as they are for as long as values of them are in use. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const end = this.#endOfLines(octets);
    if (end === undefined) {
      this.#hold(octets);
      return;
    }
    const whole = octets.subarray(0, end);
    this.#read(this.#held.length === 0 ? whole : Buffer.concat([...this.#held, whole]));
    this.#release();
    if (end < octets.length) this.#hold(octets.subarray(end));
  }

  /** Reads what is left, whether or not its line has an end. */
  end(): void {
    if (this.#heldLength > 0) this.#read(Buffer.concat(this.#heldLineFeed ? this.#held : [...this.#held, NEW_LINE]));
    this.#release();
    if (!this.#stopped) this.#blank();
  }

  /**
   * Where the last line ends that is known not to be continued; undefined when none does. The start of these octets
   * is such an end when what is held ends with a line.
   */
  #endOfLines(octets: Buffer): number | undefined {
    for (let at = octets.length - 1; at > 0; ) {
      const feed = octets.lastIndexOf(LINE_FEED, at - 1);
      if (feed < 0) break;
      if (octets[feed + 1] !== SPACE) return feed + 1;
      at = feed;
    }
    return this.#heldLineFeed && octets[0] !== SPACE ? 0 : undefined;
  }

  #hold(octets: Buffer): void {
    if (this.#stopped) return;
    this.#held.push(octets);
    this.#heldLength += octets.length;
    this.#heldLineFeed = octets.at(-1) === LINE_FEED;
    if (this.#heldLength > this.#options.longestLine)
      this.#stop(`a line of more than ${this.#options.longestLine} octets`);
  }

  #release(): void {
    this.#held = [];
    this.#heldLength = 0;
    this.#heldLineFeed = false;
  }

  /** After this nothing is read: it cannot be told where the next line begins. */
  #stop(message: string): void {
    this.#reader.fault(this.#line, message);
    this.#stopped = true;
    this.#release();
  }

  /** Whole lines: the last octet ends the last of them. */
  #read(octets: Buffer): void {
    if (this.#stopped) return;
    let at = 0;
    if (!this.#begun) {
      this.#begun = true;
      if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) at = 3;
      const utf16 = (octets[0] === 0xff && octets[1] === 0xfe) || (octets[0] === 0xfe && octets[1] === 0xff);
      if (utf16) return this.#stop('the file is in UTF-16; LDIF is UTF-8');
    }
    while (at < octets.length) at = this.#lineAt(octets, at);
  }

  /** Reads one line and what continues it; returns where the next one begins. */
  #lineAt(octets: Buffer, start: number): number {
    let colon = start;
    let hash = 0;
    for (let octet = octets[start]!; IN_NAME[octet] === 1; octet = octets[colon]!) {
      hash = (Math.imul(hash, 31) + octet) | 0;
      colon += 1;
    }
    if (octets[colon] !== COLON || colon === start) return this.#otherLine(octets, start);
    let feed = colon + 1;
    for (let octet = octets[feed]!; octet !== LINE_FEED; octet = octets[feed]!) {
      if (octet === 0) return this.#badLine(octets, start, 'a NUL octet, which only base64 can hold');
      feed += 1;
    }
    if (octets[feed + 1] === SPACE) return this.#foldedLine(octets, start);
    const end = octets[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    const value = readValueSpec(octets, colon + 1, end, this.#options.valueOfUrl);
    if (typeof value === 'string') this.#reader.fault(this.#line, value);
    else this.#reader.line(this.#name(octets, start, colon, hash), value, this.#line);
    this.#line += 1;
    return feed + 1;
  }

  /** A line that does not begin with a description and a colon. */
  #otherLine(octets: Buffer, start: number): number {
    const feed = octets.indexOf(LINE_FEED, start);
    const end = octets[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    const first = octets[start]!;
    if (first === HASH) return this.#pass(octets, start);
    if (first === SPACE) return this.#badLine(octets, start, 'a line that continues nothing');
    if (end > start && octets[feed + 1] === SPACE) return this.#foldedLine(octets, start);
    if (end <= start) this.#blank();
    else if (first === DASH && end === start + 1) this.#reader.dash(this.#line);
    else this.#reader.fault(this.#line, 'neither `name: value` nor a comment');
    this.#line += 1;
    return feed + 1;
  }

  #blank(): void {
    if (this.#reader.blank() === 'forget') this.#names.fill(undefined);
  }

  #badLine(octets: Buffer, start: number, message: string): number {
    this.#reader.fault(this.#line, message);
    return this.#pass(octets, start);
  }

  /** Steps over a line and what continues it. */
  #pass(octets: Buffer, start: number): number {
    let next = start;
    do {
      next = octets.indexOf(LINE_FEED, next) + 1;
      this.#line += 1;
    } while (octets[next] === SPACE);
    return next;
  }

  /** Joins a line with those that continue it, and reads it as if it had been written so. */
  #foldedLine(octets: Buffer, start: number): number {
    const parts: Buffer[] = [];
    let next = start;
    do {
      const feed = octets.indexOf(LINE_FEED, next);
      const end = octets[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
      parts.push(octets.subarray(next === start ? next : next + 1, end));
      next = feed + 1;
    } while (octets[next] === SPACE);
    const line = this.#line;
    this.#lineAt(Buffer.concat([...parts, NEW_LINE]), 0);
    this.#line = line + parts.length;
    return next;
  }

  #name(octets: Buffer, start: number, end: number, hash: number): Name {
    const place = (hash ^ (hash >>> 16)) & (NAME_PLACES - 1);
    const known = this.#names[place];
    if (known !== undefined && isAt(known.octets, octets, start, end)) return known.name;
    const name = this.#reader.name(octets.toString('latin1', start, end));
    this.#names[place] = { octets: Uint8Array.prototype.slice.call(octets, start, end), name };
    return name;
  }
}

const NEW_LINE = Buffer.from([LINE_FEED]);

function isAt(known: Uint8Array, octets: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) if (known[index] !== octets[start + index]) return false;
  return true;
}
