/**
 * How the file of a journal store is opened for writing, with everything that is checked before it is.
 */
import { openWritable } from '../sqlite/writable.ts';
import { AcknowledgedHead } from './acknowledged-head.ts';
import { JournalCommit } from './journal-commit.ts';
import { journalForm } from './journal-form.ts';

/**
 * Opens the file at `path`; `generation` is that of a file that is made anew. Throws what `sqliteFailure` explains. Who leaves its
 * structure unchecked calls `check` before `run`.
 */
export function openJournal(
  path: string,
  generation: string,
  structure: 'checked' | 'unchecked' = 'checked',
): JournalCommit {
  AcknowledgedHead.read(path)?.refuseMissing();
  const db = openWritable(path, journalForm(generation), structure);
  try {
    return new JournalCommit(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
}
