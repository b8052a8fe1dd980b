/** A password as it comes in a message: octets that are meant to be UTF-8 (RFC 4511, 4.2; RFC 3062). */
import { isUtf8 } from 'node:buffer';
import { Secret } from '../../../base/index.ts';

/** No stored password matches it: passwords hold no NUL. */
const NO_TEXT = '\0';

/** What is not UTF-8 becomes a password that fits nothing, never one with some of its octets replaced. */
export function secretIn(octets: Buffer): Secret {
  return new Secret(isUtf8(octets) ? octets.toString('utf8') : NO_TEXT);
}
