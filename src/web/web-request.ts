/**
 * WebRequest is one request to the web door with everything that is read of it before any rule is asked:
 * whom it is for, which path, from where; all in canonical form, all from believed sources only.
 */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { forwardedContext } from './http/forwarded-context.ts';
import { type Authority, requestAuthority, type Scheme } from './http/host.ts';
import { type RawHeaders, REPEATED, singleHeader } from './http/raw-headers.ts';
import { type CanonicalTarget, canonicalPath } from './http/target.ts';
import type { WebGeneration } from './ports.ts';

/** Which door a request came through, for the audit trail. */
export type WebDoorName = 'nginx' | 'forward' | 'proxy';

export interface WebRequest {
  readonly door: WebDoorName;
  readonly method: string;
  readonly scheme: Scheme;
  readonly authority: Authority;
  readonly target: CanonicalTarget;
  readonly headers: RawHeaders;
  /** The client's IP address. */
  readonly client: string;
  /** The verified client certificate chain, leaf first; undefined without one. */
  readonly chain: readonly X509Certificate[] | undefined;
  /** The single value of a header that a trusted proxy set; undefined from anyone else. */
  readonly trustedHeader: (name: string) => string | undefined;
}

/** Why a request cannot be read: answered with 400, or 403 where only that is understood. */
export type Unreadable = 'ambiguous-host' | 'ambiguous-path' | 'malformed-forwarding' | 'untrusted-proxy';

/** Reads a request that came to the server itself (the proxy's, and the server's own pages). */
export function directRequest(request: IncomingMessage, generation: WebGeneration): WebRequest | Unreadable {
  const headers = request.rawHeaders;
  const told = forwardedContext(request.socket.remoteAddress ?? '', headers, generation.trusted);
  if (told === 'malformed') return 'malformed-forwarding';
  // Host alone says whom it is for: a proxy in front keeps it, and X-Forwarded-Host may be the client's own words.
  const authority = requestAuthority(headers, request.url ?? '');
  if (authority === 'ambiguous') return 'ambiguous-host';
  const target = canonicalPath(request.url ?? '');
  if (target === 'ambiguous') return 'ambiguous-path';
  return {
    door: 'proxy',
    method: request.method ?? 'GET',
    scheme: told.scheme ?? schemeOf(request),
    authority,
    target,
    headers,
    client: told.client,
    chain: verifiedChain(request),
    trustedHeader: trustedHeaders(headers, told.trusted),
  };
}

/** Reads the request that a front proxy asks about; only a trusted proxy may ask. */
export function forwardedRequest(
  request: IncomingMessage,
  generation: WebGeneration,
  door: Exclude<WebDoorName, 'proxy'>,
): WebRequest | Unreadable {
  const headers = request.rawHeaders;
  const told = forwardedContext(request.socket.remoteAddress ?? '', headers, generation.trusted);
  if (told === 'malformed') return 'malformed-forwarding';
  if (!told.trusted) return 'untrusted-proxy';
  if (told.authority === undefined) return 'ambiguous-host';
  const target = told.target === undefined ? 'ambiguous' : canonicalPath(told.target);
  if (target === 'ambiguous') return 'ambiguous-path';
  return {
    door,
    method: told.method ?? 'GET',
    scheme: told.scheme ?? 'http',
    authority: told.authority,
    target,
    headers,
    client: told.client,
    chain: undefined,
    trustedHeader: trustedHeaders(headers, true),
  };
}

function schemeOf(request: IncomingMessage): Scheme {
  return 'encrypted' in request.socket ? 'https' : 'http';
}

function trustedHeaders(headers: RawHeaders, trusted: boolean): (name: string) => string | undefined {
  return (name) => {
    const value = trusted ? singleHeader(headers, name) : undefined;
    return value === REPEATED ? undefined : value;
  };
}

/** The peer's chain when the TLS layer verified it against `clientCaFile`, else undefined. */
function verifiedChain(request: IncomingMessage): readonly X509Certificate[] | undefined {
  const socket = request.socket as TLSSocket;
  if (socket.encrypted !== true || !socket.authorized) return undefined;
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return undefined;
  const chain = [leaf];
  for (let next = leaf.issuerCertificate; next !== undefined && chain.length < 10; next = next.issuerCertificate) {
    chain.push(next);
    if (next.issuerCertificate === next) break;
  }
  return chain;
}
