/** `store verify` and `store migrate` of a whole data folder. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { lockDataFolder, migrateDataFolder, verifyDataFolder } from '../../src/store/index.ts';
import { put, transaction } from '../conformance/journal-fixture.ts';
import { breakFile, filled, openJournal } from './filled-data-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('verify', () => {
  it('says what each database holds, while it is open', async (t) => {
    const { folder } = await filled(t);
    const journal = await openJournal(folder);
    await journal.append(1, [transaction('c2', put('b', '2'))]);
    const told: string[] = [];
    const [records, directory] = verifyDataFolder(folder, (name, rows) => told.push(`${name} ${rows}`));
    assert.deepEqual([records?.rows, records?.damage, directory?.rows, directory?.damage], [1, [], 4, []]);
    assert.deepEqual([directory?.head, directory?.csn, directory?.generation], [2, 'c2', journal.generation]);
    assert.deepEqual([told[0], told.at(-1)], ['store.db 1', 'directory.db 4']);
    await journal.close();
  });

  it('says what is wrong with each, whatever it is', async (t) => {
    const { folder } = await filled(t);
    for (const name of ['store.db', 'directory.db']) {
      const path = join(folder, name);
      const whole = readFileSync(path);
      const wrong = (what: string) =>
        assert.equal(
          verifyDataFolder(folder).find((each) => each.name === name)?.damage.length !== 0,
          true,
          `${name}: ${what}`,
        );
      breakFile(path);
      wrong('damaged');
      writeFileSync(path, 'no database at all');
      wrong('no database');
      writeFileSync(path, whole.subarray(0, 4096));
      wrong('cut');
      writeFileSync(path, whole);
    }
    rmSync(join(folder, 'directory.db'));
    assert.match(verifyDataFolder(folder).at(-1)?.damage[0] ?? '', /missing/);
  });

  it('has nothing to say of an empty folder', (t) => {
    assert.deepEqual(verifyDataFolder(temporaryFolder(t)), []);
  });
});

describe('migrate', () => {
  it('says what has which form, and changes nothing that has the present one', async (t) => {
    const { folder } = await filled(t);
    const expected = [
      { name: 'store.db', from: 2, to: 2, damage: [] },
      { name: 'directory.db', from: 1, to: 1, damage: [] },
    ];
    for (const dryRun of [true, false]) assert.deepEqual(migrateDataFolder({ folder, dryRun }), expected);
  });

  it('is refused while a server runs, and of a newer form', async (t) => {
    const { folder } = await filled(t);
    const lock = lockDataFolder(folder);
    assert.throws(() => migrateDataFolder({ folder, dryRun: false }), { code: 'STORE_LOCKED' });
    lock.release();
    const db = new DatabaseSync(join(folder, 'directory.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    assert.throws(() => migrateDataFolder({ folder, dryRun: false }), { code: 'STORE_NEWER' });
  });
});
