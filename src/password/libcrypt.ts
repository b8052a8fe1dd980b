/**
 * The system's crypt(3), for the schemes that are nowhere else: DES and yescrypt. Loaded through koffi, which is an
 * optional dependency, and only in the crypt thread.
 */
import { createRequire } from 'node:module';

/** crypt_r's work space: 32 KiB in libxcrypt, 128 KiB in the old glibc. */
const CRYPT_DATA_OCTETS = 256 * 1024;

/** crypt(3) of libxcrypt refuses a phrase of 512 octets or more (crypt.h, CRYPT_MAX_PASSPHRASE_SIZE). */
export const LIBCRYPT_LONGEST_PHRASE = 511;

/** Hashes `phrase` (UTF-8, no NUL) with the salt and parameters of `setting`; `undefined` when crypt(3) refuses. */
export type Libcrypt = (phrase: string, setting: string) => string | undefined;

/** The part of koffi that is used here. */
type Koffi = { load(library: string): { func(prototype: string): (...values: unknown[]) => unknown } };

/** `undefined` when koffi or libcrypt.so.1 is not on this machine. */
export function loadLibcrypt(): Libcrypt | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const crypt = koffi
      .load('libcrypt.so.1')
      .func('const char *crypt_r(const char *phrase, const char *setting, void *data)');
    const data = Buffer.alloc(CRYPT_DATA_OCTETS);
    return (phrase, setting) => {
      const hashed = crypt(phrase, setting, data);
      data.fill(0);
      return typeof hashed === 'string' && !hashed.startsWith('*') ? hashed : undefined;
    };
  } catch {
    return undefined;
  }
}
