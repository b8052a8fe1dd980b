/**
 * Files that earlier versions wrote (tests/store/older-files, each named for its form) are brought to the present form with all they hold.
 */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import {
  backupDataFolder,
  migrateDataFolder,
  openJournalStore,
  openSqliteStore,
  restoreDataFolder,
  verifyDataFolder,
} from '../../src/store/index.ts';
import { objectsOf } from '../conformance/journal-fixture.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

function folderWith(t: TestContext, file: string, name: string): string {
  const folder = temporaryFolder(t);
  copyFileSync(join(import.meta.dirname, 'older-files', file), join(folder, name));
  return folder;
}

const WRITTEN = Date.UTC(2026, 10, 22);

async function checkRecords(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder, clock: new ManualClock(WRITTEN) });
  const found: string[] = [];
  for await (const { key, value, expiresAt } of store.list('session')) {
    found.push(`${key}=${Buffer.from(value)} ${expiresAt === undefined ? 'stays' : new Date(expiresAt).toISOString()}`);
  }
  const expected = Array.from({ length: 20 }, (_, n) => n)
    .filter((n) => n !== 3)
    .map((n) => `s${n}=session ${n} ${n % 2 === 0 ? 'stays' : '2026-11-23T00:00:00.000Z'}`);
  assert.deepEqual(found.toSorted(), expected.toSorted());
  const lockout = await store.get('lockout', 'alice\u{1f600}');
  assert.deepEqual([lockout?.value, lockout?.revision], [new Uint8Array(), 21]);
  assert.equal(
    await store.commit([
      { bucket: 'session', key: 's1', value: undefined, expect: (await store.get('session', 's1'))!.revision },
    ]),
    'committed',
  );
  await store.close();
  assert.deepEqual(
    verifyDataFolder(folder).map(({ form, rows, damage }) => ({ form, rows, damage })),
    [{ form: 2, rows: 19, damage: [] }],
  );
}

describe('a file of an earlier version', () => {
  it('of the records, form 1, is brought forward at a start', async (t) => {
    await checkRecords(folderWith(t, 'store-form-1.db', 'store.db'));
  });

  it('of the records, form 1, is brought forward by migrate, which says so before and after', async (t) => {
    const folder = folderWith(t, 'store-form-1.db', 'store.db');
    const step = { name: 'store.db', from: 1, to: 2, damage: [] };
    assert.match(verifyDataFolder(folder)[0]?.damage[0] ?? '', /older form 1, of 2: run store migrate first/);
    assert.deepEqual(migrateDataFolder({ folder, dryRun: true }), [step]);
    assert.deepEqual(migrateDataFolder({ folder, dryRun: false }), [step]);
    assert.deepEqual(migrateDataFolder({ folder, dryRun: false }), [{ ...step, from: 2 }]);
    await checkRecords(folder);
  });

  it('of the records, form 1, can be backed up and restored', async (t) => {
    const folder = folderWith(t, 'store-form-1.db', 'store.db');
    const [backup, other] = [join(folder, 'backup'), join(folder, 'other')];
    assert.equal(backupDataFolder({ folder, target: backup, now: WRITTEN }).databases[0]?.form, 1);
    restoreDataFolder({ folder: other, backup, random: systemRandom, withSessions: false, dryRun: false });
    await checkRecords(other);
  });

  it('stays what it was when the step fails', (t) => {
    const folder = folderWith(t, 'store-form-1.db', 'store.db');
    const path = join(folder, 'store.db');
    const db = new DatabaseSync(path);
    db.exec('ALTER TABLE sequence ADD COLUMN sum INTEGER');
    db.close();
    assert.throws(() => migrateDataFolder({ folder, dryRun: false }), { code: 'STORE_CORRUPT' });
    const again = new DatabaseSync(path);
    assert.equal(again.prepare('PRAGMA user_version').get()?.['user_version'], 1);
    assert.equal(again.prepare('SELECT count(*) AS n FROM record').get()?.['n'], 20);
    again.close();
  });

  it('of the directory, form 1, is read', async (t) => {
    const folder = folderWith(t, 'directory-form-1.db', 'directory.db');
    const store = await openJournalStore({ folder, random: systemRandom });
    assert.deepEqual([store.generation, store.head(), store.csn()], ['5a'.repeat(16), 20, 'csn-20']);
    const entries = [14, 15, 16, 17, 18, 19, 20].map((n) => `entry key-${n % 7}=value ${n}`);
    const members = Array.from({ length: 20 }, (_, n) => `member m${n + 1}=`);
    assert.deepEqual((await objectsOf(store)).toSorted(), [...entries, ...members].toSorted());
    assert.deepEqual(
      (await store.journal(5)).map(({ csn }) => csn),
      Array.from({ length: 15 }, (_, n) => `csn-${n + 6}`),
    );
    assert.deepEqual((await store.verify()).damage, []);
    await store.close();
  });
});
