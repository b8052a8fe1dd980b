/**
 * Csrf guards the server's own forms: the form must carry what only this browser's cookie on this host holds, and the
 * browser must not say that another site sent it (OWASP double submit, Fetch Metadata, RFC 6454 Origin).
 */
import type { IncomingMessage } from 'node:http';
import { type Random, randomToken, Secret } from '../../base/index.ts';
import type { GateCookies } from '../gate/cookies.ts';
import { readCookie } from '../http/cookies.ts';
import { singleHeader } from '../http/raw-headers.ts';
import type { FormFields } from './form-body.ts';

export const CSRF_FIELD = 'csrf';

/** The token of this browser, and the cookie to set when it had none. */
export function csrfToken(
  request: IncomingMessage,
  cookies: GateCookies,
  random: Random,
): { readonly token: string; readonly setCookie: readonly string[] } {
  const known = readCookie(request.rawHeaders, cookies.csrf);
  if (known.kind === 'present' && /^[A-Za-z0-9_-]{43}$/.test(known.value)) {
    return { token: known.value, setCookie: [] };
  }
  const token = randomToken(random);
  return { token, setCookie: [cookies.set(cookies.csrf, token)] };
}

/** True when the form came from our own page in this browser. */
export function isOwnForm(request: IncomingMessage, fields: FormFields, cookies: GateCookies, origin: string): boolean {
  const cookie = readCookie(request.rawHeaders, cookies.csrf);
  const field = fields.get(CSRF_FIELD);
  if (cookie.kind !== 'present' || field === undefined) return false;
  return sameSite(request, origin) && new Secret(cookie.value).equals(new Secret(field));
}

function sameSite(request: IncomingMessage, origin: string): boolean {
  const site = singleHeader(request.rawHeaders, 'sec-fetch-site');
  const from = singleHeader(request.rawHeaders, 'origin');
  // What comes twice was not sent by a browser, and equals neither.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  // `null` is what a browser sends after a page with no-referrer policy, as ours are.
  return from === undefined || from === 'null' || from === origin;
}
