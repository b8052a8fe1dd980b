/** The SQLite journal store keeps the promises of the port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { journalConformance } from '../conformance/journal-store.ts';

journalConformance('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-journal-'));
  return {
    open: () => openJournalStore({ folder, random: systemRandom }),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});
