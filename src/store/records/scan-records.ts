/**
 * Reads all records, checking each one's checksum and at the end the set hash and the count.
 *
 * Like the objects of the journal store they come in batches that SQLite puts together, because the driver makes values slowly (see
 * ../journal/object-scan.ts).
 */
import { checksum, withSum } from '../sqlite/checksum.ts';
import type { Database } from '../sqlite/database.ts';
import { StateRow } from './record-state.ts';
import { IMAGE } from './record-sum.ts';

/** Rows of a batch: with the largest values it is 64 MiB. */
const BATCH = 64;

/** Within a transaction of the caller's. `found` is told what is wrong; the number of records. */
export function scanRecords(db: Database, found: (what: string) => void): number {
  const state = new StateRow(db).read();
  const lastOf = db.prepare(
    `SELECT bucket, key FROM record WHERE (bucket, key) > (?, ?) ORDER BY bucket, key LIMIT 1 OFFSET ${BATCH - 1}`,
  );
  const batch = db.prepare(
    `SELECT CAST(group_concat(image, '') AS BLOB) AS images, json_group_array(length(CAST(image AS BLOB))) AS lengths,
       json_group_array(sum) AS sums
     FROM (SELECT ${IMAGE} AS image, sum FROM record WHERE (bucket, key) > (?, ?) ORDER BY bucket, key LIMIT ${BATCH})`,
  );
  let [records, setHash] = [0, 0];
  // No bucket is empty, so every record comes after this one.
  let after: readonly [bucket: string, key: string] | undefined = ['', ''];
  // Where keys are damaged the order may lead back: no more is read than there can be.
  while (after !== undefined && records <= state.records) {
    const row: Record<string, unknown> = batch.get(...after) ?? {};
    const lengths = JSON.parse(String(row['lengths'])) as number[];
    const sums = JSON.parse(String(row['sums'])) as number[];
    const images = row['images'] as Uint8Array;
    let at = 0;
    for (const [index, length] of lengths.entries()) {
      const sum = checksum(images.subarray(at, at + length));
      if (sum !== sums[index]) found('a record has a wrong checksum');
      records += 1;
      setHash = withSum(setHash, sum);
      at += length;
    }
    const last: Record<string, unknown> | undefined = lastOf.get(...after);
    after = last && [String(last['bucket']), String(last['key'])];
  }
  if (records !== state.records) found(`it has ${records} records where ${state.records} were written`);
  else if (setHash !== state.setHash) found('its records are not the ones that were written (the set hash is wrong)');
  return records;
}
