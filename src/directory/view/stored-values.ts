/**
 * Walks over the attributes of an entry's octets, for whoever does not need every microsecond.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { StoredDescription, StoredDescriptions } from './stored-descriptions.ts';
import { contentStart, elementEnd, userListAt } from './stored-record.ts';

/** Called with a value's octets between two positions. */
export type VisitValue = (octets: Buffer, from: number, to: number, description: StoredDescription) => void;

/** Visits the values of a type itself, without its subtypes, with whatever options, in a record that begins at `start`. */
export function eachStoredValue(
  descriptions: StoredDescriptions,
  octets: Buffer,
  start: number,
  type: AttributeType,
  visit: VisitValue,
): void {
  const user = userListAt(octets, start);
  const list = type.operational ? elementEnd(octets, user) : user;
  const end = elementEnd(octets, list);
  for (let attribute = contentStart(octets, list); attribute < end; attribute = elementEnd(octets, attribute)) {
    const name = contentStart(octets, attribute);
    const set = elementEnd(octets, name);
    const description = descriptions.of(octets, contentStart(octets, name), set);
    if (description.type !== type) continue;
    const last = elementEnd(octets, set);
    for (let value = contentStart(octets, set); value < last; ) {
      const to = elementEnd(octets, value);
      visit(octets, contentStart(octets, value), to, description);
      value = to;
    }
  }
}
