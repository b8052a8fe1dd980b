/** Searches the trail, newest record first, reading the files backward so that the answer begins at once. */
import { open } from 'node:fs/promises';
import type { Instant } from '../base/index.ts';
import { lastInstant, linesBackward, placeOf } from './line-reader.ts';
import type { AuditRecord } from './record.ts';
import { instantOf, LONGEST_LINE, readAuditRecord } from './record-codec.ts';
import { inRecordOrder, listTrailFiles, type TrailFile } from './trail-folder.ts';

/** What to look for; absent fields match everything, texts match whole and in any case. */
export interface AuditFilter {
  /** First instant that counts, by when the record was written. */
  readonly since?: Instant;
  /** First instant that no longer counts. */
  readonly until?: Instant;
  readonly kinds?: readonly AuditRecord['kind'][];
  readonly name?: string;
  readonly client?: string;
  readonly realm?: string;
  readonly service?: string;
  /** An attempt's outcome, or `permitted` or `denied` of a decision. */
  readonly outcome?: string;
  /** How many records at most, 1 to 10,000; 100 when absent. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 100;
const MOST_RECORDS = 10_000;

/** The records that match, of all chains, newest first. Lines that are no records are passed over. */
export async function* searchAuditRecords(folder: string, filter: AuditFilter): AsyncGenerator<AuditRecord> {
  let left = Math.min(Math.max(1, Math.floor(filter.limit ?? DEFAULT_LIMIT)), MOST_RECORDS);
  const files = listTrailFiles(folder);
  const chains = [...new Set(files.map((file) => file.chain))];
  const streams = chains.map((chain) =>
    searchChain(
      files.filter((file) => file.chain === chain),
      filter,
    ),
  );
  try {
    for await (const record of newestFirst(streams)) {
      yield record;
      left -= 1;
      if (left === 0) return;
    }
  } finally {
    for (const stream of streams) await stream.return(undefined);
  }
}

async function* searchChain(files: readonly TrailFile[], filter: AuditFilter): AsyncGenerator<AuditRecord> {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  for (const file of inRecordOrder(files).toReversed()) {
    if (file.start >= until) continue;
    const handle = await open(file.path, 'r').catch(() => undefined);
    if (handle === undefined) continue;
    try {
      const { size } = await handle.stat();
      if (((await lastInstant(handle, size)) ?? since) < since) continue;
      const { to } = await placeOf(handle, size, until);
      for await (const line of linesBackward(handle, Math.min(size, to + LONGEST_LINE + 1))) {
        const at = instantOf(line);
        if (at === undefined || at >= until) continue;
        if (at < since) break;
        const record = readAuditRecord(line);
        if (record !== undefined && matches(record, filter)) yield record;
      }
    } finally {
      await handle.close();
    }
  }
}

/** Merges streams that are newest first each. */
async function* newestFirst(streams: readonly AsyncGenerator<AuditRecord>[]): AsyncGenerator<AuditRecord> {
  const heads = await Promise.all(streams.map(async (stream) => ({ stream, next: await stream.next() })));
  for (;;) {
    let newest: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (!head.next.done && (newest === undefined || head.next.value.at > newest.next.value.at)) newest = head;
    }
    if (newest === undefined) return;
    yield newest.next.value;
    newest.next = await newest.stream.next();
  }
}

function matches(record: AuditRecord, filter: AuditFilter): boolean {
  return (
    (filter.kinds === undefined || filter.kinds.includes(record.kind)) &&
    (filter.outcome === undefined || outcomeOf(record) === filter.outcome) &&
    FIELDS.every((field) => filter[field] === undefined || sameText(fieldOf(record, field), filter[field]))
  );
}

const FIELDS = ['name', 'client', 'realm', 'service'] as const;

function fieldOf(record: AuditRecord, field: (typeof FIELDS)[number]): string | undefined {
  switch (record.kind) {
    case 'attempt':
    case 'decision':
      return record[field];
    case 'refusals':
      return field === 'realm' || field === 'service' ? record.where : record[field];
    default:
      return undefined;
  }
}

function outcomeOf(record: AuditRecord): string | undefined {
  switch (record.kind) {
    case 'attempt':
      return record.outcome;
    case 'decision':
      return record.permitted ? 'permitted' : 'denied';
    default:
      return undefined;
  }
}

function sameText(text: string | undefined, wanted: string): boolean {
  return text !== undefined && text.toLowerCase() === wanted.toLowerCase();
}
