/**
 * LdifParser reads LDIF (RFC 2849) as it comes: content and change records, as people write them and as `slapcat` and
 * `ldapsearch -LLL` print them.
 *
 * Nothing that a file holds is an exception: what cannot be read is a fault among the records, with its line.
 */
import { LdifLines } from './ldif-lines.ts';
import type { LdifFault, LdifRecord } from './ldif-record.ts';
import { LdifRecords } from './ldif-records.ts';
import type { ValueOfUrl } from './value-spec.ts';

export interface LdifOptions {
  /** Octets of the largest record, 64 MiB by default. A line may be twice as long, since base64 and folding add to it. */
  readonly largestRecord?: number;
  /** Lines of the longest record, 1,000,000 by default: members of the largest group. */
  readonly mostLines?: number;
  /** Says what a value given as `:< url` is, undefined when it cannot be had. Without it such a value is a fault. */
  readonly valueOfUrl?: ValueOfUrl;
}

const LARGEST_RECORD = 64 * 1024 * 1024;
const MOST_LINES = 1_000_000;

export class LdifParser {
  readonly #records: LdifRecords;
  readonly #lines;

  constructor({ largestRecord = LARGEST_RECORD, mostLines = MOST_LINES, valueOfUrl }: LdifOptions = {}) {
    this.#records = new LdifRecords({ largestRecord, mostLines, valueOfUrl });
    this.#lines = new LdifLines(this.#records, { longestLine: 2 * largestRecord, valueOfUrl });
  }

  /** The records that these octets complete. Values are views of the octets, which must stay as they are. */
  push(chunk: Uint8Array): readonly (LdifRecord | LdifFault)[] {
    this.#lines.push(chunk);
    return this.#records.take();
  }

  /** The record that the end of the file completes. */
  end(): readonly (LdifRecord | LdifFault)[] {
    this.#lines.end();
    return this.#records.take();
  }
}

/** The records and faults of a file, in its order. */
export async function* parseLdif(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: LdifOptions,
): AsyncGenerator<LdifRecord | LdifFault, void, undefined> {
  const parser = new LdifParser(options);
  for await (const chunk of chunks) yield* parser.push(chunk);
  yield* parser.end();
}
