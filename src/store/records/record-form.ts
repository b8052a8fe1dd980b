/**
 * The tables of the record store (`store.db`).
 *
 * `record` is what is kept; its `sum` is the checksum of the row. `sequence` is one row, written in every transaction that changes
 * something (record-state.ts).
 */

import { withSum } from '../sqlite/checksum.ts';
import type { Database } from '../sqlite/database.ts';
import type { Form } from '../sqlite/form.ts';
import { StateRow } from './record-state.ts';
import { type RecordRow, recordSum } from './record-sum.ts';

export const RECORD_FORM: Form = {
  /** "RMGT" */
  applicationId: 0x52_4d_47_54,
  steps: [
    `CREATE TABLE record (
     bucket TEXT NOT NULL,
     key TEXT NOT NULL,
     value BLOB NOT NULL,
     revision INTEGER NOT NULL,
     expires_at INTEGER,
     PRIMARY KEY (bucket, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL;
   CREATE TABLE sequence (revision INTEGER NOT NULL) STRICT;
   INSERT INTO sequence VALUES (0);`,
    addSums,
  ],
};

/** Form 2: a checksum for each row, the count and the set hash. What form 1 kept is taken as it is. */
function addSums(db: Database): void {
  db.exec(
    `ALTER TABLE record ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE sequence ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE sequence ADD COLUMN set_hash INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE sequence ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;`,
  );
  db.function('record_sum', (bucket, key, value, revision, expires_at) =>
    recordSum({ bucket, key, value, revision, expires_at } as Omit<RecordRow, 'sum'>),
  );
  db.exec('UPDATE record SET sum = record_sum(bucket, key, value, revision, expires_at)');
  let [records, setHash] = [0, 0];
  for (const { sum } of db.prepare('SELECT sum FROM record').iterate()) {
    records += 1;
    setHash = withSum(setHash, Number(sum));
  }
  const revision = Number(db.prepare('SELECT revision FROM sequence').get()?.['revision']);
  new StateRow(db).write({ revision, records, setHash });
}
