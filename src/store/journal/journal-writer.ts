/**
 * The writer thread of the journal store.
 */
import { workerData } from 'node:worker_threads';
import { serveWriter } from '../sqlite/writer-loop.ts';
import { openJournal } from './open-journal.ts';

/** What the thread is started with. */
export interface JournalWriterData {
  readonly path: string;
  /** The generation of a file that is made anew. */
  readonly generation: string;
}

const { path, generation } = workerData as JournalWriterData;

serveWriter(path, () => openJournal(path, generation, 'unchecked'));
