/**
 * Which snapshot is worth a thread: a large one takes half the time, because whoever iterates it works while the thread reads on;
 * a small one is there before a thread has started.
 */
import type { EndingSnapshot } from './ending-snapshot.ts';
import { JournalReader } from './journal-reader.ts';
import { JournalSnapshot } from './journal-snapshot.ts';
import { ThreadSnapshot } from './thread-snapshot.ts';

/** So many objects are read in the time that a thread takes to start. */
const WORTH_A_THREAD = 20_000;

/**
 * A snapshot of the database at `path` as it is now. `onEnd` is told when its connection is closed. Rejects with what
 * `sqliteFailure` explains.
 */
export async function openSnapshot(path: string, onEnd: (ended: EndingSnapshot) => void): Promise<EndingSnapshot> {
  const reader = new JournalReader(path);
  if (reader.reading(({ objects }) => objects) < WORTH_A_THREAD) return new JournalSnapshot(reader, onEnd);
  reader.close();
  return ThreadSnapshot.open(path, onEnd);
}
