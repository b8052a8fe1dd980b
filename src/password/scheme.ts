/**
 * PasswordScheme tells what a stored form is and what one verification of it costs, without deriving anything.
 */

import { type Secret, unreachable } from '../base/index.ts';
import { type Argon2Form, parseStoredForm, type StoredForm } from './stored-form.ts';

export interface PasswordScheme {
  readonly name: StoredForm['scheme'];
  /**
   * Estimated milliseconds of one verification on one core of 2020; 0 for digests and DES. Good for comparing two
   * forms (which one does a refusal have to cost?), not for predicting a time.
   */
  readonly cost: number;
  /** Set when verification needs the system's crypt(3); where that is missing, the form is `unusable`. */
  readonly needs?: 'libcrypt';
}

/** What new passwords are hashed with: OWASP's first choice for argon2id (2023), 16 to 21 ms. */
export const STANDARD = { scheme: 'argon2id', version: 19, memory: 19_456, passes: 2, lanes: 1 } as const;
export const STANDARD_SALT_OCTETS = 16;
export const STANDARD_TAG_OCTETS = 32;

/**
 * A form of the standard cost that no password matches: salt and tag are random octets, and the tag was derived from
 * nothing. Verifying against it costs what a real refusal costs.
 */
export const STANDARD_SAMPLE =
  '$argon2id$v=19$m=19456,t=2,p=1$ShQByRj8uiSiBDENfhplkw$4QFgsL5mDvrGvoVw/7/B76gh++NIOo+PPXbtp2z7lQI';

/** Counted from the end, a character of the checksum or the salt in every form. */
const DECOY_CHARACTER = 5;

/**
 * A form that costs what `stored` costs and that no password is known to match: what a refusal is spent on. The form itself
 * would not do. Whoever sends the password of its owner for somebody else would find it remembered, and have guessed it.
 */
export function decoyOf(stored: string): string {
  const at = stored.length - DECOY_CHARACTER;
  const decoy = `${stored.slice(0, at)}${stored[at] === 'A' ? 'B' : 'A'}${stored.slice(at + 1)}`;
  return schemeOf(decoy) === undefined ? STANDARD_SAMPLE : decoy;
}

/** `undefined` for what no password may ever match: locked, broken, cut, unknown, or too costly to try. */
export function schemeOf(stored: string): PasswordScheme | undefined {
  const form = parseStoredForm(stored);
  if (form === undefined) return undefined;
  const scheme = { name: form.scheme, cost: costOf(form) };
  return form.scheme === 'des-crypt' || form.scheme === 'yescrypt' ? { ...scheme, needs: 'libcrypt' } : scheme;
}

/** True when a password that matched should be stored anew with the standard scheme; false for unusable forms. */
export function needsRehash(stored: string): boolean {
  const form = parseStoredForm(stored);
  return form !== undefined && !(form.scheme === 'argon2id' && isStrongEnough(form));
}

/**
 * True when a password that matched should be stored anew as it was typed. Not so where the form reads only a part of it (DES: eight
 * octets, seven bits of each): the rest was never verified, and may be a slip of the hand.
 */
export function isToBeRehashed(stored: string, password: Secret): boolean {
  const form = parseStoredForm(stored);
  if (form === undefined || (form.scheme === 'argon2id' && isStrongEnough(form))) return false;
  return form.scheme !== 'des-crypt' || READ_BY_DES.test(password.reveal());
}

const READ_BY_DES = /^[ -~]{1,8}$/;

function isStrongEnough(form: Argon2Form): boolean {
  return (
    form.version === STANDARD.version &&
    form.memory >= STANDARD.memory &&
    form.memory * form.passes >= STANDARD.memory * STANDARD.passes &&
    form.tag.length >= STANDARD_TAG_OCTETS
  );
}

function costOf(form: StoredForm): number {
  switch (form.scheme) {
    case 'argon2id':
    case 'argon2i':
    case 'argon2d':
      return (form.memory * form.passes) / 2000;
    case 'bcrypt':
      return 82 * 2 ** (form.cost - 10);
    case 'md5-crypt':
    case 'apr1':
      return 4;
    case 'sha256-crypt':
    case 'sha512-crypt':
      return form.rounds / 200;
    case 'yescrypt':
      return (20 * form.memory) / 2 ** 24;
    case 'pbkdf2-sha1':
    case 'pbkdf2-sha256':
      return form.iterations / 3000;
    case 'pbkdf2-sha512':
      return form.iterations / 2000;
    case 'des-crypt':
    case 'omero-md5':
    case 'md5':
    case 'smd5':
    case 'sha':
    case 'ssha':
    case 'sha256':
    case 'ssha256':
    case 'sha512':
    case 'ssha512':
      return 0;
    default:
      return unreachable(form);
  }
}
