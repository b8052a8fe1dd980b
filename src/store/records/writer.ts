/**
 * The writer thread of the record store.
 */
import { workerData } from 'node:worker_threads';
import { openWritable } from '../sqlite/writable.ts';
import { serveWriter } from '../sqlite/writer-loop.ts';
import { GroupCommit } from './group-commit.ts';
import { RECORD_FORM } from './record-form.ts';

const path = String(workerData);
serveWriter(path, () => new GroupCommit(openWritable(path, RECORD_FORM)));
