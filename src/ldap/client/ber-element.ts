/**
 * A BER element's place in octets that a server sent: where its content starts and ends (X.690 section 8.1).
 *
 * Only what LDAP uses (RFC 4511 section 5.1): one-octet tags and definite lengths of at most four octets.
 */
export interface BerElement {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The element that begins at `at` and ends at or before `limit`; undefined when there is none. */
export function elementAt(octets: Uint8Array, at: number, limit: number): BerElement | undefined {
  const head = headAt(octets, at, limit);
  return typeof head === 'object' && head.end <= limit ? head : undefined;
}

/** The head of an element whose content may not be there yet: `more` when octets are missing, undefined when malformed. */
export function headAt(octets: Uint8Array, at: number, limit: number): BerElement | 'more' | undefined {
  if (limit - at < 2) return 'more';
  const tag = octets[at]!;
  const first = octets[at + 1]!;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  if (size === 0 || size > 4) return undefined;
  const start = at + 2 + size;
  if (limit < start) return 'more';
  let length = 0;
  for (let index = at + 2; index < start; index += 1) length = length * 256 + octets[index]!;
  return { tag, start, end: start + length };
}

/** The elements that fill `start` to `end` exactly; undefined when they do not. */
export function elementsIn(octets: Uint8Array, start: number, end: number): readonly BerElement[] | undefined {
  const elements: BerElement[] = [];
  for (let at = start; at < end; ) {
    const element = elementAt(octets, at, end);
    if (element === undefined) return undefined;
    elements.push(element);
    at = element.end;
  }
  return elements;
}
