/** A data folder with something in each database, and short ways to back it up, restore it and break it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { backupDataFolder, openJournalStore, openSqliteStore, restoreDataFolder } from '../../src/store/index.ts';
import { objectsOf, put, transaction } from '../conformance/journal-fixture.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
export const openJournal = (folder: string) => openJournalStore({ folder, random: systemRandom });

export async function write(folder: string, value: string): Promise<void> {
  const [journal, records] = [await openJournal(folder), await openSqliteStore({ folder, clock: new ManualClock() })];
  await journal.append(journal.head(), [transaction(`c-${value}`, put('key', value))]);
  await records.commit([{ bucket: 'b', key: 'k', value: Buffer.from(value), expect: 'any' }]);
  await Promise.all([journal.close(), records.close()]);
}

export async function read(
  folder: string,
): Promise<{ objects: string[]; record: string | undefined; generation: string; head: number; csn: string }> {
  const [journal, records] = [await openJournal(folder), await openSqliteStore({ folder, clock: new ManualClock() })];
  const record = await records.get('b', 'k');
  const found = {
    objects: await objectsOf(journal),
    record: record && Buffer.from(record.value).toString(),
    generation: journal.generation,
    head: journal.head(),
    csn: journal.csn(),
  };
  await Promise.all([journal.close(), records.close()]);
  return found;
}

export async function filled(t: TestContext): Promise<{ readonly folder: string; readonly backup: string }> {
  const base = temporaryFolder(t);
  const folder = join(base, 'data');
  await write(folder, 'one');
  return { folder, backup: join(base, 'backups', 'monday') };
}

export const backUp = (folder: string, target: string) => backupDataFolder({ folder, target, now: NOW });
export const restore = (folder: string, backup: string, more: object = {}) =>
  restoreDataFolder({ folder, backup, random: systemRandom, withSessions: false, dryRun: false, ...more });

export function breakFile(path: string): void {
  const octets = readFileSync(path);
  octets.fill(0xa5, octets.length - 4096);
  writeFileSync(path, octets);
}
