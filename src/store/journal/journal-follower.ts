/**
 * Reads a journal store that another process writes: a worker's view of the primary's directory.
 *
 * A connection is open only while something is read, so that it keeps no import from putting new content in place.
 */
import { join } from 'node:path';
import { damaged } from '../sqlite/damage.ts';
import { sqliteFailure } from '../sqlite/database.ts';

import { JournalReader } from './journal-reader.ts';
import type { JournalRecord, ObjectSnapshot } from './journal-store.ts';
import { scanObjects } from './object-scan.ts';
import { JOURNAL_FILE } from './journal-form.ts';

/** A snapshot of everything; to be iterated once. Rejects as `JournalStore.objects` does. */
export async function followedObjects(folder: string): Promise<ObjectSnapshot> {
  const path = join(folder, JOURNAL_FILE);
  const reader = new JournalReader(path);
  try {
    reader.db.exec('BEGIN');
    const state = reader.state();
    const batches = async function* () {
      try {
        yield* scanObjects(reader.db, state, (what) => {
          throw damaged(reader.db, what);
        });
      } catch (error) {
        throw sqliteFailure(error, path);
      } finally {
        reader.close();
      }
    };
    const { generation, head, csn, objects: count } = state;
    return { generation, head, csn, count, [Symbol.asyncIterator]: batches };
  } catch (error) {
    reader.close();
    throw sqliteFailure(error, path);
  }
}

/** The records after `after`, at most some thousands; `another` when the content is of another generation by now, or they are no longer kept. */
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

const RECORDS_AT_A_TIME = 5_000;
