/**
 * Tells a password that was hashed elsewhere from one that is text: by the `{SCHEME}` that LDAP servers write before it
 * (RFC 2307, 5.3). A text in braces that is no scheme of anybody is a password like any other, as with slapd.
 */
import { schemeOf } from '../../password/index.ts';

/**
 * usable     a password may match it
 * locked     written so that none does: `{CRYPT}!...`, `{CRYPT}*`, `{SSHA}!...`
 * broken     cut, too costly to try, or of a scheme that is not verified here
 * cleartext  the password itself with a label before it
 */
export interface HashedForm {
  readonly kind: 'usable' | 'locked' | 'broken' | 'cleartext';
  readonly text: string;
}

const LABELLED = /^\{([A-Za-z0-9._/-]{1,32})\}/;

/** Schemes of OpenLDAP and its contributed modules, 389 Directory Server and Dovecot, in lower case. */
const SCHEMES: ReadonlySet<string> = new Set(
  `crypt md5 smd5 sha ssha sha256 ssha256 sha384 ssha384 sha512 ssha512 argon2 pbkdf2 pbkdf2-sha1 pbkdf2-sha256
  pbkdf2-sha512 pbkdf2_sha256 pbkdf2-sha384 omero-md5 cleartext clear plain sasl unix kerberos radius lanman nt ns-mta-md5
  apr1 bsdmd5 totp1 totp256 totp512 bcrypt blf-crypt sha256-crypt sha512-crypt md5-crypt des-crypt scrypt smd4 hmac_md5
  argon2i argon2id argon2d cram-md5 digest-md5 gost_yescrypt ntlm`.split(/\s+/),
);
const CLEARTEXT: ReadonlySet<string> = new Set(['cleartext', 'clear', 'plain']);

/** Undefined when the value is the text of a password. */
export function hashedFormOf(text: string): HashedForm | undefined {
  const match = LABELLED.exec(text);
  const scheme = match?.[1]?.toLowerCase();
  if (match === null || scheme === undefined || !SCHEMES.has(scheme)) return undefined;
  if (CLEARTEXT.has(scheme)) return { kind: 'cleartext', text };
  if (schemeOf(text) !== undefined) return { kind: 'usable', text };
  return { kind: /^[!*]/.test(text.slice(match[0].length)) ? 'locked' : 'broken', text };
}
