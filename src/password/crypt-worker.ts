/**
 * The crypt thread: derives the crypt(3) schemes away from the main thread, one at a time, and compares in
 * constant time. Started by CryptThread; answers every request once.
 */
import { timingSafeEqual } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { CryptAnswer, CryptRequest } from './crypt-thread.ts';
import { LIBCRYPT_LONGEST_PHRASE, type Libcrypt, loadLibcrypt } from './libcrypt.ts';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';
import type { ThreadForm } from './stored-form.ts';
import { lowerOwnPriority } from './thread-priority.ts';

lowerOwnPriority();

let libcrypt: Libcrypt | 'absent' | undefined;

parentPort?.on('message', ({ id, form, password }: CryptRequest) => {
  parentPort?.postMessage({ id, verdict: verdictOn(form, password) } satisfies CryptAnswer);
});

function verdictOn(form: ThreadForm, password: string): CryptAnswer['verdict'] {
  switch (form.scheme) {
    case 'md5-crypt':
    case 'apr1': {
      const magic = form.scheme === 'apr1' ? '$apr1$' : '$1$';
      return same(md5Crypt(magic, Buffer.from(password), Buffer.from(form.salt)), form.checksum);
    }
    case 'sha256-crypt':
    case 'sha512-crypt': {
      const algorithm = form.scheme === 'sha256-crypt' ? 'sha256' : 'sha512';
      return same(shaCrypt(algorithm, Buffer.from(password), Buffer.from(form.salt), form.rounds), form.checksum);
    }
    case 'des-crypt':
    case 'yescrypt': {
      libcrypt ??= loadLibcrypt() ?? 'absent';
      if (libcrypt === 'absent') return 'no-libcrypt';
      // What crypt(3) does not take is a mismatch that costs as much as any other, as it is with bcrypt.
      const tooLong = Buffer.byteLength(password) > LIBCRYPT_LONGEST_PHRASE;
      const hashed = libcrypt(tooLong ? '' : password, form.text);
      if (hashed === undefined) return 'refused';
      return tooLong ? 'mismatch' : same(hashed, form.text);
    }
  }
}

function same(one: string, other: string): 'match' | 'mismatch' {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b) ? 'match' : 'mismatch';
}
