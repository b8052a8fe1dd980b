/**
 * MessageFramer cuts what comes over a connection into messages: a view of what came where a message came in one
 * piece, a buffer of its own where it did not.
 *
 * What a message says about its own length is not believed beyond the limit, and nothing is allocated for it: a buffer
 * grows with what really came.
 */
import { berElementLength } from '../../../x500/index.ts';

const SEQUENCE = 0x30;
const FIRST_CAPACITY = 1024;

export class MessageFramer {
  /** The octets that the next message lies in, from `start` to `end`; good until the next call. */
  source: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** What came and was not yet cut. */
  #chunk: Buffer = this.source;
  #position = 0;
  /** The beginning of a message of which more has to come. */
  #partial: Buffer | undefined;
  #held = 0;

  /** Takes what came. INVARIANT: called when `next` said `more`. */
  push(chunk: Buffer): void {
    if (this.#position < this.#chunk.length) this.#hold(this.#chunk.length);
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** True when octets are there that no message was made of. */
  get hasOctets(): boolean {
    return this.#partial !== undefined || this.#position < this.#chunk.length;
  }

  /** Cuts the next message of at most `limit` octets; `more` when it has not all come, `broken` when it never will. */
  next(limit: number): 'message' | 'more' | 'broken' {
    if (this.#partial !== undefined) return this.#complete(this.#partial, limit);
    const chunk = this.#chunk;
    const at = this.#position;
    if (at === chunk.length) return 'more';
    const length = chunk[at] === SEQUENCE ? berElementLength(chunk, at, chunk.length) : undefined;
    if (length === undefined || (length !== 'more' && length > limit)) return 'broken';
    if (length === 'more' || at + length > chunk.length) return 'more';
    this.source = chunk;
    this.start = at;
    this.end = at + length;
    this.#position = this.end;
    return 'message';
  }

  /** Adds to the message that began in an earlier piece what it lacks, and no more. */
  #complete(partial: Buffer, limit: number): 'message' | 'more' | 'broken' {
    for (;;) {
      const length = berElementLength(partial, 0, this.#held);
      if (length === undefined || (length !== 'more' && length > limit)) return 'broken';
      if (length === this.#held) {
        this.source = partial;
        this.start = 0;
        this.end = length;
        this.#partial = undefined;
        this.#held = 0;
        return 'message';
      }
      const missing = length === 'more' ? 1 : length - this.#held;
      const there = this.#chunk.length - this.#position;
      if (there === 0) return 'more';
      this.#hold(this.#position + Math.min(missing, there));
      partial = this.#partial!;
    }
  }

  /** Moves the octets of the piece up to `end` to the message that is not whole. */
  #hold(end: number): void {
    const chunk = this.#chunk;
    const needed = this.#held + end - this.#position;
    if (this.#partial === undefined) {
      this.#partial = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, end - this.#position));
    } else if (needed > this.#partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#partial.length * 2));
      this.#partial.copy(grown, 0, 0, this.#held);
      this.#partial = grown;
    }
    this.#held += chunk.copy(this.#partial, this.#held, this.#position, end);
    this.#position = end;
  }
}
