/**
 * Cookies: a strict reader for our own, and a writer that keeps the rules of the `__Host-` prefix.
 *
 * Two cookies of our name mean that somebody planted one (a sub-domain, a neighbouring port): none is believed.
 * RFC 6265 section 4.1.1, RFC 6265bis section 4.1.3.2.
 */
import { CodedError, type Milliseconds } from '../../base/index.ts';
import { headerValues, type RawHeaders } from './raw-headers.ts';

export type CookieReading =
  | { readonly kind: 'present'; readonly value: string }
  | { readonly kind: 'absent' }
  /** Sent twice, not a cookie value, or too much of it: treat as a failure, never as a session. */
  | { readonly kind: 'refused' };

const ABSENT: CookieReading = { kind: 'absent' };
const REFUSED: CookieReading = { kind: 'refused' };
const MOST_OCTETS = 8_192;
const MOST_COOKIES = 100;
const LONGEST_VALUE = 1_024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const PATH = /^\/[\x21-\x3a\x3c-\x7e]*$/;

/** Reads the one cookie called `name` (compared exactly) from all Cookie headers. */
export function readCookie(headers: RawHeaders, name: string): CookieReading {
  const lines = headerValues(headers, 'cookie');
  if (lines.length === 0) return ABSENT;
  const text = lines.join(';');
  if (text.length > MOST_OCTETS) return REFUSED;
  const pairs = text.split(';');
  if (pairs.length > MOST_COOKIES) return REFUSED;
  let value: string | undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    if (value !== undefined) return REFUSED;
    value = pair.slice(equals + 1).trim();
  }
  if (value === undefined) return ABSENT;
  return value.length > 0 && value.length <= LONGEST_VALUE && VALUE.test(value) ? { kind: 'present', value } : REFUSED;
}

/**
 * The headers without the cookies called one of `names`, so that a back end never sees our session; a Cookie header that
 * held nothing else goes.
 */
export function withoutCookies(headers: RawHeaders, names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    if (name.length !== 6 || name.toLowerCase() !== 'cookie') kept.push(name, headers[at + 1]!);
    else {
      const pairs = headers[at + 1]!.split(';').filter((pair) => !names.has(pair.split('=', 1)[0]!.trim()));
      const rest = pairs.join(';').trim();
      if (rest !== '') kept.push(name, rest);
    }
  }
  return kept;
}

export interface CookieOptions {
  /** False only on plain-http loopback, where no `__Host-` or `__Secure-` name is possible. */
  readonly secure: boolean;
  readonly sameSite: 'Strict' | 'Lax' | 'None';
  readonly path?: string;
  /** Left out: ends with the browser. Zero: removes the cookie. Rounded down to seconds. */
  readonly maxAge?: Milliseconds;
}

/**
 * A Set-Cookie value; always HttpOnly, never with a Domain.
 * @throws CodedError WEB_COOKIE_INVALID when name, value or options break RFC 6265bis (a programming error).
 */
export function serializeCookie(name: string, value: string, options: CookieOptions): string {
  const path = options.path ?? '/';
  const hostOnly = name.startsWith('__Host-');
  const problem =
    (!TOKEN.test(name) && 'name is no token') ||
    ((!VALUE.test(value) || value.length > LONGEST_VALUE) && 'value has characters that a cookie cannot carry') ||
    (!PATH.test(path) && 'path is not absolute') ||
    (hostOnly && path !== '/' && 'a __Host- cookie needs the path /') ||
    (/^__(?:Host|Secure)-/.test(name) && !options.secure && 'a prefixed cookie must be Secure') ||
    (options.sameSite === 'None' && !options.secure && 'SameSite=None must be Secure');
  if (problem) throw new CodedError('WEB_COOKIE_INVALID', `cookie ${JSON.stringify(name.slice(0, 64))}: ${problem}`);
  const age = options.maxAge === undefined ? '' : `; Max-Age=${Math.max(0, Math.floor(options.maxAge / 1000))}`;
  return `${name}=${value}; Path=${path}${age}; HttpOnly; SameSite=${options.sameSite}${options.secure ? '; Secure' : ''}`;
}
