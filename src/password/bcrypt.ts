/**
 * bcrypt (`$2a$`, `$2b$`, `$2y$`): derived by @node-rs/bcrypt on libuv's threads. It is loaded with the first one.
 *
 * bcrypt reads 72 octets and silently drops the rest, so that two long passwords with the same start would be the
 * same password (Okta, October 2024; CVE-2025-22228). A longer password is therefore always a mismatch. It still
 * costs one derivation, because a quick answer would tell that the account exists and how it is stored.
 */
import type { BcryptForm } from './stored-form.ts';

/** What bcrypt reads of a password, in octets. */
export const BCRYPT_LONGEST_PASSWORD = 72;

export async function bcryptMatches(form: BcryptForm, password: Uint8Array): Promise<boolean> {
  const { verify } = await import('@node-rs/bcrypt');
  const matches = await verify(password.subarray(0, BCRYPT_LONGEST_PASSWORD), form.text);
  return matches && password.length <= BCRYPT_LONGEST_PASSWORD;
}
