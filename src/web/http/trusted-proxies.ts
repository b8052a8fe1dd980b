/**
 * TrustedProxies is the list of peers whose forwarded headers are believed. Empty by default: then nobody's are.
 *
 * The client's address is found from the right: each hop was written by the one to its right, so a hop counts only
 * while everything to its right is trusted. What a client put in front is never reached. RFC 7239 section 7.4.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { memoize } from './bounded-memo.ts';

export interface TrustedProxies {
  contains(address: string): boolean;
}

/** Addresses that are remembered; those of front proxies come back by the million. */
const REMEMBERED = 4_096;
/** Beyond this many hops a header is noise. */
const MOST_HOPS = 32;
const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const HOP_WITH_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/;

/** The peers in one of `blocks`. */
export function trustedProxies(blocks: readonly TrustedProxies[]): TrustedProxies {
  return { contains: memoize(REMEMBERED, (address) => blocks.some((block) => block.contains(address))) };
}

/** Parses CIDR blocks and single addresses; undefined when one of them is neither. */
export function parseTrustedProxies(blocks: readonly string[]): TrustedProxies | undefined {
  const list = new BlockList();
  for (const block of blocks) if (!addBlock(list, block)) return undefined;
  if (blocks.length === 0) return { contains: () => false };
  return {
    contains(address) {
      const plain = canonicalAddress(address);
      return plain !== undefined && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
    },
  };
}

/** An IP address in one form: IPv4-mapped IPv6 as IPv4, lower-case; undefined for anything else (zones included). */
export const canonicalAddress = memoize(REMEMBERED, (text): string | undefined => {
  const mapped = MAPPED_IPV4.exec(text)?.[1];
  if (mapped !== undefined) return isIPv4(mapped) ? mapped : undefined;
  if (text.includes('%') || isIP(text) === 0) return undefined;
  return isIPv4(text) ? text : new URL(`http://[${text}]/`).hostname.slice(1, -1);
});

/**
 * The address of the client: `peer` itself unless it is trusted, else the first untrusted hop from the right of
 * X-Forwarded-For (`forwardedFor`: its header lines in order). An unreadable hop ends the walk at the hop before it.
 */
export function clientAddress(peer: string, forwardedFor: readonly string[], trusted: TrustedProxies): string {
  let client = canonicalAddress(peer) ?? peer;
  if (forwardedFor.length === 0 || !trusted.contains(client)) return client;
  const hops = forwardedFor.join(',').split(',').slice(-MOST_HOPS);
  for (const hop of hops.reverse()) {
    const address = hopAddress(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!trusted.contains(client)) return client;
  }
  return client;
}

function hopAddress(hop: string): string | undefined {
  const [, v6, v4] = HOP_WITH_PORT.exec(hop) ?? [];
  return canonicalAddress(v6 ?? v4 ?? hop);
}

function addBlock(list: BlockList, block: string): boolean {
  const [address = '', prefix, ...rest] = block.split('/');
  const family = isIP(address);
  if (rest.length > 0 || family === 0 || address.includes('%')) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) {
    list.addAddress(address, type);
    return true;
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  list.addSubnet(address, Number(prefix), type);
  return true;
}
