/**
 * Reads all records, checking each one's checksum and at the end the set hash and the count.
 */
import { withSum } from '../sqlite/checksum.ts';
import type { Database } from '../sqlite/database.ts';
import { StateRow } from './record-state.ts';
import { type RecordRow, recordSum } from './record-sum.ts';

/** Within a transaction of the caller's. `found` is told what is wrong; the number of records. */
export function scanRecords(db: Database, found: (what: string) => void): number {
  const state = new StateRow(db).read();
  let [records, setHash] = [0, 0];
  const rows = db.prepare('SELECT bucket, key, value, revision, expires_at, sum FROM record').iterate();
  for (const row of rows as Iterable<unknown> as Iterable<RecordRow>) {
    const sum = recordSum(row);
    if (sum !== row.sum) found(`a record of ${row.bucket} has a wrong checksum`);
    records += 1;
    setHash = withSum(setHash, sum);
  }
  if (records !== state.records) found(`it has ${records} records where ${state.records} were written`);
  else if (setHash !== state.setHash) found('its records are not the ones that were written (the set hash is wrong)');
  return records;
}
