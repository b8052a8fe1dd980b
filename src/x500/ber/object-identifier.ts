/**
 * Object identifiers as content octets (X.690, 8.19) and as dotted text (RFC 4512, 1.4).
 *
 * Arcs have no upper bound: those under 2.25 are UUIDs of 128 bits. Limits here: 128 arcs, 64 octets an arc.
 */
const MAX_ARCS = 128;
const MAX_TEXT = 1024;
const MAX_ARC_OCTETS = 64;
const DOTTED = /^[012](?:\.(?:0|[1-9]\d*))+$/;

/** The content octets of a dotted identifier; undefined when the text is none, or beyond the limits. */
export function encodeObjectIdentifier(text: string): Uint8Array | undefined {
  if (text.length > MAX_TEXT || !DOTTED.test(text)) return undefined;
  const arcs = text.split('.').map(BigInt);
  const [root = 0n, second = 0n] = arcs;
  if (arcs.length > MAX_ARCS || (root < 2n && second > 39n)) return undefined;
  const octets: number[] = [];
  for (const arc of [root * 40n + second, ...arcs.slice(2)]) {
    const groups = [Number(arc & 0x7fn)];
    for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
    if (groups.length > MAX_ARC_OCTETS) return undefined;
    octets.push(...groups.reverse());
  }
  return Uint8Array.from(octets);
}

/** The dotted text of content octets; undefined when they are no identifier, or beyond the limits. */
export function decodeObjectIdentifier(octets: Uint8Array): string | undefined {
  const arcs: bigint[] = [];
  let arc = 0n;
  let size = 0;
  for (const octet of octets) {
    size += 1;
    // A leading 80 would be a second spelling of the same identifier (X.690, 8.19.2).
    if ((size === 1 && octet === 0x80) || size > MAX_ARC_OCTETS) return undefined;
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    if (arcs.length === 0) {
      const root = arc < 80n ? arc / 40n : 2n;
      arcs.push(root, arc - root * 40n);
    } else if (arcs.push(arc) > MAX_ARCS) return undefined;
    arc = 0n;
    size = 0;
  }
  const text = arcs.join('.');
  return size === 0 && arcs.length > 0 && text.length <= MAX_TEXT ? text : undefined;
}
