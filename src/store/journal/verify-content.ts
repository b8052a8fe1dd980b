/**
 * Reads everything that a journal store keeps, and says what is wrong with it.
 */
import { messageOf } from '../../base/index.ts';
import { checkTables } from '../sqlite/form.ts';
import { AcknowledgedHead } from './acknowledged-head.ts';
import { journalForm } from './journal-form.ts';
import type { JournalReader } from './journal-reader.ts';
import type { JournalReport } from './journal-store.ts';
import { scanObjects } from './object-scan.ts';
import { countOf } from './packed-objects.ts';

/** More findings than these help nobody. */
const FINDINGS = 20;

const NOTHING = { generation: '', head: 0, csn: '', objects: 0, records: 0 };

/** Verifies the content in one read transaction; `progress` is told how many rows were read. */
export function verifyContent(reader: JournalReader, progress: (rows: number) => void): JournalReport {
  const damage: string[] = [];
  /** Looks at one part; what keeps it from being read must not keep the others from being looked at. */
  const attempt = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      found(messageOf(error));
      return undefined;
    }
  };
  const found = (what: string) => {
    if (damage.length < FINDINGS) damage.push(what);
  };

  const content = attempt(() => {
    // Read before the transaction begins: what is acknowledged from here on is not missed in it.
    const acknowledged = AcknowledgedHead.read(reader.path);
    return reader.reading((state) => {
      let [objects, records] = [0, 0];
      attempt(() => acknowledged?.check(state));
      attempt(() => checkTables(reader.db, journalForm(state.generation)));
      attempt(() => {
        for (const batch of scanObjects(reader.db, state, found)) {
          objects += countOf(batch);
          progress(objects);
        }
      });
      attempt(() => {
        for (let after = state.base; after < state.head; ) {
          const next = reader.records(state, after, 1000);
          records += next.length;
          after += next.length;
          progress(objects + records);
        }
      });
      attempt(() => {
        for (const finding of reader.db.prepare('PRAGMA integrity_check').all()) {
          const text = String(Object.values(finding)[0]);
          if (text !== 'ok') found(text);
        }
      });
      const { generation, head, csn } = state;
      return { generation, head, csn, objects, records };
    });
  });
  return { ...(content ?? NOTHING), damage };
}
