/**
 * The tables of the record store (`store.db`).
 */
import type { Form } from '../sqlite/form.ts';

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
  ],
};
