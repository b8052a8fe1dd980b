/**
 * The thread that reads and checks the objects of a large snapshot, in one read transaction, a batch for each that is asked for.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { damaged } from '../sqlite/damage.ts';
import { sqliteFailure } from '../sqlite/database.ts';
import { JournalReader } from './journal-reader.ts';
import { scanObjects } from './object-scan.ts';
import type { PackedObjects } from './packed-objects.ts';
import type { ScanOrder, ScanReport, ScanThreadData } from './scan-protocol.ts';

const { path } = workerData as ScanThreadData;
const port = parentPort!;
const report = (message: ScanReport, memory: readonly ArrayBuffer[] = []) => port.postMessage(message, [...memory]);
let reader: JournalReader | undefined;

/** Closing the port ends the thread; the connection is closed before anybody hears of the end. */
function end(last: ScanReport): void {
  reader?.close();
  report(last);
  port.close();
}

/** Runs one step; a failure is reported and ends the thread. */
function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    const { code, message } = sqliteFailure(error, path);
    end({ kind: 'failed', failure: { code, message } });
  }
}

function* batches(opened: JournalReader): Generator<PackedObjects> {
  const { db } = opened;
  db.exec('BEGIN');
  const state = opened.state();
  report({ kind: 'opened', generation: state.generation, head: state.head, csn: state.csn, count: state.objects });
  yield* scanObjects(db, state, (what) => {
    throw damaged(db, what);
  });
}

attempt(() => {
  reader = new JournalReader(path);
  const scan = batches(reader);
  // The first batch is read before it is asked for, as the next one always is.
  let next = scan.next();
  port.on('message', (order: ScanOrder) =>
    attempt(() => {
      if (order === 'end' || next.done === true) return end({ kind: 'done' });
      const { octets, places } = next.value;
      report({ kind: 'batch', batch: next.value }, [octets.buffer as ArrayBuffer, places.buffer as ArrayBuffer]);
      next = scan.next();
    }),
  );
});
