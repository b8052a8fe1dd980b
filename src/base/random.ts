/**
 * Random is the only source of unpredictable octets. A test hands in a fixed one.
 */
import { randomFillSync } from 'node:crypto';

export interface Random {
  /** `length` unpredictable octets (1 to 65,536). */
  bytes(length: number): Uint8Array;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
};

/** An unguessable token of 256 bits in base64url (43 characters), for session and ticket identifiers. */
export function randomToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}
