/**
 * MD5-crypt, `$1$` of FreeBSD's crypt(3) (Poul-Henning Kamp, 1994) and `$apr1$` of Apache, which differ in the
 * magic text alone. Broken by today's measure; verified so that old files keep working, never written.
 *
 * Written here because no maintained library offers it; compared with `openssl passwd` in the test.
 */
import { hash } from 'node:crypto';
import { crypt64Group } from './crypt64.ts';

const ROUNDS = 1000;

/** The 22 characters of checksum. */
export function md5Crypt(magic: '$1$' | '$apr1$', password: Uint8Array, salt: Uint8Array): string {
  let digest = md5(password, Buffer.from(magic), salt, ...startOf(password, salt));
  for (let round = 0; round < ROUNDS; round++) {
    const parts = [round % 2 === 1 ? password : digest];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(round % 2 === 1 ? digest : password);
    digest = md5(...parts);
  }
  let text = '';
  for (let index = 0; index < 5; index++) text += crypt64Group(digest, index, index + 6, index < 4 ? index + 12 : 5);
  return text + crypt64Group(digest, 11);
}

/** What follows magic and salt in the first digest: the mixed digest over the password's length, then its bits. */
function startOf(password: Uint8Array, salt: Uint8Array): Uint8Array[] {
  const mixed = md5(password, salt, password);
  const parts: Uint8Array[] = [];
  for (let left = password.length; left > 0; left -= 16) parts.push(mixed.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>>= 1) {
    parts.push(bits % 2 === 1 ? Uint8Array.of(0) : password.subarray(0, 1));
  }
  return parts;
}

function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('md5', Buffer.concat(parts), 'buffer');
}
