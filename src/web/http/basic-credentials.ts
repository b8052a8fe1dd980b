/**
 * The Basic scheme of the Authorization header. RFC 7617; the tolerance for blanks and for the case of
 * the scheme is OMI's (spec/omi.md 2.4), which other clients rely on as well.
 */
import { Secret } from '../../base/index.ts';
import { headerValues, type RawHeaders } from './raw-headers.ts';

export type BasicCredentials =
  | { readonly kind: 'present'; readonly name: string; readonly password: Secret }
  /** No Authorization header, or one of another scheme. */
  | { readonly kind: 'absent' }
  /** Several headers, no base64, no UTF-8, a control character, no colon or too long: a failed attempt. */
  | { readonly kind: 'malformed' };

const ABSENT: BasicCredentials = { kind: 'absent' };
const MALFORMED: BasicCredentials = { kind: 'malformed' };
const BASIC = /^[ \t]*basic(?:[ \t]+|$)/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** Tried once a run of blanks: from each blank of a run, a long one would cost its square. */
const TRAILING_BLANKS = /(?<![ \t])[ \t]+$/;
const LONGEST = 8_192;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function basicCredentials(headers: RawHeaders): BasicCredentials {
  const values = headerValues(headers, 'authorization');
  const scheme = values.map((value) => BASIC.exec(value)?.[0]);
  if (scheme.every((found) => found === undefined)) return ABSENT;
  const [value = ''] = values;
  if (values.length > 1 || value.length > LONGEST) return MALFORMED;
  const encoded = value.slice(scheme[0]!.length).replace(TRAILING_BLANKS, '');
  if (!BASE64.test(encoded)) return MALFORMED;
  const text = decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  // A control character in name or password is no person's input: RFC 7617 section 2 forbids it.
  if (text === undefined || colon === -1 || /\p{Cc}/u.test(text)) return MALFORMED;
  return { kind: 'present', name: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) };
}

function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}
