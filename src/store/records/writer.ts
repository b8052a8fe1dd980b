/**
 * The writer thread of the record store.
 */
import { workerData } from 'node:worker_threads';
import { serveWriter } from '../sqlite/writer-loop.ts';
import { openRecords } from './open-records.ts';

const path = String(workerData);
serveWriter(path, () => openRecords(path));
