/**
 * Keys of the view's index: 32 bits of a hash (FNV-1a with the finish of MurmurHash3). Two things may share a key, so
 * whatever a key leads to is compared with the octets themselves before it is believed.
 *
 * The first 65,536 keys are kept for sets that are numbered and need no comparing: see key-index.ts.
 */

/** Keys below this are given out by number; no hash is one of them. */
export const NUMBERED_KEYS = 0x10000;

const PRIME = 0x01000193;
/** What is longer is hashed by its ends and its length: certificates and keys differ there. */
const LONG = 128;
const END = 64;

/** Where a hash begins; different seeds give the same octets different keys. */
export function hashSeed(seed: number): number {
  return Math.imul(seed ^ 0x811c9dc5, 0x9e3779b1);
}

/** The hash with one octet more. */
export function hashOctet(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, PRIME);
}

/** The hash with octets more. */
export function hashOctets(hash: number, octets: Uint8Array, start: number, end: number): number {
  let result = hash;
  const length = end - start;
  if (length > LONG) {
    result = hashOctets(result, octets, start, start + END);
    return Math.imul(hashOctets(result, octets, end - END, end) ^ length, PRIME);
  }
  for (let at = start; at < end; at += 1) result = Math.imul(result ^ octets[at]!, PRIME);
  return result;
}

/** Whether so many octets are hashed one after the other, so that a caller may do it while it makes them. */
export function hashesWhole(length: number): boolean {
  return length <= LONG;
}

/** The key that a hash comes to: a signed integer of 32 bits that is no numbered key. */
export function keyOfHash(hash: number): number {
  let key = hash;
  key ^= key >>> 16;
  key = Math.imul(key, 0x85ebca6b);
  key ^= key >>> 13;
  key = Math.imul(key, 0xc2b2ae35);
  key ^= key >>> 16;
  return key >>> 16 === 0 ? key | NUMBERED_KEYS : key;
}

/** The key of a pair of numbers. */
export function keyOfPair(first: number, second: number): number {
  return keyOfHash(Math.imul(first ^ 0x2545f491, 0x9e3779b1) ^ Math.imul(second + 0x6d2b79f5, 0x85ebca77));
}
