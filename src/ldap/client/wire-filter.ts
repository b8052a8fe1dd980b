/**
 * WireFilter hands a Filter to the client library as octets (RFC 4511 section 4.5.1.7).
 *
 * The library's own filter classes take strings for most values; ours are octets and go out as they are.
 */
import { type BerWriter, Filter as LibraryFilter, SearchFilter, type SearchFilterValues } from 'ldapts';
import type { Filter } from '../../x500/index.ts';

const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;

const TYPE = {
  and: SearchFilter.and,
  or: SearchFilter.or,
  not: SearchFilter.not,
  equality: SearchFilter.equalityMatch,
  substrings: SearchFilter.substrings,
  greaterOrEqual: SearchFilter.greaterOrEqual,
  lessOrEqual: SearchFilter.lessOrEqual,
  present: SearchFilter.present,
  approx: SearchFilter.approxMatch,
  extensible: SearchFilter.extensibleMatch,
} satisfies Record<Filter['kind'], SearchFilterValues>;

export class WireFilter extends LibraryFilter {
  readonly type: SearchFilterValues;
  readonly #filter: Filter;

  constructor(filter: Filter) {
    super();
    this.type = TYPE[filter.kind];
    this.#filter = filter;
  }

  override write(writer: BerWriter): void {
    writeFilter(writer, this.#filter);
  }

  override toString(): string {
    return `[filter ${this.#filter.kind}]`;
  }
}

function writeFilter(writer: BerWriter, filter: Filter): void {
  if (filter.kind === 'present') {
    writer.writeString(filter.attribute, TYPE.present);
    return;
  }
  writer.startSequence(TYPE[filter.kind]);
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const inner of filter.filters) writeFilter(writer, inner);
      break;
    case 'not':
      writeFilter(writer, filter.filter);
      break;
    case 'substrings':
      writer.writeString(filter.attribute);
      writer.startSequence(SEQUENCE);
      if (filter.initial !== undefined) writeOctets(writer, filter.initial, 0x80);
      for (const piece of filter.any) writeOctets(writer, piece, 0x81);
      if (filter.final !== undefined) writeOctets(writer, filter.final, 0x82);
      writer.endSequence();
      break;
    case 'extensible':
      if (filter.rule !== undefined) writer.writeString(filter.rule, 0x81);
      if (filter.attribute !== undefined) writer.writeString(filter.attribute, 0x82);
      writeOctets(writer, filter.value, 0x83);
      if (filter.dnAttributes) writer.writeBoolean(true, 0x84);
      break;
    default:
      writer.writeString(filter.attribute);
      writeOctets(writer, filter.value, OCTET_STRING);
  }
  writer.endSequence();
}

function writeOctets(writer: BerWriter, octets: Uint8Array, tag: number): void {
  writer.writeBuffer(Buffer.from(octets.buffer, octets.byteOffset, octets.length), tag);
}
