/** Snapshots that are large enough for a thread of their own, and the check of the file's structure that goes on beside them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { followedObjects, type JournalStore, type ObjectSnapshot, openJournalStore } from '../../src/store/index.ts';
import { object, put, transaction } from '../conformance/journal-fixture.ts';
import { withBrokenFreelist } from './broken-freelist.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MANY = 25_000;
const nameOf = (at: number) => `key-${String(at).padStart(6, '0')}`;
const textOf = (at: number) => `value ${at} `.repeat(1 + (at % 9));

async function filled(t: TestContext): Promise<{ readonly store: JournalStore; readonly folder: string }> {
  const folder = join(temporaryFolder(t), 'data');
  const store = await openJournalStore({ folder, random: systemRandom });
  t.after(() => store.close());
  const staged = await store.stage();
  for (let at = 0; at < MANY; at += 1000) {
    await staged.add(Array.from({ length: 1000 }, (_, more) => object(nameOf(at + more), textOf(at + more))));
  }
  assert.equal(await staged.commit('import'), 'committed');
  return { store, folder };
}

/** How many objects there are; each must be the one that was written, in order. */
async function counted(snapshot: ObjectSnapshot): Promise<number> {
  let at = 0;
  for await (const batch of snapshot) {
    for (const { space, key, value } of batch) {
      assert.deepEqual([space, `${key}`, `${value}`], ['entry', nameOf(at), textOf(at)]);
      at += 1;
    }
  }
  return at;
}

describe('a large snapshot', () => {
  it('yields everything in order, as it was when it was asked for', async (t) => {
    const { store, folder } = await filled(t);
    const [snapshot, followed] = [await store.objects(), await followedObjects(folder)];
    const { generation } = store;
    await store.append(store.head(), [transaction('later', put('another', '1'), put(nameOf(0), 'changed'))]);
    for (const each of [snapshot, followed]) {
      assert.deepEqual([each.count, each.csn, each.generation], [MANY, 'import', generation]);
      assert.equal(await counted(each), MANY);
    }
    assert.equal((await store.objects()).count, MANY + 1);
  });

  it('ends with whoever stops half way, and with the store', async (t) => {
    const { store } = await filled(t);
    for await (const batch of await store.objects()) {
      assert.ok(batch.length > 0);
      break;
    }
    const abandoned = await store.objects();
    const half = (await store.objects())[Symbol.asyncIterator]();
    await half.next();
    await store.close();
    await assert.rejects(half.next(), { code: 'STORE_CLOSED' });
    await assert.rejects(counted(abandoned), { code: 'STORE_CLOSED' });
  });

  it('ends when another content takes the place of its own', async (t) => {
    const { store } = await filled(t);
    const half = (await store.objects())[Symbol.asyncIterator]();
    await half.next();
    await (await store.stage()).commit('empty');
    await assert.rejects(half.next(), { code: 'STORE_CLOSED' });
  });

  it('rejects with STORE_CORRUPT where a row is not what was written, and yields none of that batch', async (t) => {
    const { store, folder } = await filled(t);
    await store.close();
    const db = new DatabaseSync(join(folder, 'directory.db'));
    db.exec(`UPDATE object SET value = x'00' WHERE key = CAST('${nameOf(MANY - 1)}' AS BLOB)`);
    db.close();
    const damaged = await openJournalStore({ folder, random: systemRandom });
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const batch of await damaged.objects()) seen += batch.length;
      },
      { code: 'STORE_CORRUPT', message: /wrong checksum/ },
    );
    assert.ok(seen > 0 && seen < MANY, String(seen));
    await damaged.close();
  });
});

describe('a file whose structure is broken beside its rows', () => {
  it('is refused, or read and never written when it is checked later', async (t) => {
    const { store, folder } = await filled(t);
    await store.close();
    withBrokenFreelist(join(folder, 'directory.db'));
    const options = { folder, random: systemRandom };
    await assert.rejects(openJournalStore(options), { code: 'STORE_CORRUPT' });
    const later = await openJournalStore({ ...options, isCheckedLater: true });
    assert.equal(await counted(await later.objects()), MANY);
    const head = later.head();
    await assert.rejects(later.append(head, [transaction('c', put('a', '1'))]), { code: 'STORE_CORRUPT' });
    await assert.rejects(later.sound(), { code: 'STORE_CORRUPT', message: /restore it from a backup/ });
    assert.equal(later.head(), head);
    await later.close();
  });

  it('is found sound when it is', async (t) => {
    const { store } = await filled(t);
    await Promise.all([store.sound(), store.sound()]);
    await store.append(store.head(), [transaction('c', put('a', '1'))]);
    await store.sound();
  });
});
