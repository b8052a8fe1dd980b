/**
 * LdapUrl names a server, an entry, or a search (RFC 4516), as Apache's `AuthLDAPURL` and referrals have it.
 *
 * What is absent stays absent: its default (all attributes, scope base, `(objectClass=*)`) is the reader's affair, since
 * programs that borrow the form have defaults of their own. `ldaps` and `ldapi` are taken as OpenLDAP does; for
 * `ldapi` the host is the path of a socket.
 */
import { isUtf8 } from 'node:buffer';
import { type DistinguishedName, formatDistinguishedName, parseDistinguishedName } from './distinguished-name.ts';
import { type Filter, formatFilter } from './filter.ts';
import { parseFilter } from './filter-parser.ts';

export interface LdapUrl {
  readonly scheme: 'ldap' | 'ldaps' | 'ldapi';
  /** A name, an IPv4 address or an IPv6 address in brackets; empty when the client is to know a server. */
  readonly host: string;
  readonly port?: number;
  readonly dn: DistinguishedName;
  /** As in a search request: descriptions, `*`, `+`, `1.1`. Empty when absent. */
  readonly attributes: readonly string[];
  readonly scope?: 'base' | 'one' | 'subtree';
  readonly filter?: Filter;
  readonly extensions: readonly LdapUrlExtension[];
}

export interface LdapUrlExtension {
  /** Who does not know the extension must not use the URL. */
  readonly critical: boolean;
  readonly type: string;
  readonly value?: string;
}

const MAX_LENGTH = 65_536;
const MAX_PARTS = 1000;
const URL_FORM = /^(ldaps?|ldapi):\/\/([^/?]*)(?:\/([^?]*)(?:\?([^?]*))?(?:\?([^?]*))?(?:\?([^?]*))?(?:\?([^?]*))?)?$/i;
const HOST_AND_PORT = /^([a-z0-9._-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;
const SELECTOR = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)+)(?:;[a-z0-9-]+)*$|^[*+]$/i;
const EXTENSION = /^(!?)([a-z][a-z0-9-]*|\d+(?:\.\d+)+)(?:=(.*))?$/is;
const SCOPE = new Map([
  ['base', 'base'],
  ['one', 'one'],
  ['sub', 'subtree'],
] as const satisfies readonly (readonly [string, NonNullable<LdapUrl['scope']>])[]);
const SCOPE_TEXT = { base: 'base', one: 'one', subtree: 'sub' } as const;

/** Reads a URL; undefined when the text is none, or longer than 64 KiB. */
export function parseLdapUrl(text: string): LdapUrl | undefined {
  if (text.length > MAX_LENGTH || /\p{Cc}/u.test(text)) return undefined;
  const match = URL_FORM.exec(text);
  if (match === null) return undefined;
  const [
    ,
    scheme = '',
    authority = '',
    dnText = '',
    attributeText = '',
    scopeText = '',
    filterText = '',
    extensionText = '',
  ] = match;
  const server = readServer(scheme.toLowerCase() as LdapUrl['scheme'], authority);
  const dn = mapDefined(decode(dnText), parseDistinguishedName);
  const attributes = readList(attributeText, readSelector);
  const scope = readOptional(scopeText, (name) => SCOPE.get(name.toLowerCase() as 'base'));
  const filter = readOptional(filterText, (encoded) => mapDefined(decode(encoded), parseFilter));
  const extensions = readList(extensionText, readExtension);
  if (server === undefined || dn === undefined || attributes === undefined || extensions === undefined)
    return undefined;
  if (scope === 'bad' || filter === 'bad') return undefined;
  return {
    ...server,
    dn,
    attributes,
    ...(scope === undefined ? {} : { scope }),
    ...(filter === undefined ? {} : { filter }),
    extensions,
  };
}

/** The text of a URL; what `parseLdapUrl` reads back as the same. Nothing that is absent is written. */
export function formatLdapUrl(url: LdapUrl): string {
  const host = url.scheme === 'ldapi' ? encodeURIComponent(url.host) : url.host;
  const extensions = url.extensions.map(({ critical, type, value }) => {
    const text = value === undefined ? '' : `=${encode(value).replaceAll(',', '%2C')}`;
    return `${critical ? '!' : ''}${type}${text}`;
  });
  const query = [
    encode(formatDistinguishedName(url.dn)),
    url.attributes.join(','),
    url.scope === undefined ? '' : SCOPE_TEXT[url.scope],
    url.filter === undefined ? '' : encode(formatFilter(url.filter)),
    extensions.join(','),
  ].join('?');
  return `${url.scheme}://${host}${url.port === undefined ? '' : `:${url.port}`}/${query.replace(/\?+$/, '')}`;
}

function readServer(
  scheme: LdapUrl['scheme'],
  authority: string,
): Pick<LdapUrl, 'scheme' | 'host' | 'port'> | undefined {
  if (scheme === 'ldapi') {
    const host = decode(authority);
    return host === undefined ? undefined : { scheme, host };
  }
  const [, host, digits] = HOST_AND_PORT.exec(authority) ?? [];
  if (host === undefined) return undefined;
  if (digits === undefined) return { scheme, host };
  const port = Number(digits);
  return port > 0 && port < 65_536 ? { scheme, host, port } : undefined;
}

function readSelector(encoded: string): string | undefined {
  const selector = decode(encoded);
  return selector !== undefined && SELECTOR.test(selector) ? selector : undefined;
}

function readExtension(encoded: string): LdapUrlExtension | undefined {
  const [, mark, type, text] = EXTENSION.exec(encoded) ?? [];
  if (type === undefined) return undefined;
  const critical = mark === '!';
  if (text === undefined) return { critical, type };
  const value = decode(text);
  return value === undefined ? undefined : { critical, type, value };
}

/** What stands between commas; undefined when one part is not what it should be, or when there are too many. */
function readList<Part>(text: string, read: (part: string) => Part | undefined): readonly Part[] | undefined {
  if (text === '') return [];
  const parts: Part[] = [];
  for (const encoded of text.split(',', MAX_PARTS + 1)) {
    const part = read(encoded);
    if (part === undefined || parts.push(part) > MAX_PARTS) return undefined;
  }
  return parts;
}

function readOptional<Value>(text: string, read: (text: string) => Value | undefined): Value | undefined | 'bad' {
  return text === '' ? undefined : (read(text) ?? 'bad');
}

function mapDefined<Value>(text: string | undefined, read: (text: string) => Value | undefined): Value | undefined {
  return text === undefined ? undefined : read(text);
}

/** Resolves `%hh`; undefined when a percent sign stands alone or the octets are not UTF-8. */
function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  const [first = '', ...escaped] = text.split('%');
  const octets = Buffer.concat([
    Buffer.from(first),
    ...escaped.flatMap((part) => [Buffer.from(part.slice(0, 2), 'hex'), Buffer.from(part.slice(2))]),
  ]);
  return isUtf8(octets) ? octets.toString('utf8') : undefined;
}

/** All that may not stand in a part of a URL, and `?`, as `%HH` (RFC 4516, 2.1). */
function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/gu, (character) =>
    Array.from(Buffer.from(character), (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
