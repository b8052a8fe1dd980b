/**
 * SortedMatches collects the entries that match and gives them back in the order of the sort keys (RFC 2891).
 *
 * Of a multi-valued attribute the least value counts; an entry without the attribute, or whose attribute the asker may not read, comes after
 * all others, before them in reverse. All keys of an entry are put into one string of octets whose order is the answer's.
 */
import type { AttributeType, MatchingRule } from '../../x500/index.ts';
import { hasOptions, isSecret } from '../view/attribute-target.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { NumberList } from '../view/number-list.ts';
import { OctetSlabs } from '../view/octet-slabs.ts';
import { OctetSort } from '../view/octet-sort.ts';
import { eachStoredValue } from '../view/stored-values.ts';
import type { ViewContent } from '../view/view-content.ts';
import type { ResultName } from '../write/result.ts';
import type { Reading } from './reading.ts';
import type { SortKey } from './search-request.ts';

/** Why an answer is not sorted. */
export interface SortRefusal {
  readonly code: ResultName;
  readonly attribute: string;
}

interface CompiledKey {
  readonly types: readonly AttributeType[];
  readonly options: readonly string[];
  readonly rule: MatchingRule;
  readonly reverse: boolean;
}

const MOST_KEYS = 16;
const PRESENT = 1;
const MISSING = 2;

/** Makes sort keys ready; a SortRefusal when the answer cannot be sorted by them. */
export function compileSort(content: ViewContent, keys: readonly SortKey[]): readonly CompiledKey[] | SortRefusal {
  const compiled: CompiledKey[] = [];
  for (const { attribute, rule: named, reverse } of keys) {
    const description = content.descriptions.requested.of(attribute);
    if (description === undefined) return { code: 'noSuchAttribute', attribute };
    const { type, options } = description;
    // The order of normal forms is also that of types for which the schema names an equality rule alone: better than no order.
    const rule = named === undefined ? (type.ordering ?? type.equality) : content.schema.matchingRule(named);
    const usable = rule !== undefined && rule.use !== 'substrings' && rule.matches === undefined;
    if (!usable || isSecret(content.schema, type)) return { code: 'inappropriateMatching', attribute };
    if (compiled.length === MOST_KEYS) return { code: 'unwillingToPerform', attribute };
    compiled.push({ types: type.subtypes, options, rule, reverse });
  }
  return compiled;
}

export class SortedMatches {
  readonly #keys: readonly CompiledKey[];
  readonly #entries = new NumberList();
  /** By position: which life of its slot the entry is. */
  readonly #lives = new NumberList();
  readonly #slabs = new OctetSlabs();
  readonly #locations = new NumberList();
  #order: Int32Array | undefined;
  #at = 0;

  constructor(keys: readonly CompiledKey[]) {
    this.#keys = keys;
  }

  /** How many entries were taken. */
  get count(): number {
    return this.#entries.length;
  }

  /** Takes an entry that matches. */
  add(reading: Reading, entry: EntryNumber): void {
    const parts = this.#keys.map((key) => keyPart(reading, entry, key));
    this.#entries.push(entry);
    this.#lives.push(reading.content.entries.life(entry));
    this.#locations.push(this.#slabs.put(this.#locations.length, Buffer.concat(parts)) | 0);
  }

  /** The next in order that is still the entry that it was; -1 behind the last. */
  next({ content }: Reading): EntryNumber {
    this.#order ??= this.#sort();
    while (this.#at < this.#order.length) {
      const position = this.#order[this.#at++]!;
      const entry = this.#entries.at(position);
      if (content.entries.has(entry) && content.entries.life(entry) === this.#lives.at(position)) return entry;
    }
    return -1;
  }

  #sort(): Int32Array {
    const order = Int32Array.from({ length: this.#entries.length }, (_, position) => position);
    new OctetSort(
      this.#slabs,
      Uint32Array.from(this.#locations.view(), (location) => location >>> 0),
    ).sort(order);
    return order;
  }
}

/** The octets by which an entry is put in order by one key; no key's are the beginning of another's. */
function keyPart(reading: Reading, entry: EntryNumber, key: CompiledKey): Buffer {
  const least = leastValue(reading, entry, key);
  const part = least === undefined ? Buffer.from([MISSING]) : delimited(least);
  if (key.reverse) for (let at = 0; at < part.length; at += 1) part[at]! ^= 0xff;
  return part;
}

function leastValue({ content, rights, now }: Reading, entry: EntryNumber, key: CompiledKey): Uint8Array | undefined {
  const { entries, descriptions, computed } = content;
  let least: Uint8Array | undefined;
  const take = (octets: Buffer, from: number, to: number) => {
    const normal = key.rule.normalize(octets.subarray(from, to));
    if (normal !== undefined && (least === undefined || Buffer.compare(normal, least) < 0)) least = Buffer.from(normal);
  };
  for (const type of key.types) {
    if (isSecret(content.schema, type) || !(rights.readsAll || rights.mayRead(entry, type))) continue;
    eachStoredValue(entries, descriptions, entry, type, (octets, from, to, { options }) => {
      if (hasOptions(options, key.options)) take(octets, from, to);
    });
    const attribute = computed.of(type);
    if (attribute !== undefined && key.options.length === 0) computed.each(entry, attribute, now, take);
  }
  return least;
}

/** Octets with an end: a zero octet becomes zero and one, and two zeros end it. */
function delimited(octets: Uint8Array): Buffer {
  const part: number[] = [PRESENT];
  for (const octet of octets) {
    part.push(octet);
    if (octet === 0) part.push(1);
  }
  part.push(0, 0);
  return Buffer.from(part);
}
