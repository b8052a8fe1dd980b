/**
 * The digests that LDAP servers and htpasswd keep: `{SHA}`, `{SSHA}` and their siblings (RFC 2307 section 5.3,
 * OpenLDAP's pw-sha2), and the MD5 of OMERO's database. Microseconds each, so they are computed where they are asked for.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { DigestForm, OmeroForm, QuickForm, StoredForm } from './stored-form.ts';

export function isQuick(form: StoredForm): form is QuickForm {
  return 'digest' in form;
}

export function quickMatches(form: QuickForm, password: string): boolean {
  return form.scheme === 'omero-md5' ? omeroMatches(form, password) : digestMatches(form, password);
}

function digestMatches(form: DigestForm, password: string): boolean {
  const octets = hash(form.algorithm, Buffer.concat([Buffer.from(password), form.salt]), 'buffer');
  return timingSafeEqual(octets, form.digest);
}

/**
 * OMERO's own rule (comparePasswords): with the user's id before the password or without, in UTF-8 and then in the Latin-1
 * of version 4. A character that Latin-1 has not got became a question mark there; it matches nothing here, because
 * otherwise different passwords would be the same one.
 */
function omeroMatches({ digest, userId }: OmeroForm, password: string): boolean {
  const spellings = [Buffer.from(password, 'utf8')];
  if (LATIN1.test(password)) spellings.push(Buffer.from(password, 'latin1'));
  const salts = [new Uint8Array(0)];
  if (userId !== undefined) {
    const salt = Buffer.alloc(8);
    salt.writeBigInt64BE(userId);
    salts.push(salt);
  }
  let matches = false;
  for (const spelling of spellings) {
    for (const salt of salts) {
      const octets = hash('md5', Buffer.concat([salt, spelling]), 'buffer');
      matches = timingSafeEqual(octets, digest) || matches;
    }
  }
  return matches;
}

/** What Latin-1 can write. */
const LATIN1 = /^[^\u0100-\uffff]*$/;
