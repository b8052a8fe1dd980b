/**
 * Walks over the attributes of an entry's octets, for whoever does not need every microsecond.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import type { StoredDescription, StoredDescriptions } from './stored-descriptions.ts';
import { contentStart, elementEnd, userListAt } from './stored-record.ts';

/** Called with a value's octets between two positions. */
export type VisitValue = (octets: Buffer, from: number, to: number, description: StoredDescription) => void;

/** Visits the values that an entry has of a type itself, without its subtypes, with whatever options. */
export function eachStoredValue(
  entries: EntryTable,
  descriptions: StoredDescriptions,
  entry: EntryNumber,
  type: AttributeType,
  visit: VisitValue,
): void {
  if (type.operational) {
    eachListedValue(descriptions, entries.operational(entry), 0, type, visit);
    return;
  }
  const octets = entries.octets(entry);
  eachListedValue(descriptions, octets, userListAt(octets, entries.start(entry)), type, visit);
}

/** Visits the values of a type in a stored record, which need not be in the view. */
export function eachRecordValue(
  descriptions: StoredDescriptions,
  record: Buffer,
  type: AttributeType,
  visit: VisitValue,
): void {
  const user = userListAt(record, 0);
  eachListedValue(descriptions, record, type.operational ? elementEnd(record, user) : user, type, visit);
}

function eachListedValue(
  descriptions: StoredDescriptions,
  octets: Buffer,
  list: number,
  type: AttributeType,
  visit: VisitValue,
): void {
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
