/**
 * The names of the gate's cookies. Over TLS every name has the `__Host-` prefix, which binds the cookie to one host;
 * on plain http (loopback only) browsers refuse the prefix, so it is left out (DESIGN.md, "Sessions across hosts").
 */
import { type CookieOptions, serializeCookie } from '../http/cookies.ts';

export interface GateCookies {
  /** The session of one realm on a service's host. */
  session(realm: string): string;
  /** The single-sign-on session of one realm, on the host of the login page. */
  signOn(realm: string): string;
  /** The browser's half of a login that is under way. */
  readonly nonce: string;
  /** Guards the server's own forms against other sites. */
  readonly csrf: string;
  set(name: string, value: string, options?: Pick<CookieOptions, 'maxAge'>): string;
  clear(name: string): string;
  /** Every cookie of the gate: none of them is for the back end. */
  readonly own: ReadonlySet<string>;
}

/** `realms`: every realm whose sessions are kept in cookies. `secure`: the login page is served over TLS. */
export function gateCookies(realms: Iterable<string>, secure: boolean): GateCookies {
  const prefix = secure ? '__Host-realmgate' : 'realmgate';
  const attributes: CookieOptions = { path: '/', sameSite: 'Lax', secure };
  const session = (realm: string) => `${prefix}-${realm}`;
  // No name of a realm has a dot, so that no cookie of one is another's.
  const signOn = (realm: string) => `${prefix}.sso.${realm}`;
  const nonce = `${prefix}.nonce`;
  const csrf = `${prefix}.csrf`;
  const ofRealms = [...realms].flatMap((realm) => [session(realm), signOn(realm)]);
  return {
    session,
    signOn,
    nonce,
    csrf,
    own: new Set([nonce, csrf, ...ofRealms]),
    set: (name, value, options) => serializeCookie(name, value, { ...attributes, ...options }),
    clear: (name) => serializeCookie(name, '', { ...attributes, maxAge: 0 }),
  };
}
