/**
 * Secret holds a password or key that must never be printed, logged or compared in variable time.
 *
 * INVARIANT: no string form. `reveal()` is the only way out; grep for it to audit every use.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const HIDDEN = '[secret]';

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** True when both hold the same text; takes the same time whatever differs. */
  equals(other: Secret): boolean {
    return timingSafeEqual(digest(this.#text), digest(other.#text));
  }

  /** True for the empty text, which no door lets past (security rule 3). */
  get isEmpty(): boolean {
    return this.#text.length === 0;
  }

  /** Length in UTF-8 octets, for limits. */
  get octets(): number {
    return Buffer.byteLength(this.#text);
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
