/**
 * The tables of the journal store (`directory.db`).
 *
 * `object` is what is; its `sum` is the checksum of the row. `journal` is how it came to be; the `sum` of a record is taken of the sum
 * before it too, so that the records are a chain. `state` is one row, written in every transaction (journal-state.ts).
 */

import { checksum } from '../sqlite/checksum.ts';
import type { Form } from '../sqlite/form.ts';
import { insertState } from './journal-state.ts';

/** The file in the data folder. */
export const JOURNAL_FILE = 'directory.db';

/** `generation` names the content of a file that is made anew. */
export function journalForm(generation: string): Form {
  return {
    /** "RMGD" */
    applicationId: 0x52_4d_47_44,
    steps: [
      (db) => {
        db.exec(
          `CREATE TABLE object (
             space TEXT NOT NULL,
             key BLOB NOT NULL,
             value BLOB NOT NULL,
             sum INTEGER NOT NULL,
             PRIMARY KEY (space, key)
           ) STRICT, WITHOUT ROWID;
           CREATE TABLE journal (
             sequence INTEGER PRIMARY KEY,
             csn TEXT NOT NULL,
             writes BLOB NOT NULL,
             sum INTEGER NOT NULL
           ) STRICT;
           CREATE TABLE state (
             id INTEGER PRIMARY KEY,
             generation TEXT NOT NULL,
             head INTEGER NOT NULL,
             csn TEXT NOT NULL,
             objects INTEGER NOT NULL,
             set_hash INTEGER NOT NULL,
             head_sum INTEGER NOT NULL,
             base INTEGER NOT NULL,
             base_sum INTEGER NOT NULL,
             sum INTEGER NOT NULL
           ) STRICT;`,
        );
        const first = checksum(generation);
        insertState(db, {
          generation,
          head: 0,
          csn: '',
          objects: 0,
          setHash: 0,
          headSum: first,
          base: 0,
          baseSum: first,
        });
      },
    ],
  };
}
