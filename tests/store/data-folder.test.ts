/** verify, backup, restore and migrate of a whole data folder. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemRandom } from '../../src/base/index.ts';
import {
  backupDataFolder,
  lockDataFolder,
  migrateDataFolder,
  openJournalStore,
  openSqliteStore,
  restoreDataFolder,
  verifyDataFolder,
} from '../../src/store/index.ts';
import { objectsOf, put, transaction } from '../conformance/journal-fixture.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { KEYS, SPACES } from './journal-kill-cycles.ts';
import { temporaryFolder, temporaryMount } from './temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const mode = (path: string) => statSync(path).mode & 0o777;
const openJournal = (folder: string) => openJournalStore({ folder, random: systemRandom });

async function write(folder: string, value: string): Promise<void> {
  const [journal, records] = [await openJournal(folder), await openSqliteStore({ folder, clock: new ManualClock() })];
  await journal.append(journal.head(), [transaction(`c-${value}`, put('key', value))]);
  await records.commit([{ bucket: 'b', key: 'k', value: Buffer.from(value), expect: 'any' }]);
  await Promise.all([journal.close(), records.close()]);
}

async function read(
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

async function filled(t: TestContext): Promise<{ readonly folder: string; readonly backup: string }> {
  const base = temporaryFolder(t);
  const folder = join(base, 'data');
  await write(folder, 'one');
  return { folder, backup: join(base, 'backups', 'monday') };
}

const backUp = (folder: string, target: string) => backupDataFolder({ folder, target, now: NOW });
const restore = (folder: string, backup: string, more: object = {}) =>
  restoreDataFolder({ folder, backup, random: systemRandom, withSessions: false, dryRun: false, ...more });

function damage(path: string): void {
  const octets = readFileSync(path);
  octets.fill(0xa5, octets.length - 4096);
  writeFileSync(path, octets);
}

describe('a backup', () => {
  it('is a private folder with every database and what each must be', async (t) => {
    const { folder, backup } = await filled(t);
    const manifest = backUp(folder, backup);
    assert.deepEqual(readdirSync(backup), ['backup.json', 'directory.db', 'store.db']);
    for (const name of readdirSync(backup)) assert.equal(mode(join(backup, name)), 0o600, name);
    assert.equal(mode(backup), 0o700);
    assert.deepEqual(JSON.parse(readFileSync(join(backup, 'backup.json'), 'utf8')), manifest);
    const { generation } = await read(folder);
    assert.equal(manifest.made, '2026-11-22T09:00:00.000Z');
    assert.deepEqual(
      manifest.databases.map(({ name, form, rows, head, csn, generation: of }) => ({
        name,
        form,
        rows,
        head,
        csn,
        of,
      })),
      [
        { name: 'store.db', form: 1, rows: 1, head: undefined, csn: undefined, of: undefined },
        { name: 'directory.db', form: 1, rows: 2, head: 1, csn: 'c-one', of: generation },
      ],
    );
  });

  it('is made while the stores are open, and of a folder that a killed process left', async (t) => {
    const { folder, backup } = await filled(t);
    const journal = await openJournal(folder);
    await journal.append(1, [transaction('c2', put('key', 'two'))]);
    backUp(folder, backup);
    await journal.append(2, [transaction('c3', put('key', 'three'))]);
    await journal.close();
    restore(folder, backup);
    assert.deepEqual((await read(folder)).objects, ['entry key=two']);
  });

  it('is refused where something is, and leaves nothing when it fails', async (t) => {
    const { folder, backup } = await filled(t);
    mkdirSync(backup, { recursive: true });
    assert.throws(() => backUp(folder, backup), { code: 'STORE_TARGET_EXISTS', message: /made in a new folder/ });
    damage(join(folder, 'directory.db'));
    const other = `${backup}-2`;
    assert.throws(() => backUp(folder, other), { code: 'STORE_CORRUPT' });
    const mount = temporaryMount(t, 1);
    assert.throws(() => writeFileSync(join(mount, 'ballast'), new Uint8Array(2 * 1024 * 1024)), { code: 'ENOSPC' });
    rmSync(join(folder, 'directory.db'));
    assert.throws(() => backUp(folder, join(mount, 'backup')), { code: 'STORE_FULL' });
    assert.deepEqual([readdirSync(join(backup, '..')), readdirSync(mount)], [['monday'], ['ballast']]);
  });

  it('under write load has all that was acknowledged before it, no half transaction, and nothing made up', async (t) => {
    const { folder, backup } = await filled(t);
    const log = join(folder, '..', 'acknowledged');
    const descriptor = openSync(log, 'a');
    const program = join(import.meta.dirname, 'journal-writing-process.ts');
    const child = spawn(process.execPath, [program, folder, '0'], { stdio: ['ignore', 'pipe', 'inherit', descriptor] });
    t.after(() => child.kill('SIGKILL'));
    closeSync(descriptor);
    await once(child.stdout!, 'data');
    const acknowledged = () => readFileSync(log, 'utf8').trim().split('\n').map(Number);
    for (let round = 0; round < 5; round += 1) {
      await wait(50);
      const target = `${backup}-${round}`;
      const before = Math.max(...acknowledged());
      backUp(folder, target);
      const { numbers, last } = replayed(target);
      assert.ok(last >= before, 'has everything acknowledged before it was begun');
      for (const [key, values] of numbers) {
        const newest = last - ((((last - key) % KEYS) + KEYS) % KEYS);
        assert.deepEqual(
          values,
          SPACES.map(() => newest),
          `key ${key} is what the last transaction made it`,
        );
      }
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const spared = join(folder, '..', 'spared');
    restore(spared, `${backup}-4`);
    assert.ok(verifyDataFolder(spared).every(({ damage: found }) => found.length === 0));
  });

  /** The number that each key has in each space, and the last transaction, by reading the copy as plain SQL. */
  function replayed(target: string): { numbers: Map<number, number[]>; last: number } {
    const db = new DatabaseSync(join(target, 'directory.db'), { readOnly: true });
    const numbers = new Map<number, number[]>();
    const rows = db.prepare(
      "SELECT CAST(key AS TEXT) AS key, CAST(value AS TEXT) AS value FROM object WHERE space <> 'odd' AND key <> CAST('key' AS BLOB)",
    );
    for (const { key, value } of rows.all()) {
      numbers.set(Number(key), [...(numbers.get(Number(key)) ?? []), Number(value)]);
    }
    const last = Number(db.prepare('SELECT csn FROM state').get()?.['csn']);
    db.close();
    return { numbers, last };
  }
});

describe('a restore', () => {
  it('puts the directory back under a new generation, and keeps the sessions', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    const before = await read(folder);
    await write(folder, 'two');
    const [records, directory] = restore(folder, backup);
    assert.deepEqual([records?.outcome, directory?.outcome, directory?.replaced?.head], ['kept', 'restored', 2]);
    const after = await read(folder);
    assert.deepEqual(after, { ...before, record: 'two', generation: directory?.generation });
    assert.notEqual(after.generation, before.generation);
    await write(folder, 'three');
    assert.deepEqual((await read(folder)).objects, ['entry key=three']);
    assert.ok(verifyDataFolder(folder).every(({ damage: found }) => found.length === 0));
  });

  it('puts the sessions back when it is told to, and where there are none', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    restore(folder, backup, { withSessions: true });
    assert.equal((await read(folder)).record, 'one');
    const other = join(folder, '..', 'other');
    restore(other, backup);
    const { record, objects } = await read(other);
    assert.deepEqual([record, objects], ['one', ['entry key=one']]);
  });

  it('replaces what is damaged, lost, or has lost its log', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    const path = join(folder, 'directory.db');
    const breaks: readonly (() => void)[] = [
      () => damage(path),
      () => rmSync(path),
      () => writeFileSync(path, ''),
      () => writeFileSync(path, 'no database at all'),
      () => writeFileSync(`${path}-wal`, 'a log of something else'),
    ];
    for (const breakIt of breaks) {
      breakIt();
      restore(folder, backup);
      assert.deepEqual((await read(folder)).objects, ['entry key=one']);
    }
  });

  it('is refused while a server runs, and changes nothing', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const lock = lockDataFolder(folder);
    assert.throws(() => restore(folder, backup), { code: 'STORE_LOCKED' });
    lock.release();
    assert.deepEqual((await read(folder)).objects, ['entry key=two']);
  });

  it('of a dry run changes nothing', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const before = await read(folder);
    const [, directory] = restore(folder, backup, { dryRun: true });
    assert.equal(directory?.backup.head, 1);
    assert.deepEqual(
      [await read(folder), readdirSync(folder)],
      [before, ['directory.db', 'directory.db-head', 'lock', 'store.db']],
    );
  });

  it('is refused, and changes nothing, when the backup is not whole', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const manifest = readFileSync(join(backup, 'backup.json'), 'utf8');
    const database = readFileSync(join(backup, 'directory.db'));
    const breaks: readonly (() => void)[] = [
      () => damage(join(backup, 'directory.db')),
      () => appendFileSync(join(backup, 'directory.db'), 'x'),
      () => rmSync(join(backup, 'directory.db')),
      () => writeFileSync(join(backup, 'backup.json'), manifest.slice(0, 100)),
      () => writeFileSync(join(backup, 'backup.json'), manifest.replace('directory.db', '../directory.db')),
      () => rmSync(join(backup, 'backup.json')),
      () => rmSync(backup, { recursive: true }),
    ];
    for (const breakIt of breaks) {
      breakIt();
      assert.throws(() => restore(folder, backup), { code: 'STORE_BAD_BACKUP' });
      if (!existsSync(backup)) break;
      writeFileSync(join(backup, 'backup.json'), manifest);
      writeFileSync(join(backup, 'directory.db'), database);
    }
    const { objects, record } = await read(folder);
    assert.deepEqual([objects, record], [['entry key=two'], 'two']);
  });
});

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
      damage(path);
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
    const expected = ['store.db', 'directory.db'].map((name) => ({ name, from: 1, to: 1, damage: [] }));
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
