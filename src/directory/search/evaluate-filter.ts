/**
 * Evaluates a filter on an entry, in three values (RFC 4511, 4.5.1.7).
 *
 * INVARIANT: what the asker may not read takes no part. An item that could be true by such an attribute is Undefined where
 * what may be read does not make it true, whether the entry has the attribute or not: so no answer depends on it.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { AttributeTarget } from '../view/attribute-target.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { contentStart, elementEnd, userListAt } from '../view/stored-record.ts';
import { FALSE, type FilterNode, TRUE, type Truth, UNDEFINED } from './filter-node.ts';
import type { Reading } from './reading.ts';
import { ANY_VALUE, type ValueTest } from './value-test.ts';

const SEMICOLON = 0x3b;

export function evaluateFilter(reading: Reading, node: FilterNode, entry: EntryNumber): Truth {
  switch (node.kind) {
    case 'constant':
      return node.truth;
    case 'and': {
      let result: Truth = TRUE;
      for (const inner of node.nodes) {
        const truth = evaluateFilter(reading, inner, entry);
        if (truth === FALSE) return FALSE;
        if (truth === UNDEFINED) result = UNDEFINED;
      }
      return result;
    }
    case 'or': {
      let result: Truth = FALSE;
      for (const inner of node.nodes) {
        const truth = evaluateFilter(reading, inner, entry);
        if (truth === TRUE) return TRUE;
        if (truth === UNDEFINED) result = UNDEFINED;
      }
      return result;
    }
    case 'not': {
      const truth = evaluateFilter(reading, node.node, entry);
      return truth === UNDEFINED ? UNDEFINED : truth === TRUE ? FALSE : TRUE;
    }
    case 'class': {
      if (!mayRead(reading, entry, node.type)) return UNDEFINED;
      const { entries, index } = reading.content;
      return node.key !== undefined && entries.sets.has(index.get(node.key), entry) ? TRUE : FALSE;
    }
    case 'membership':
      if (!mayRead(reading, entry, node.type)) return UNDEFINED;
      return node.leaf.matches(reading.content, entry, reading.now) ? TRUE : FALSE;
    case 'present':
      return isPresent(reading, node.target, entry) ? TRUE : withoutMatch(reading, node.target, entry);
    case 'value': {
      const { target, test } = node;
      if (hasValue(reading, target, test, entry)) return TRUE;
      if (node.inName && nameHasValue(reading, target, test, entry)) return TRUE;
      return withoutMatch(reading, target, entry);
    }
  }
}

/** What an item comes to where nothing that may be read makes it true. */
function withoutMatch(reading: Reading, target: AttributeTarget, entry: EntryNumber): Truth {
  if (target.hasSecret) return UNDEFINED;
  if (reading.rights.readsAll) return FALSE;
  for (const type of target.types) if (!reading.rights.mayRead(entry, type)) return UNDEFINED;
  return FALSE;
}

function mayRead({ rights }: Reading, entry: EntryNumber, type: AttributeType): boolean {
  return rights.readsAll || rights.mayRead(entry, type);
}

function isPresent(reading: Reading, target: AttributeTarget, entry: EntryNumber): boolean {
  if (target.options.length > 0) return hasStoredValue(reading, target, ANY_VALUE, entry);
  const { computed, descriptions, entries, index } = reading.content;
  for (const type of target.types) {
    const has = entries.sets.has(index.get(descriptions.presenceKey(type)), entry);
    if (has && mayRead(reading, entry, type)) return true;
  }
  for (const attribute of target.computed) {
    if (computed.has(entry, attribute, reading.now) && mayRead(reading, entry, attribute.type)) return true;
  }
  return false;
}

function hasValue(reading: Reading, target: AttributeTarget, test: ValueTest, entry: EntryNumber): boolean {
  if (hasStoredValue(reading, target, test, entry)) return true;
  for (const attribute of target.computed) {
    if (!mayRead(reading, entry, attribute.type)) continue;
    let matches = false;
    reading.content.computed.each(entry, attribute, reading.now, (octets, from, to) => {
      matches ||= test.matches(octets, from, to);
    });
    if (matches) return true;
  }
  return false;
}

function hasStoredValue(reading: Reading, target: AttributeTarget, test: ValueTest, entry: EntryNumber): boolean {
  const { entries } = reading.content;
  const octets = entries.octets(entry);
  const user = userListAt(octets, entries.start(entry));
  if (target.hasUser && listHasValue(reading, target, test, entry, octets, user)) return true;
  return target.hasOperational && listHasValue(reading, target, test, entry, entries.operational(entry), 0);
}

function listHasValue(
  reading: Reading,
  target: AttributeTarget,
  test: ValueTest,
  entry: EntryNumber,
  octets: Buffer,
  list: number,
): boolean {
  const end = elementEnd(octets, list);
  for (let attribute = contentStart(octets, list); attribute < end; attribute = elementEnd(octets, attribute)) {
    const name = contentStart(octets, attribute);
    const from = contentStart(octets, name);
    const set = elementEnd(octets, name);
    if (target.name !== undefined && !isNamed(octets, from, set, target.name)) continue;
    if (target.name === undefined || target.options.length > 0 || !reading.rights.readsAll) {
      const { type, options } = reading.content.descriptions.of(octets, from, set);
      if (type === undefined || !target.has(type) || !target.fits(options)) continue;
      if (!mayRead(reading, entry, type)) continue;
    }
    const last = elementEnd(octets, set);
    for (let value = contentStart(octets, set); value < last; ) {
      const to = elementEnd(octets, value);
      if (test.matches(octets, contentStart(octets, value), to)) return true;
      value = to;
    }
  }
  return false;
}

/** Whether a description is of the type with this name, with options or without. */
function isNamed(octets: Buffer, from: number, to: number, name: Buffer): boolean {
  const length = name.length;
  if (to - from < length || (to - from > length && octets[from + length] !== SEMICOLON)) return false;
  for (let at = 0; at < length; at += 1) if (octets[from + at] !== name[at]) return false;
  return true;
}

/** Whether a value in the names of the entry and of those above it matches: `:dn:`. Names are no secret to whoever sees the entry. */
function nameHasValue({ content }: Reading, target: AttributeTarget, test: ValueTest, entry: EntryNumber): boolean {
  for (let at = entry; at >= 0; at = content.entries.parent(at)) {
    for (const rdn of content.names.parts(at)) {
      for (const { type: name, value } of rdn) {
        const type = content.schema.attributeType(name);
        if (type === undefined || !target.has(type) || typeof value !== 'string') continue;
        const octets = Buffer.from(value);
        if (test.matches(octets, 0, octets.length)) return true;
      }
    }
  }
  return false;
}
