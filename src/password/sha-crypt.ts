/**
 * SHA-crypt, `$5$` and `$6$`: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6 (2016). The step
 * numbers below are that document's.
 *
 * Written here because no maintained library offers it; compared with `openssl passwd` in the test.
 */
import { hash } from 'node:crypto';
import { crypt64Group } from './crypt64.ts';

/** The checksum: 43 characters for SHA-256, 86 for SHA-512. */
export function shaCrypt(
  algorithm: 'sha256' | 'sha512',
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): string {
  const digest = (...parts: readonly Uint8Array[]): Buffer => hash(algorithm, Buffer.concat(parts), 'buffer');
  const b = digest(password, salt, password); // 4-8
  const bits: Uint8Array[] = [];
  for (let left = password.length; left > 0; left >>>= 1) bits.push(left % 2 === 1 ? b : password); // 11
  let c = digest(password, salt, filled(b, password.length), ...bits); // 1-3, 9-12
  const p = filled(digest(repeated(password, password.length)), password.length); // 13-16
  const s = filled(digest(repeated(salt, 16 + c[0]!)), salt.length); // 17-20
  // 21: one scratch buffer for all rounds, because they are where the time goes.
  const scratch = Buffer.alloc(2 * p.length + s.length + c.length);
  for (let round = 0; round < rounds; round++) {
    let length = append(scratch, 0, round % 2 === 1 ? p : c);
    if (round % 3 !== 0) length = append(scratch, length, s);
    if (round % 7 !== 0) length = append(scratch, length, p);
    length = append(scratch, length, round % 2 === 1 ? c : p);
    c = hash(algorithm, scratch.subarray(0, length), 'buffer');
  }
  return algorithm === 'sha256' ? encode256(c) : encode512(c); // 22
}

function append(target: Buffer, offset: number, part: Uint8Array): number {
  target.set(part, offset);
  return offset + part.length;
}

/** `block` again and again until `length` octets are filled. */
function filled(block: Uint8Array, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += block.length) {
    octets.set(block.subarray(0, Math.min(block.length, length - offset)), offset);
  }
  return octets;
}

function repeated(block: Uint8Array, times: number): Uint8Array {
  return filled(block, block.length * times);
}

/** Groups of three positions a third of the digest apart; each next group is one further and turned by one. */
function encode256(digest: Uint8Array): string {
  let [a, b, c] = [0, 10, 20];
  let text = '';
  for (let group = 0; group < 10; group++) {
    text += crypt64Group(digest, a, b, c);
    [a, b, c] = [c + 1, a + 1, b + 1];
  }
  return text + crypt64Group(digest, 31, 30);
}

function encode512(digest: Uint8Array): string {
  let [a, b, c] = [0, 21, 42];
  let text = '';
  for (let group = 0; group < 21; group++) {
    text += crypt64Group(digest, a, b, c);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  return text + crypt64Group(digest, 63);
}
