/**
 * How the file of a record store is opened for writing, with everything that is checked before it is.
 */
import { damaged } from '../sqlite/damage.ts';
import { openWritable } from '../sqlite/writable.ts';
import { GroupCommit } from './group-commit.ts';
import { RECORD_FORM } from './record-form.ts';
import { scanRecords } from './scan-records.ts';

/** Opens the file at `path`, making it when there is none. Throws what `sqliteFailure` explains. */
export function openRecords(path: string): GroupCommit {
  const db = openWritable(path, RECORD_FORM);
  try {
    scanRecords(db, (what) => {
      throw damaged(db, what);
    });
    return new GroupCommit(db);
  } catch (error) {
    db.close();
    throw error;
  }
}
