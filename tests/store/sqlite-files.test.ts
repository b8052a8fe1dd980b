/** What the SQLite store does with the files it finds and makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { openSqliteStore, type Write } from '../../src/store/index.ts';
import { checkOwnership, migrate } from '../../src/store/sqlite/form.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder, temporaryMount } from './temporary-folder.ts';

const open = (folder: string) => openSqliteStore({ folder, clock: new ManualClock() });
const put = (key: string, octets = 1): Write => ({
  bucket: 'b',
  key,
  value: new Uint8Array(octets).fill(7),
  expect: 'any',
});
const mode = (path: string) => statSync(path).mode & 0o777;

/** A closed store of some hundred pages. */
async function filled(folder: string): Promise<string> {
  const store = await open(folder);
  await store.commit(Array.from({ length: 500 }, (_, at) => put(`key-${at}`, 2000)));
  await store.close();
  return join(folder, 'store.db');
}

describe('files of the sqlite store', () => {
  it('are private to the owner, the folder too', async (t) => {
    const folder = join(temporaryFolder(t), 'deep', 'data');
    const store = await open(folder);
    await store.commit([put('k')]);
    for (const name of readdirSync(folder)) assert.equal(mode(join(folder, name)), 0o600, name);
    assert.deepEqual(readdirSync(folder), ['store.db', 'store.db-shm', 'store.db-wal']);
    assert.equal(mode(folder), 0o700);
    assert.equal(mode(join(folder, '..')), 0o700);
    await store.close();
  });

  it('become private when they were not', async (t) => {
    const folder = temporaryFolder(t);
    const path = await filled(folder);
    chmodSync(path, 0o644);
    const store = await open(folder);
    assert.equal(mode(path), 0o600);
    await store.close();
  });

  it('are one file, with nothing left in the log, once closed', async (t) => {
    const folder = temporaryFolder(t);
    await filled(folder);
    assert.deepEqual(readdirSync(folder), ['store.db']);
  });

  it('copied while open are a store with all that was acknowledged', async (t) => {
    const [folder, copy] = [temporaryFolder(t), temporaryFolder(t)];
    const store = await open(folder);
    await store.commit([put('k', 9)]);
    for (const name of ['store.db', 'store.db-wal']) copyFileSync(join(folder, name), join(copy, name));
    await store.close();
    const second = await open(copy);
    assert.equal((await second.get('b', 'k'))?.value.byteLength, 9);
    await second.close();
  });
});

describe('a store that cannot be opened', () => {
  async function refused(folder: string, code: string, message: RegExp): Promise<void> {
    await assert.rejects(open(folder), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok(error.message.includes(folder), 'names the file');
      return true;
    });
  }

  it('is refused when it is of a newer program', async (t) => {
    const folder = temporaryFolder(t);
    const db = new DatabaseSync(await filled(folder));
    db.exec('PRAGMA user_version = 99');
    db.close();
    await refused(folder, 'STORE_NEWER', /has form 99, this program knows up to 2; run the newer program/);
    const again = new DatabaseSync(join(folder, 'store.db'));
    assert.equal(again.prepare('SELECT count(*) AS n FROM record').get()?.['n'], 500);
    again.close();
  });

  it('is refused, untouched, when it is a database of another program', async (t) => {
    const folder = temporaryFolder(t);
    const db = new DatabaseSync(join(folder, 'store.db'));
    db.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1');
    db.close();
    const before = readFileSync(join(folder, 'store.db'));
    await refused(folder, 'STORE_CORRUPT', /database of another program/);
    assert.deepEqual(readFileSync(join(folder, 'store.db')), before);
  });

  it('is refused when it is no database', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'store.db'), 'listen:\n  web: 8080\n'.repeat(500));
    await refused(folder, 'STORE_CORRUPT', /restore it from a backup/);
  });

  it('is refused when pages are missing', async (t) => {
    const folder = temporaryFolder(t);
    truncateSync(await filled(folder), 20 * 4096);
    await refused(folder, 'STORE_CORRUPT', /restore it from a backup/);
  });

  it('is refused when a page is damaged, wherever it lies', async (t) => {
    const folder = temporaryFolder(t);
    const path = await filled(folder);
    const whole = readFileSync(path);
    for (const page of [0, 1, 3, Math.floor(whole.length / 4096) - 1]) {
      const damaged = Buffer.from(whole);
      damaged.fill(0xa5, page * 4096, page * 4096 + 512);
      writeFileSync(path, damaged);
      await refused(folder, 'STORE_CORRUPT', /restore it from a backup/);
    }
  });

  it('is refused when only its log is there, and the log is kept', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'store.db-wal'), 'all that is left');
    await refused(folder, 'STORE_CORRUPT', /-wal file is there/);
    assert.equal(readFileSync(join(folder, 'store.db-wal'), 'utf8'), 'all that is left');
  });

  it('is refused with its own code where nothing may be written', async (t) => {
    const mount = temporaryMount(t, 4);
    execFileSync('mount', ['-o', 'remount,ro', mount]);
    await refused(mount, 'STORE_READ_ONLY', /check the mount/);
    await refused(join(mount, 'new'), 'STORE_READ_ONLY', /check the mount/);
    execFileSync('mount', ['-o', 'remount,rw', mount]);
    await (await open(mount)).close();
  });

  it('is refused with its own code where there is no space', async (t) => {
    const mount = temporaryMount(t, 1);
    assert.throws(() => writeFileSync(join(mount, 'ballast'), new Uint8Array(2 * 1024 * 1024)), { code: 'ENOSPC' });
    await refused(mount, 'STORE_FULL', /no space left/);
    rmSync(join(mount, 'ballast'));
    await (await open(mount)).close();
  });

  it('is refused where a file stands in the way of the folder', async (t) => {
    const folder = join(temporaryFolder(t), 'data');
    writeFileSync(folder, '');
    await refused(folder, 'STORE_IO', /store\.db/);
    mkdirSync(join(folder, '..', 'other', 'store.db'), { recursive: true });
    await refused(join(folder, '..', 'other'), 'STORE_IO', /store\.db/);
  });
});

describe('the form of a store', () => {
  const FIRST = "CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('alice');";
  const SECOND = 'ALTER TABLE person ADD COLUMN born INTEGER NOT NULL DEFAULT 1815;';
  const form = (steps: string[]) => ({ applicationId: 1, steps });
  const version = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.['user_version'];

  function database(t: TestContext): DatabaseSync {
    const db = new DatabaseSync(':memory:');
    t.after(() => db.close());
    return db;
  }

  it('is brought forward step by step and keeps what is there', (t) => {
    const db = database(t);
    migrate(db, form([FIRST]));
    assert.equal(version(db), 1);
    migrate(db, form([FIRST, SECOND]));
    assert.equal(version(db), 2);
    checkOwnership(db, form([FIRST, SECOND]));
    assert.deepEqual({ ...db.prepare('SELECT * FROM person').get() }, { name: 'alice', born: 1815 });
  });

  it('stays what it was when a step fails', (t) => {
    const db = database(t);
    migrate(db, form([FIRST]));
    assert.throws(() => migrate(db, form([FIRST, SECOND, 'INSERT INTO nowhere VALUES (1);'])));
    assert.equal(db.isTransaction, false);
    assert.equal(version(db), 1);
    assert.deepEqual({ ...db.prepare('SELECT * FROM person').get() }, { name: 'alice' });
  });

  it('needs no write when it is the present one', (t) => {
    const db = database(t);
    migrate(db, form([FIRST]));
    db.exec('PRAGMA query_only = ON');
    migrate(db, form([FIRST]));
  });
});
