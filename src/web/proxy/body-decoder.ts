/**
 * Body decoders cut a message body out of the octets of a connection: exactly so many octets, strict chunks, or all.
 *
 * They copy nothing: `decode` hands out views of the octets it was given. Chunk extensions are skipped and trailers
 * dropped, both bounded; a bare LF, a sign, a blank or an overlong size is an error. RFC 9112 sections 6 and 7.1.
 */
import type { Framing } from './response-head.ts';

export interface BodyDecoder {
  /**
   * Takes octets, appends body parts to `parts`, and says how far it got: `'more'` when all were taken and the body goes
   * on, the number of octets taken when the body is complete, `'bad'` when they are no such body.
   */
  decode(octets: Buffer, parts: Buffer[]): number | 'more' | 'bad';
  /** Whether the end of the connection completes the body. */
  readonly endsWithConnection: boolean;
}

/** A decoder for one response, not to be used again; undefined when there is no body. */
export function bodyDecoder(framing: Framing): BodyDecoder | undefined {
  switch (framing.kind) {
    case 'none':
      return undefined;
    case 'length':
      return framing.length === 0 ? undefined : new LengthDecoder(framing.length);
    case 'chunked':
      return new ChunkedDecoder();
    case 'close':
      return UNTIL_CLOSE;
  }
}

const UNTIL_CLOSE: BodyDecoder = {
  endsWithConnection: true,
  decode(octets, parts) {
    parts.push(octets);
    return 'more';
  },
};

class LengthDecoder implements BodyDecoder {
  readonly endsWithConnection = false;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  decode(octets: Buffer, parts: Buffer[]): number | 'more' {
    if (octets.length < this.#left) {
      this.#left -= octets.length;
      parts.push(octets);
      return 'more';
    }
    const taken = this.#left;
    this.#left = 0;
    parts.push(octets.length === taken ? octets : octets.subarray(0, taken));
    return taken;
  }
}

const CR = 0x0d;
const LF = 0x0a;
const MOST_SIZE_DIGITS = 12;
const LONGEST_EXTENSION = 1_024;
const LONGEST_TRAILERS = 8_192;

type ChunkState = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'trailer-lf';

class ChunkedDecoder implements BodyDecoder {
  readonly endsWithConnection = false;
  #state: ChunkState = 'size';
  #left = 0;
  /** Digits of the size, octets of the extension, or octets of the trailers so far. */
  #count = 0;
  /** Octets in the current trailer line; an empty line ends the body. */
  #line = 0;

  decode(octets: Buffer, parts: Buffer[]): number | 'more' | 'bad' {
    let at = 0;
    while (at < octets.length) {
      if (this.#state === 'data') {
        const end = Math.min(octets.length, at + this.#left);
        parts.push(octets.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-cr';
        continue;
      }
      const step = this.#step(octets[at]!);
      at += 1;
      if (step === 'done') return at;
      if (step === 'bad') return 'bad';
    }
    return 'more';
  }

  #step(octet: number): 'on' | 'done' | 'bad' {
    switch (this.#state) {
      case 'size':
        return this.#size(octet);
      case 'extension':
        this.#count += 1;
        if (octet === CR) this.#state = 'size-lf';
        else if (this.#count > LONGEST_EXTENSION || isControl(octet)) return 'bad';
        return 'on';
      case 'size-lf':
        if (octet !== LF) return 'bad';
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        this.#count = 0;
        this.#line = 0;
        return 'on';
      case 'data-cr':
        this.#state = 'data-lf';
        return octet === CR ? 'on' : 'bad';
      case 'data-lf':
        this.#state = 'size';
        this.#count = 0;
        return octet === LF ? 'on' : 'bad';
      default:
        return this.#trailer(octet);
    }
  }

  #size(octet: number): 'on' | 'bad' {
    const digit = hexDigit(octet);
    if (digit !== -1) {
      this.#count += 1;
      this.#left = this.#left * 16 + digit;
      return this.#count > MOST_SIZE_DIGITS ? 'bad' : 'on';
    }
    if (this.#count === 0 || (octet !== CR && octet !== 0x3b)) return 'bad';
    this.#state = octet === CR ? 'size-lf' : 'extension';
    this.#count = 0;
    return 'on';
  }

  #trailer(octet: number): 'on' | 'done' | 'bad' {
    this.#count += 1;
    if (this.#count > LONGEST_TRAILERS) return 'bad';
    if (this.#state === 'trailer-lf') {
      if (octet !== LF) return 'bad';
      if (this.#line === 0) return 'done';
      this.#state = 'trailer';
      this.#line = 0;
    } else if (octet === CR) this.#state = 'trailer-lf';
    else if (isControl(octet)) return 'bad';
    else this.#line += 1;
    return 'on';
  }
}

function isControl(octet: number): boolean {
  return (octet < 0x20 && octet !== 0x09) || octet === 0x7f;
}

function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
