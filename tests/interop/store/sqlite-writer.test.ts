/** The writer thread of the SQLite store: what waits, what does not, and its death. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { openSqliteStore, VALUE_LIMIT, type Write } from '../../../src/store/index.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const open = (folder: string) => openSqliteStore({ folder, clock: new ManualClock() });
const put = (key: string, octets = 1): Write => ({
  bucket: 'b',
  key,
  value: new Uint8Array(octets).fill(7),
  expect: 'any',
});

/** Holds the database's write lock as an operator's shell would. */
function outsider(folder: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, 'store.db'));
  db.exec('BEGIN IMMEDIATE');
  return db;
}

describe('the writer of the sqlite store', () => {
  it('lets reads go on while a commit waits', async (t) => {
    const folder = temporaryFolder(t);
    const store = await open(folder);
    await store.commit([put('k')]);
    const other = outsider(folder);
    let isDone = false;
    const waiting = store.commit([put('l')]).then(() => {
      isDone = true;
    });
    for (let round = 0; round < 100; round += 1) assert.ok(await store.get('b', 'k'));
    assert.equal(await store.get('b', 'l'), undefined);
    assert.equal(isDone, false);
    other.exec('COMMIT');
    other.close();
    await waiting;
    assert.ok(await store.get('b', 'l'));
    await store.close();
  });

  it('refuses what would let the waiting writes eat the memory, and keeps the rest', async (t) => {
    const folder = temporaryFolder(t);
    const store = await open(folder);
    const other = outsider(folder);
    const commits = Array.from({ length: 70 }, (_, at) => store.commit([put(`k${at}`, VALUE_LIMIT)]));
    await assert.rejects(commits[64]!, { code: 'STORE_BUSY' });
    other.exec('COMMIT');
    other.close();
    const outcomes = await Promise.allSettled(commits);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      Array.from({ length: 70 }, (_, at) => (at < 64 ? 'fulfilled' : 'rejected')),
    );
    assert.equal(await store.commit([put('after', VALUE_LIMIT)]), 'committed');
    await store.close();
  });

  it('refuses more waiting commits than a hung disk should gather', async (t) => {
    const folder = temporaryFolder(t);
    const store = await open(folder);
    const outcomes = await Promise.allSettled(Array.from({ length: 10_001 }, () => store.commit([])));
    assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 1);
    assert.equal(outcomes.at(-1)?.status, 'rejected');
    await store.close();
  });

  it('may fold its log while a reader has left a list half way', async (t) => {
    const folder = temporaryFolder(t);
    const store = await open(folder);
    await store.commit(Array.from({ length: 5 }, (_, at) => put(`k${at}`, VALUE_LIMIT / 2)));
    const list = store.list('b')[Symbol.asyncIterator]();
    await list.next();
    const other = new DatabaseSync(join(folder, 'store.db'));
    assert.equal(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'], 0);
    other.close();
    await store.close();
  });

  it('rejects what waits and all that comes later when it dies, and reads go on', async (t) => {
    const folder = temporaryFolder(t);
    const started = once(process, 'worker') as Promise<[Worker]>;
    const store = await open(folder);
    const [worker] = await started;
    await store.commit([put('k')]);
    const other = outsider(folder);
    const waiting = [store.commit([put('l')]), store.commit([put('m')]), store.sweep(1)];
    const settled = Promise.allSettled(waiting);
    await worker.terminate();
    for (const result of await settled) {
      assert.equal(result.status === 'rejected' && result.reason.code, 'STORE_DOWN');
    }
    other.exec('COMMIT');
    other.close();
    await assert.rejects(store.commit([put('n')]), { code: 'STORE_DOWN', message: /restart the program/ });
    assert.ok(await store.get('b', 'k'));
    await store.close();
    const again = await open(folder);
    assert.ok(await again.get('b', 'k'));
    assert.equal(await again.get('b', 'n'), undefined);
    await again.close();
  });
});
