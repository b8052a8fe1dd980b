/**
 * The identity of an entry: a UUID (RFC 4122) of 16 octets, its `entryUUID`, which no rename changes (RFC 4530).
 */
import type { Random } from '../../base/index.ts';

export const UUID_OCTETS = 16;

/** The parent of a naming context: no entry has it. */
export const NIL_UUID: Uint8Array = new Uint8Array(UUID_OCTETS);

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Identities that are drawn at a time: one call of the operating system for each would cost more than all else. */
const DRAWN = 64;

/** Makes new identities: version 4, that is 122 unpredictable bits each. */
export class UuidSource {
  readonly #random: Random;
  #drawn: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Uint8Array {
    if (this.#at === this.#drawn.length) {
      this.#drawn = this.#random.bytes(DRAWN * UUID_OCTETS);
      this.#at = 0;
    }
    const uuid = Uint8Array.prototype.slice.call(this.#drawn, this.#at, this.#at + UUID_OCTETS);
    this.#at += UUID_OCTETS;
    uuid[6] = (uuid[6]! & 0x0f) | 0x40;
    uuid[8] = (uuid[8]! & 0x3f) | 0x80;
    return uuid;
  }
}

/** The 16 octets of `597ae2f6-16a6-1027-98f4-d28b5365dc14`, in any case; undefined for any other text. */
export function parseUuid(text: string): Uint8Array | undefined {
  return TEXT.test(text) ? Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex')) : undefined;
}

/** The text of 16 octets, in lower case. */
export function formatUuid(uuid: Uint8Array): string {
  const hex = Buffer.from(uuid.buffer, uuid.byteOffset, uuid.length).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function isNilUuid(uuid: Uint8Array): boolean {
  return uuid.every((octet) => octet === 0);
}
