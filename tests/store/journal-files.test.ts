/** What the journal store does with the files it finds and makes. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { type JournalStore, openJournalStore } from '../../src/store/index.ts';
import { object, objectsOf, put, transaction } from '../conformance/journal-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

const open = (folder: string) => openJournalStore({ folder, random: systemRandom });
const mode = (path: string) => statSync(path).mode & 0o777;

async function filled(t: TestContext): Promise<string> {
  const folder = join(temporaryFolder(t), 'data');
  const store = await open(folder);
  await store.append(0, [transaction('c1', put('old', '1'))]);
  await store.close();
  return folder;
}

describe('files of the journal store', () => {
  it('are private to the owner, the folder and what is staged too', async (t) => {
    const folder = await filled(t);
    const store = await open(folder);
    await store.append(1, [transaction('c2')]);
    const staged = await store.stage();
    await staged.add([object('a', '1')]);
    const names = readdirSync(folder);
    assert.deepEqual(names, [
      'directory.db',
      'directory.db-head',
      'directory.db-shm',
      'directory.db-staged',
      'directory.db-wal',
    ]);
    for (const name of names) assert.equal(mode(join(folder, name)), 0o600, name);
    assert.equal(mode(folder), 0o700);
    await store.close();
    assert.deepEqual(readdirSync(folder), ['directory.db', 'directory.db-head']);
  });

  it('become private when they were not', async (t) => {
    const folder = await filled(t);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    const store = await open(folder);
    for (const name of readdirSync(folder)) assert.equal(mode(join(folder, name)), 0o600, name);
    await store.close();
  });

  it('are refused when they are of a newer program, and left as they were', async (t) => {
    const folder = await filled(t);
    const path = join(folder, 'directory.db');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const before = readFileSync(path);
    await assert.rejects(open(folder), { code: 'STORE_NEWER', message: /has form 99/ });
    assert.deepEqual(readFileSync(path), before);
  });

  it('are refused when they are the other database of the folder', async (t) => {
    const folder = temporaryFolder(t);
    const db = new DatabaseSync(join(folder, 'directory.db'));
    db.exec(`CREATE TABLE record (x); PRAGMA application_id = ${0x52_4d_47_54}; PRAGMA user_version = 1`);
    db.close();
    await assert.rejects(open(folder), { code: 'STORE_CORRUPT', message: /database of another program/ });
  });

  it('are refused when another program has the file open at a swap, and the store goes on', async (t) => {
    const folder = await filled(t);
    const store = await open(folder);
    const other = new DatabaseSync(join(folder, 'directory.db'));
    other.prepare('SELECT * FROM state').get();
    const staged = await store.stage();
    await assert.rejects(staged.commit('import'), { code: 'STORE_BUSY', message: /another program/ });
    other.close();
    assert.deepEqual(await objectsOf(store), ['entry old=1']);
    assert.equal(await store.append(1, [transaction('c2', put('new', '2'))]), 'committed');
    assert.equal(await (await store.stage()).commit('import'), 'committed');
    await store.close();
  });
});

describe('a swap that was cut short', () => {
  /** A folder with the files of the old content (its log not yet folded) and, as `next`, those of the new one. */
  async function cutShort(t: TestContext): Promise<{ readonly folder: string; readonly next: string }> {
    const folder = await filled(t);
    const store = await open(folder);
    await store.append(1, [transaction('c2', put('logged', '1'))]);
    const live = join(temporaryFolder(t), 'live');
    mkdirSync(live);
    for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(live, name));
    const staged = await store.stage();
    await staged.add([object('new', '1')]);
    await staged.commit('import');
    await store.close();
    return { folder: live, next: join(folder, 'directory.db') };
  }

  const OLD = ['entry logged=1', 'entry old=1'];
  const NEW = ['entry new=1'];

  async function opened(folder: string, look: (store: JournalStore) => Promise<void>): Promise<void> {
    const store = await open(folder);
    await look(store);
    assert.deepEqual((await store.verify()).damage, []);
    await store.close();
    assert.deepEqual(readdirSync(folder), ['directory.db', 'directory.db-head']);
  }

  it('before its decision has left the old content, whatever was staged', async (t) => {
    const { folder, next } = await cutShort(t);
    const staged = readFileSync(next);
    for (const end of [0, 100, 4096, staged.length]) {
      writeFileSync(join(folder, 'directory.db-staged'), staged.subarray(0, end));
      await opened(folder, async (store) => assert.deepEqual(await objectsOf(store), OLD));
      assert.ok(!existsSync(join(folder, 'directory.db-staged')));
    }
  });

  /** The files that are removed on the way, in their order: a crash may come before and after each. */
  const STEPS = ['directory.db-head', 'directory.db-wal', 'directory.db-shm'];
  for (let removed = 0; removed <= STEPS.length; removed += 1) {
    it(`after its decision is completed, with ${removed} of the old files gone`, async (t) => {
      const { folder, next } = await cutShort(t);
      copyFileSync(next, join(folder, 'directory.db-next'));
      for (const name of STEPS.slice(0, removed)) rmSync(join(folder, name), { force: true });
      await opened(folder, async (store) => {
        assert.deepEqual(await objectsOf(store), NEW);
        assert.equal(store.csn(), 'import');
        assert.equal(await store.append(store.head(), [transaction('c', put('more', '1'))]), 'committed');
      });
      await opened(folder, async (store) => assert.deepEqual(await objectsOf(store), ['entry more=1', ...NEW]));
    });
  }
});
