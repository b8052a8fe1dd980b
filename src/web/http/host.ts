/**
 * CanonicalHost is the one form of a host name that rules, sessions, cookies and the forwarded Host header use.
 *
 * `App.Example.`, `app.example:80` and `APP.example` are one host; two Host headers, a Host that disagrees with an
 * absolute-form target, raw octets above 7F and numeric look-alikes (`127.1`, `0x7f.1`) are nobody's host.
 * The port is kept beside the host, never inside it. RFC 9110 section 7.2, RFC 9112 section 3.2, RFC 5891.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { memoize } from './bounded-memo.ts';
import { type RawHeaders, REPEATED, singleHeader } from './raw-headers.ts';

declare const canonicalHostBrand: unique symbol;
/** A lower-case ASCII name without trailing dot, an IPv4 address, or an IPv6 address in brackets. */
export type CanonicalHost = string & { readonly [canonicalHostBrand]: 'CanonicalHost' };

export interface Authority {
  readonly host: CanonicalHost;
  /** As it was given, 1 to 65535; undefined when none was. */
  readonly port: number | undefined;
}

export type Scheme = 'http' | 'https';
const DEFAULT_PORT: Record<Scheme, number> = { http: 80, https: 443 };

const LONGEST_HOST = 253;
const LABELS = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
/** What resolvers and URL parsers read as a number: the last label of no real host name. */
const NUMERIC_LAST_LABEL = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;
const URI_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;
const AUTHORITY = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/;

/** Parses a host without a port (Unicode allowed, as in a configuration file). */
export function canonicalHost(text: string): CanonicalHost | undefined {
  if (text.length === 0 || text.length > LONGEST_HOST + 1) return undefined;
  if (text.startsWith('[')) return canonicalIpv6(text);
  if (isIPv4(text)) return text as CanonicalHost;
  const ascii = isPlainName(text) ? text.toLowerCase() : unicodeToAscii(text);
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  if (name.length > LONGEST_HOST || !LABELS.test(name) || NUMERIC_LAST_LABEL.test(name)) return undefined;
  return name as CanonicalHost;
}

/** Parses `host[:port]` as in a Host header or a URL; user information is refused. */
export function parseAuthority(text: string): Authority | undefined {
  const [, hostText, portText] = AUTHORITY.exec(text) ?? [];
  if (hostText === undefined) return undefined;
  const host = canonicalHost(hostText);
  const port = portText === undefined ? undefined : Number(portText);
  if (host === undefined || port === 0 || (port !== undefined && port > 65_535)) return undefined;
  return { host, port };
}

/** `host[:port]` for a Host header or a URL; the scheme's default port is left out. */
export function formatAuthority(authority: Authority, scheme: Scheme): string {
  const { host, port } = authority;
  return port === undefined || port === DEFAULT_PORT[scheme] ? host : `${host}:${port}`;
}

/** The port a request was meant for: the one given, else the scheme's own. */
export function effectivePort(authority: Authority, scheme: Scheme): number {
  return authority.port ?? DEFAULT_PORT[scheme];
}

const hostHeaderAuthority = memoize<Authority | 'ambiguous'>(2_048, (text) =>
  isVisibleAscii(text) ? (parseAuthority(text) ?? 'ambiguous') : 'ambiguous',
);

/**
 * Whom a request is for. `'ambiguous'` (answer 400): no Host header, several of them, one that is no host, or an
 * absolute-form target that names another authority. Source: RFC 9112 section 3.2.
 */
export function requestAuthority(headers: RawHeaders, target: string): Authority | 'ambiguous' {
  const header = singleHeader(headers, 'host');
  if (header === undefined || header === REPEATED) return 'ambiguous';
  const authority = hostHeaderAuthority(header);
  if (authority === 'ambiguous' || target.startsWith('/')) return authority;
  if (!URI_SCHEME.test(target)) return authority;
  const stated = hostHeaderAuthority(ABSOLUTE_FORM.exec(target)?.[1] ?? '');
  if (stated === 'ambiguous') return 'ambiguous';
  return stated.host === authority.host && stated.port === authority.port ? authority : 'ambiguous';
}

function canonicalIpv6(text: string): CanonicalHost | undefined {
  if (!text.endsWith(']') || text.includes('%') || !isIPv6(text.slice(1, -1))) return undefined;
  return new URL(`http://${text}/`).hostname as CanonicalHost;
}

/** Names without an `xn--` label need no IDNA check. */
function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9_.-]*$/.test(text) && !/(?:^|\.)xn--/i.test(text);
}

/** IDNA maps some characters to others (a full-width dot to a dot); what may hide a separator is refused first. */
function unicodeToAscii(text: string): string {
  return /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(text) ? '' : domainToASCII(text);
}

function isVisibleAscii(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
