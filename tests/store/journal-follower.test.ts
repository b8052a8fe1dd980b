/** What another process reads of a journal store while its writer goes on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { followedObjects, followedRecords, type JournalStore, openJournalStore } from '../../src/store/index.ts';

const text = (value: string) => Buffer.from(value);
const transaction = (name: string) => ({
  csn: name,
  writes: [{ space: 'entry', key: text(name), value: text(`value of ${name}`) }],
});

describe('following a journal', () => {
  let folder: string;
  let store: JournalStore;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'realmgate-follower-'));
    store = await openJournalStore({ folder, random: systemRandom });
    assert.equal(await store.append(0, [transaction('a'), transaction('b')]), 'committed');
  });
  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('begins with everything that is there, and where that is', async () => {
    const snapshot = await followedObjects(folder);
    const keys: string[] = [];
    for await (const batch of snapshot) keys.push(...batch.map(({ key }) => Buffer.from(key).toString()));
    assert.deepEqual([keys, snapshot.head, snapshot.csn], [['a', 'b'], 2, 'b']);
  });

  it('goes on with what was written since, once it is durable', async () => {
    const { generation } = store;
    assert.deepEqual(followedRecords(folder, { generation, after: 2 }), []);
    await store.append(2, [transaction('c')]);
    const records = followedRecords(folder, { generation, after: 2 });
    assert.ok(records !== 'another');
    assert.deepEqual(
      records.map(({ sequence, csn, writes }) => [sequence, csn, writes.length]),
      [[3, 'c', 1]],
    );
  });

  it('keeps no import from putting other content in place, and begins anew after it', async () => {
    const { generation } = store;
    const staged = await store.stage();
    await staged.add([{ space: 'entry', key: text('z'), value: text('other') }]);
    assert.equal(await staged.commit('later'), 'committed');
    assert.equal(followedRecords(folder, { generation, after: 3 }), 'another');
    const snapshot = await followedObjects(folder);
    let count = 0;
    for await (const batch of snapshot) count += batch.length;
    assert.deepEqual([count, snapshot.generation, snapshot.csn], [1, store.generation, 'later']);
  });

  it('begins anew when what it wants is no longer kept', async () => {
    const head = store.head();
    await store.append(head, [transaction('d'), transaction('e')]);
    await store.trim(head + 2);
    assert.equal(followedRecords(folder, { generation: store.generation, after: head }), 'another');
  });
});
