/**
 * Reads everything that a journal store keeps, and says what is wrong with it.
 */
import { messageOf } from '../../base/index.ts';
import type { JournalReader } from './journal-reader.ts';
import type { JournalReport } from './journal-store.ts';
import { scanObjects } from './object-scan.ts';

/** More findings than these help nobody. */
const FINDINGS = 20;

/** Verifies the content in one read transaction. Throws when not even the state can be read. */
export function verifyContent(reader: JournalReader, progress: (rows: number) => void): JournalReport {
  return reader.reading((state) => {
    const damage: string[] = [];
    const found = (what: string) => {
      if (damage.length < FINDINGS) damage.push(what);
    };
    let [objects, records] = [0, 0];
    attempt(found, () => {
      for (const batch of scanObjects(reader.db, state, found)) {
        objects += batch.length;
        progress(objects);
      }
    });
    attempt(found, () => {
      for (let after = state.base; after < state.head; ) {
        const next = reader.records(state, after, 1000);
        records += next.length;
        after += next.length;
        progress(objects + records);
      }
    });
    attempt(found, () => {
      for (const finding of reader.db.prepare('PRAGMA integrity_check').all()) {
        const text = String(Object.values(finding)[0]);
        if (text !== 'ok') found(text);
      }
    });
    const { generation, head, csn } = state;
    return { generation, head, csn, objects, records, damage };
  });
}

/** One part that cannot be read must not keep the others from being looked at. */
function attempt(found: (what: string) => void, look: () => void): void {
  try {
    look();
  } catch (error) {
    found(messageOf(error));
  }
}
