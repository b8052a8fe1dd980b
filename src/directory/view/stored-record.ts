/**
 * The octets of a stored entry (stored/entry-form.ts) read in place: where its parts begin and end.
 *
 * INVARIANT: what these functions walk was checked once, by `isStoredRecord`, when it came into the view. They check nothing.
 */
import { Tag } from '../../x500/index.ts';
import { UUID_OCTETS } from '../stored/uuid.ts';

/** Where the content of the BER element at `at` begins. */
export function contentStart(octets: Uint8Array, at: number): number {
  const first = octets[at + 1]!;
  return first < 0x80 ? at + 2 : at + 2 + (first & 0x7f);
}

/** Where the BER element at `at` ends. */
export function elementEnd(octets: Uint8Array, at: number): number {
  const first = octets[at + 1]!;
  return first < 0x80 ? at + 2 + first : longEnd(octets, at, first & 0x7f);
}

function longEnd(octets: Uint8Array, at: number, size: number): number {
  let length = 0;
  for (let index = at + 2; index < at + 2 + size; index += 1) length = length * 256 + octets[index]!;
  return at + 2 + size + length;
}

/** Where the element of the relative name begins, in a record that begins at `start`. */
export function rdnAt(start: number): number {
  return start + UUID_OCTETS;
}

/** Where the list of the user attributes begins. */
export function userListAt(octets: Uint8Array, start: number): number {
  return elementEnd(octets, start + UUID_OCTETS);
}

/** Whether octets are a record: every element inside of the one around it, nothing between them and nothing behind. */
export function isStoredRecord(octets: Uint8Array, start: number, end: number): boolean {
  const rdn = start + UUID_OCTETS;
  const user = checkedEnd(octets, rdn, end, Tag.octetString);
  if (user < 0) return false;
  const operational = checkedList(octets, user, end);
  return operational > 0 && checkedList(octets, operational, end) === end;
}

/** The end of a PartialAttributeList; -1 when it is none. */
function checkedList(octets: Uint8Array, at: number, end: number): number {
  const listEnd = checkedEnd(octets, at, end, Tag.sequence);
  if (listEnd < 0) return -1;
  let attribute = contentStart(octets, at);
  while (attribute < listEnd) {
    const attributeEnd = checkedEnd(octets, attribute, listEnd, Tag.sequence);
    if (attributeEnd < 0) return -1;
    const set = checkedEnd(octets, contentStart(octets, attribute), attributeEnd, Tag.octetString);
    if (set < 0 || checkedEnd(octets, set, attributeEnd, Tag.set) !== attributeEnd) return -1;
    let value = contentStart(octets, set);
    while (value < attributeEnd) {
      value = checkedEnd(octets, value, attributeEnd, Tag.octetString);
      if (value < 0) return -1;
    }
    attribute = attributeEnd;
  }
  return listEnd;
}

/** The end of an element with this tag that is whole before `limit`; -1 when there is none. */
function checkedEnd(octets: Uint8Array, at: number, limit: number, tag: number): number {
  if (at + 2 > limit || octets[at] !== tag) return -1;
  const first = octets[at + 1]!;
  if (first >= 0x80 && (first === 0x80 || first > 0x84 || at + 2 + (first & 0x7f) > limit)) return -1;
  const end = elementEnd(octets, at);
  return end <= limit ? end : -1;
}
