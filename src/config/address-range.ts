/**
 * AddressRange is a set of IP addresses in CIDR form (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`, or one bare address.
 *
 * An IPv4-mapped IPv6 address (`::ffff:10.1.2.3`, which a dual-stack socket reports) is the IPv4 address it carries, in
 * the range and in the question, so that one peer cannot be inside under one spelling and outside under the other.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

export interface AddressRange {
  /** The range as `ADDRESS/BITS`, an IPv4-mapped one as IPv4. */
  readonly text: string;
  /** True when `ip` (any spelling, a zone is ignored) lies in the range; false for anything that is no IP address. */
  contains(ip: string): boolean;
}

/** An address as 16-bit groups: two for IPv4, eight for IPv6. */
type Groups = readonly number[];

const ADVICE = 'must be an address range such as 10.0.0.0/8, 2001:db8::/32 or 127.0.0.1';

/** Undefined for text that is no range, or whose address has bits set beyond its length. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const range = readRange(text);
  if (range === undefined || range.groups.some((group, index) => group !== masked(range.groups, range.bits)[index])) {
    return undefined;
  }
  return rangeOf(range.groups, range.bits);
}

/** The schema of an address range: text in, AddressRange out. */
export function cidr() {
  return z.string({ error: ADVICE }).transform((text, context): AddressRange => {
    const parsed = parseAddressRange(text);
    if (parsed !== undefined) return parsed;
    const range = readRange(text);
    const message =
      range === undefined
        ? ADVICE
        : `has bits set beyond its length; write ${rangeOf(masked(range.groups, range.bits), range.bits).text}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function rangeOf(groups: Groups, bits: number): AddressRange {
  return {
    text: `${formatGroups(groups)}/${bits}`,
    contains(ip) {
      const address = readAddress(ip);
      return address !== undefined && address.length === groups.length && agree(address, groups, bits);
    },
  };
}

function agree(a: Groups, b: Groups, bits: number): boolean {
  for (let index = 0, left = bits; left > 0; index++, left -= 16) {
    if (((a[index]! ^ b[index]!) & maskOf(left)) !== 0) return false;
  }
  return true;
}

function readRange(text: string): { groups: Groups; bits: number } | undefined {
  const match = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text);
  const written = match?.[1] ?? '';
  const groups = readAddress(written);
  if (groups === undefined) return undefined;
  const width = isIPv4(written) ? 32 : 128;
  const length = match?.[2] === undefined ? width : Number(match[2]);
  if (length > width) return undefined;
  const bits = length - (width - groups.length * 16);
  if (bits >= 0) return { groups, bits };
  // Shorter than the mapped prefix: a range of IPv6 that merely starts with a mapped address.
  return { groups: ipv6Groups(written), bits: length };
}

function readAddress(ip: string): Groups | undefined {
  if (isIPv4(ip)) return ipv4Groups(ip);
  if (!isIPv6(ip)) return undefined;
  const groups = ipv6Groups(ip);
  const mapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return mapped ? groups.slice(6) : groups;
}

function ipv4Groups(ip: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function ipv6Groups(ip: string): number[] {
  const [written = ''] = ip.split('%');
  const [left = '', right] = written.split('::');
  const head = groupsOf(left);
  if (right === undefined) return head;
  const tail = groupsOf(right);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? ipv4Groups(group) : [Number.parseInt(group, 16)]));
}

function masked(groups: Groups, bits: number): number[] {
  return groups.map((group, index) => group & maskOf(bits - index * 16));
}

/** The mask of the leading `bits` of a 16-bit group. */
function maskOf(bits: number): number {
  return bits >= 16 ? 0xffff : bits <= 0 ? 0 : (0xffff << (16 - bits)) & 0xffff;
}

function formatGroups(groups: Groups): string {
  if (groups.length === 2) return groups.flatMap((group) => [group >> 8, group & 255]).join('.');
  // URL writes an IPv6 address in its canonical short form (RFC 5952).
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}
