/**
 * The writer thread of the journal store.
 */
import { workerData } from 'node:worker_threads';
import { openWritable } from '../sqlite/writable.ts';
import { serveWriter } from '../sqlite/writer-loop.ts';
import { AcknowledgedHead } from './acknowledged-head.ts';
import { JournalCommit } from './journal-commit.ts';
import { journalForm } from './journal-form.ts';

/** What the thread is started with. */
export interface JournalWriterData {
  readonly path: string;
  /** The generation of a file that is made anew. */
  readonly generation: string;
}

const { path, generation } = workerData as JournalWriterData;

serveWriter(path, () => {
  AcknowledgedHead.refuseMissing(path);
  const db = openWritable(path, journalForm(generation));
  try {
    return new JournalCommit(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
});
