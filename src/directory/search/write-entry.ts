/**
 * Writes an entry as a search answers it: its name and the attributes that are asked for and may be read.
 */
import type { Instant } from '../../base/index.ts';
import { type BerWriter, Tag } from '../../x500/index.ts';
import type { DirectoryView } from '../view/directory-view.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { contentStart, elementEnd, userListAt } from '../view/stored-record.ts';
import { AttributeSelection } from './attribute-selection.ts';
import type { Reading } from './reading.ts';
import type { SearchRights } from './search-request.ts';

/**
 * Writes the LDAPDN and the PartialAttributeList of an entry, with the attributes of `attributes` that `rights` let be read: for the
 * controls that answer an entry with a write (RFC 4527).
 */
export function writeEntry(
  view: DirectoryView,
  out: BerWriter,
  entry: EntryNumber,
  attributes: readonly string[],
  typesOnly: boolean,
  rights: SearchRights,
  now: Instant,
): void {
  const { content } = view;
  writeSelected(out, { content, rights, now }, entry, new AttributeSelection(content, attributes), typesOnly);
}

export function writeSelected(
  out: BerWriter,
  reading: Reading,
  entry: EntryNumber,
  selection: AttributeSelection,
  typesOnly: boolean,
): void {
  const { content, rights } = reading;
  content.names.write(out, Tag.octetString, entry);
  const octets = content.entries.octets(entry);
  const user = userListAt(octets, content.entries.start(entry));
  const userEnd = elementEnd(octets, user);
  const whole = selection.allUser && rights.readsAll && !typesOnly;
  if (whole && !selection.someOperational && content.memberships.table.size(entry) === 0) {
    out.raw(octets, user, userEnd);
    return;
  }
  const list = out.open(Tag.sequence, whole ? userEnd - user : 0);
  if (whole) out.raw(octets, contentStart(octets, user), userEnd);
  else writeStored(out, reading, entry, selection, typesOnly, octets, user, false);
  if (selection.someOperational) {
    writeStored(out, reading, entry, selection, typesOnly, content.entries.operational(entry), 0, true);
  }
  // Of a group, members may be a user attribute.
  if (selection.someOperational || (selection.allUser && content.memberships.table.size(entry) > 0)) {
    writeComputed(out, reading, entry, selection, typesOnly);
  }
  out.close(list);
}

/** Writes what is selected of one of the entry's two lists. */
function writeStored(
  out: BerWriter,
  { content, rights }: Reading,
  entry: EntryNumber,
  selection: AttributeSelection,
  typesOnly: boolean,
  octets: Buffer,
  list: number,
  operational: boolean,
): void {
  const end = elementEnd(octets, list);
  for (let attribute = contentStart(octets, list); attribute < end; ) {
    const attributeEnd = elementEnd(octets, attribute);
    const name = contentStart(octets, attribute);
    const nameEnd = elementEnd(octets, name);
    const { type, options } = content.descriptions.of(octets, contentStart(octets, name), nameEnd);
    // An attribute that the schema does not know any more is read by those alone who read everything.
    const readable = rights.readsAll || (type !== undefined && rights.mayRead(entry, type));
    if (readable && selection.has(type, options, operational)) {
      if (typesOnly) {
        const mark = out.open(Tag.sequence);
        out.raw(octets, name, nameEnd);
        out.head(Tag.set, 0);
        out.close(mark);
      } else out.raw(octets, attribute, attributeEnd);
    }
    attribute = attributeEnd;
  }
}

function writeComputed(
  out: BerWriter,
  { content, rights, now }: Reading,
  entry: EntryNumber,
  selection: AttributeSelection,
  typesOnly: boolean,
): void {
  const { computed } = content;
  for (const attribute of computed.all) {
    const { type } = attribute;
    if (!type.operational && content.memberships.table.size(entry) === 0) continue;
    if (!selection.has(type, [], computed.isOperational(entry, attribute))) continue;
    if (!(rights.readsAll || rights.mayRead(entry, type)) || !computed.has(entry, attribute, now)) continue;
    const mark = out.open(Tag.sequence);
    out.text(Tag.octetString, type.name);
    const set = out.open(Tag.set);
    if (!typesOnly) computed.write(out, entry, attribute, now);
    out.close(set);
    out.close(mark);
  }
}
