/**
 * The base64 of crypt(3): its own alphabet, three octets at a time, least significant six bits first.
 */

/** The alphabet in the order of its values. */
export const CRYPT64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The low `characters` x 6 bits of `value`, least significant first. */
export function crypt64(value: number, characters: number): string {
  let text = '';
  for (let index = 0; index < characters; index++) text += CRYPT64[(value >>> (6 * index)) & 63];
  return text;
}

/** Encodes the octets at `positions`, most significant first. */
export function crypt64Group(octets: Uint8Array, ...positions: readonly number[]): string {
  const value = positions.reduce((sum, position) => (sum << 8) | octets[position]!, 0);
  return crypt64(value, positions.length + 1);
}
