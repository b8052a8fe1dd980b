/**
 * The digests that LDAP servers and htpasswd keep: `{SHA}`, `{SSHA}` and their siblings (RFC 2307 section 5.3,
 * OpenLDAP's pw-sha2). Microseconds each, so they are computed where they are asked for.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { DigestForm } from './stored-form.ts';

export function digestMatches(form: DigestForm, password: Uint8Array): boolean {
  const octets = hash(form.algorithm, Buffer.concat([password, form.salt]), 'buffer');
  return timingSafeEqual(octets, form.digest);
}
