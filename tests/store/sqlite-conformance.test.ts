/** The SQLite store keeps the promises of the port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/index.ts';
import { storeConformance } from '../conformance/store.ts';

storeConformance('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-store-'));
  return {
    open: (clock) => openSqliteStore({ folder, clock }),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});
