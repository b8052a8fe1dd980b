/**
 * Reads a journal store that another process writes: a worker's view of the primary's directory.
 *
 * A connection is open only while something is read, so that it keeps no import from putting new content in place.
 */
import { join } from 'node:path';
import { JOURNAL_FILE } from './journal-form.ts';
import { JournalReader } from './journal-reader.ts';
import type { JournalRecord, ObjectSnapshot } from './journal-store.ts';
import { openSnapshot } from './open-snapshot.ts';

const RECORDS_AT_A_TIME = 5_000;

/** A snapshot of everything, to be iterated once. Rejects as `JournalStore.objects` does. */
export function followedObjects(folder: string): Promise<ObjectSnapshot> {
  return openSnapshot(join(folder, JOURNAL_FILE), () => {});
}

/**
 * The records after `after`, at most some thousands; none when it is the head. `another` when the content is of another generation by now, or
 * they are no longer kept: then everything has to be loaded anew.
 */
export function followedRecords(
  folder: string,
  { generation, after }: { readonly generation: string; readonly after: number },
): readonly JournalRecord[] | 'another' {
  const reader = new JournalReader(join(folder, JOURNAL_FILE));
  try {
    return reader.reading((state) => {
      if (state.generation !== generation || after < state.base) return 'another';
      return reader.records(state, after, RECORDS_AT_A_TIME);
    });
  } finally {
    reader.close();
  }
}
