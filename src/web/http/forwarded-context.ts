/**
 * ForwardedContext is what a front proxy says about the request it asks for: method, scheme, host, target, client.
 *
 * Only a trusted peer is believed; from anyone else every such header is as if absent. From a trusted peer a header that
 * occurs twice or holds a list is `'malformed'` (answer 400), because two programs would pick different ones.
 * nginx sends X-Original-URL and X-Original-Method (set by our snippet), Caddy, Traefik and HAProxy the X-Forwarded family.
 */
import { memoize } from './bounded-memo.ts';
import { type Authority, parseAuthority, type Scheme } from './host.ts';
import { headerValues, type RawHeaders, REPEATED, singleHeader } from './raw-headers.ts';
import { clientAddress, type TrustedProxies } from './trusted-proxies.ts';

export interface ForwardedContext {
  /** Whether the peer is a trusted proxy; when not, all below but `client` is undefined. */
  readonly trusted: boolean;
  /** The client's IP address. */
  readonly client: string;
  readonly method: string | undefined;
  readonly scheme: Scheme | undefined;
  readonly authority: Authority | undefined;
  /** The request target as the client sent it; not yet canonical. */
  readonly target: string | undefined;
}

/** Traefik names the scheme of a WebSocket request so. */
const WEBSOCKET_SCHEME: ReadonlyMap<string, Scheme> = new Map([
  ['ws', 'http'],
  ['wss', 'https'],
]);
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const authorityOf = memoize(2_048, parseAuthority);
const ORIGINAL_URL = /^(https?):\/\/([^/?#]+)([/?].*)?$/i;

/** Reads the headers of a front proxy at `peer` (`socket.remoteAddress`). */
export function forwardedContext(
  peer: string,
  headers: RawHeaders,
  trusted: TrustedProxies,
): ForwardedContext | 'malformed' {
  const client = clientAddress(peer, headerValues(headers, 'x-forwarded-for'), trusted);
  if (!trusted.contains(peer)) return { trusted: false, client, ...NOTHING };
  const original = singleHeader(headers, 'x-original-url');
  const context = original === undefined ? forwardedFamily(headers) : originalFamily(headers, original);
  return context === undefined ? 'malformed' : { trusted: true, client, ...context };
}

type Told = Pick<ForwardedContext, 'method' | 'scheme' | 'authority' | 'target'>;
const NOTHING: Told = { method: undefined, scheme: undefined, authority: undefined, target: undefined };

/** A header's one value, undefined when it was not sent, REPEATED when it was sent twice. */
type Single = string | undefined | typeof REPEATED;

function originalFamily(headers: RawHeaders, url: Single): Told | undefined {
  const [, scheme, host, target = '/'] = (typeof url === 'string' && ORIGINAL_URL.exec(url)) || [];
  if (scheme === undefined || host === undefined) return undefined;
  return told(singleHeader(headers, 'x-original-method'), scheme, host, target.startsWith('?') ? `/${target}` : target);
}

function forwardedFamily(headers: RawHeaders): Told | undefined {
  return told(
    singleHeader(headers, 'x-forwarded-method'),
    singleHeader(headers, 'x-forwarded-proto'),
    singleHeader(headers, 'x-forwarded-host'),
    singleHeader(headers, 'x-forwarded-uri'),
  );
}

/** Each part may be left untold; what is told must be readable, and told once. */
function told(method: Single, schemeText: Single, host: Single, target: Single): Told | undefined {
  if (method === REPEATED || schemeText === REPEATED || host === REPEATED || target === REPEATED) return undefined;
  if (method !== undefined && !METHOD.test(method)) return undefined;
  const spelled = schemeText?.toLowerCase();
  const scheme = spelled === undefined ? undefined : (WEBSOCKET_SCHEME.get(spelled) ?? spelled);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return undefined;
  const authority = host === undefined ? undefined : authorityOf(host);
  if (host !== undefined && authority === undefined) return undefined;
  return { method, scheme, authority, target };
}
