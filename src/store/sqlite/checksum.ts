/**
 * The checksum of a row: the first 48 bits of its SHA-256.
 *
 * 48 bits are a whole number of SQLite's and an exact one of JavaScript's, and as Node hands them over in a string they cost less than
 * a row's way through a driver (0.6 microseconds for 500 octets). A cyclic checksum would be half of that, but it is linear: sums of
 * such checksums, which the set hash is, can cancel. See docs/decisions/0010-journal-store.md.
 */
import { hash } from 'node:crypto';

/** One more than the largest checksum. */
export const SUM_RANGE = 2 ** 48;

export function checksum(content: Uint8Array | string): number {
  const digest = hash('sha256', content, 'binary');
  const high = (digest.charCodeAt(0) << 16) | (digest.charCodeAt(1) << 8) | digest.charCodeAt(2);
  const low = (digest.charCodeAt(3) << 16) | (digest.charCodeAt(4) << 8) | digest.charCodeAt(5);
  return high * 2 ** 24 + low;
}

/**
 * The set hash is the sum of the checksums of all objects, whatever their order: a row more, a row less or an older row changes it,
 * and a write changes it by two additions.
 */
export function withSum(setHash: number, sum: number): number {
  return (setHash + sum) % SUM_RANGE;
}

export function withoutSum(setHash: number, sum: number): number {
  return (setHash - sum + SUM_RANGE) % SUM_RANGE;
}
