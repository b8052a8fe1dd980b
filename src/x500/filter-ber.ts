/**
 * A search filter as BER, both ways (RFC 4511, 4.5.1.7; RFC 4526 for `and` and `or` of nothing).
 *
 * What a description may look like is not judged here: a filter on an attribute that cannot exist is Undefined and
 * not malformed. Values are not copied: a decoded filter lives as long as the octets that it was read from.
 */
import type { BerReader } from './ber/ber-reader.ts';
import type { BerWriter } from './ber/ber-writer.ts';
import { contextConstructedTag, contextTag, Tag } from './ber/tag.ts';
import type { Filter } from './filter.ts';

/** As in the text of a filter: deeper or wider, and no client of ours or of others means it. */
const MAX_DEPTH = 64;
const MAX_NODES = 10_000;

const FILTER_TAG = {
  and: contextConstructedTag(0),
  or: contextConstructedTag(1),
  not: contextConstructedTag(2),
  equality: contextConstructedTag(3),
  substrings: contextConstructedTag(4),
  greaterOrEqual: contextConstructedTag(5),
  lessOrEqual: contextConstructedTag(6),
  present: contextTag(7),
  approx: contextConstructedTag(8),
  extensible: contextConstructedTag(9),
} satisfies Record<Filter['kind'], number>;

const KIND = new Map(Object.entries(FILTER_TAG).map(([kind, tag]) => [tag, kind as Filter['kind']]));

const INITIAL = contextTag(0);
const ANY = contextTag(1);
const FINAL = contextTag(2);
const RULE = contextTag(1);
const TYPE = contextTag(2);
const VALUE = contextTag(3);
const DN_ATTRIBUTES = contextTag(4);

export function encodeFilter(writer: BerWriter, filter: Filter): void {
  if (filter.kind === 'present') {
    writer.text(FILTER_TAG.present, filter.attribute);
    return;
  }
  const mark = writer.open(FILTER_TAG[filter.kind]);
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const inner of filter.filters) encodeFilter(writer, inner);
      break;
    case 'not':
      encodeFilter(writer, filter.filter);
      break;
    case 'substrings': {
      writer.text(Tag.octetString, filter.attribute);
      const pieces = writer.open(Tag.sequence);
      if (filter.initial !== undefined) writer.octets(INITIAL, filter.initial);
      for (const piece of filter.any) writer.octets(ANY, piece);
      if (filter.final !== undefined) writer.octets(FINAL, filter.final);
      writer.close(pieces);
      break;
    }
    case 'extensible':
      if (filter.rule !== undefined) writer.text(RULE, filter.rule);
      if (filter.attribute !== undefined) writer.text(TYPE, filter.attribute);
      writer.octets(VALUE, filter.value);
      if (filter.dnAttributes) writer.boolean(DN_ATTRIBUTES, true);
      break;
    default:
      writer.text(Tag.octetString, filter.attribute);
      writer.octets(Tag.octetString, filter.value);
  }
  writer.close(mark);
}

/**
 * The filter that comes next. Throws BerFault: `malformed`, or `limit` when it is deeper than 64 or has more than
 * 10,000 nodes.
 */
export function decodeFilter(reader: BerReader): Filter {
  return new FilterDecoder(reader).filter(1);
}

class FilterDecoder {
  readonly #reader: BerReader;
  #nodes = 0;

  constructor(reader: BerReader) {
    this.#reader = reader;
  }

  filter(depth: number): Filter {
    const reader = this.#reader;
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) reader.exceed('a filter that is too deep or too large');
    const tag = reader.peek();
    const kind = KIND.get(tag) ?? reader.fail('not a filter');
    if (kind === 'present') return { kind, attribute: reader.text(tag) };
    const outer = reader.enter(tag);
    const filter = this.#content(kind, depth);
    reader.leave(outer);
    return filter;
  }

  #content(kind: Exclude<Filter['kind'], 'present'>, depth: number): Filter {
    const reader = this.#reader;
    switch (kind) {
      case 'and':
      case 'or': {
        const filters: Filter[] = [];
        while (reader.more) filters.push(this.filter(depth + 1));
        return { kind, filters };
      }
      case 'not':
        return { kind, filter: this.filter(depth + 1) };
      case 'substrings':
        return this.#substrings();
      case 'extensible':
        return this.#extensible();
      default:
        return { kind, attribute: reader.text(Tag.octetString), value: reader.octets(Tag.octetString) };
    }
  }

  #substrings(): Filter {
    const reader = this.#reader;
    const attribute = reader.text(Tag.octetString);
    const outer = reader.enter(Tag.sequence);
    if (!reader.more) reader.fail('substrings without a piece');
    const initial = this.#optional(INITIAL);
    const any: Uint8Array[] = [];
    while (reader.peek() === ANY) {
      this.#nodes += 1;
      if (this.#nodes > MAX_NODES) reader.exceed('a filter that is too large');
      any.push(reader.octets(ANY));
    }
    const final = this.#optional(FINAL);
    reader.leave(outer);
    return {
      kind: 'substrings',
      attribute,
      any,
      ...(initial === undefined ? {} : { initial }),
      ...(final === undefined ? {} : { final }),
    };
  }

  #extensible(): Filter {
    const reader = this.#reader;
    const rule = reader.peek() === RULE ? reader.text(RULE) : undefined;
    const attribute = reader.peek() === TYPE ? reader.text(TYPE) : undefined;
    if (rule === undefined && attribute === undefined) reader.fail('neither a matching rule nor an attribute');
    return {
      kind: 'extensible',
      value: reader.octets(VALUE),
      dnAttributes: reader.peek() === DN_ATTRIBUTES && reader.boolean(DN_ATTRIBUTES),
      ...(rule === undefined ? {} : { rule }),
      ...(attribute === undefined ? {} : { attribute }),
    };
  }

  #optional(tag: number): Uint8Array | undefined {
    return this.#reader.peek() === tag ? this.#reader.octets(tag) : undefined;
  }
}
