/**
 * WireFilter hands a Filter to the client library as octets (RFC 4511 section 4.5.1.7).
 *
 * The library's own filter classes take strings for most values; ours are octets and go out as they are.
 */
import { Filter as LibraryFilter, type BerWriter as LibraryWriter, type SearchFilterValues } from 'ldapts';
import { BerReader, BerWriter, encodeFilter, type Filter } from '../../x500/index.ts';

export class WireFilter extends LibraryFilter {
  /** The tag of the filter's choice, by which the library names its filters. */
  readonly type: SearchFilterValues;
  readonly #kind: Filter['kind'];
  readonly #content: Buffer;

  constructor(filter: Filter) {
    super();
    const writer = new BerWriter();
    encodeFilter(writer, filter);
    const reader = new BerReader(writer.view());
    const tag = reader.peek();
    this.type = tag as SearchFilterValues;
    this.#kind = filter.kind;
    this.#content = reader.octets(tag);
  }

  override write(writer: LibraryWriter): void {
    writer.writeBuffer(this.#content, this.type);
  }

  override toString(): string {
    return `[filter ${this.#kind}]`;
  }
}
