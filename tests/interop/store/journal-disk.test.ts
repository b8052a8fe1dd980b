/**
 * The journal store on a disk that refuses: full, read-only, or failing to sync. Nothing acknowledged is lost, reads go on, and it
 * goes on by itself where that is safe.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemRandom } from '../../../src/base/index.ts';
import { type JournalStore, openJournalStore } from '../../../src/store/index.ts';
import { FailingDiskProcess } from '../../store/failing-disk.ts';
import { temporaryExt4, temporaryFolder, temporaryMount } from '../../store/temporary-folder.ts';
import { recordFigure } from '../../support/figure.ts';

const open = (folder: string) => openJournalStore({ folder, random: systemRandom });

/** Appends one object of so many octets under the next number. */
const append = (store: JournalStore, octets = 3000) => {
  const n = store.head();
  const write = { space: 'entry', key: Buffer.from(String(n).padStart(8, '0')), value: Buffer.alloc(octets, `${n}`) };
  return store.append(n, [{ csn: `${n}`, writes: [write] }]);
};

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** Gives the part of the figure: how many of the acknowledged objects are not there, or not as written. */
async function counted(store: JournalStore, acknowledged: number): Promise<void> {
  let right = 0;
  for await (const batch of await store.objects()) {
    for (const { key, value } of batch) {
      const n = Number(Buffer.from(key).toString());
      right +=
        n < acknowledged && (value[0] === 7 || Buffer.from(value).equals(Buffer.alloc(value.length, `${n}`))) ? 1 : 0;
    }
  }
  recordFigure('directory-disk-faults', acknowledged, acknowledged - right);
  assert.equal(right, acknowledged);
  assert.equal(store.head(), acknowledged);
  assert.deepEqual((await store.verify()).damage, []);
}

describe('the journal store on a disk that refuses', () => {
  it('rejects with STORE_FULL, serves reads, has exactly what it acknowledged, and goes on by itself, 20 times', async (t) => {
    const mount = temporaryMount(t, 16);
    const store = await open(join(mount, 'data'));
    const ballast = join(mount, 'ballast');
    let refusals = 0;
    for (let round = 0; round < 20; round += 1) {
      for (let n = 0; n < 20; n += 1) assert.equal(await append(store), 'committed');
      assert.throws(() => writeFileSync(ballast, new Uint8Array(16 * 1024 * 1024)), { code: 'ENOSPC' });
      for (let code: string | undefined; code === undefined; ) {
        const before = store.head();
        code = await codeOf(append(store));
        if (code === undefined) continue;
        assert.equal(code, 'STORE_FULL');
        assert.equal(store.head(), before);
        refusals += 1;
      }
      assert.equal((await store.objects()).count, store.head());
      assert.equal((await store.journal(store.head() - 1)).length, 1);
      rmSync(ballast);
      await store.trim(store.head() - 20);
    }
    assert.equal(refusals, 20);
    await counted(store, store.head());
    const head = store.head();
    await store.close();
    const again = await open(join(mount, 'data'));
    assert.equal(again.head(), head);
    await again.close();
  });

  it('keeps the present content when what is staged does not fit', async (t) => {
    const mount = temporaryMount(t, 8);
    const store = await open(mount);
    for (let n = 0; n < 20; n += 1) await append(store);
    const { generation } = store;
    const staged = await store.stage();
    const large = Array.from({ length: 12 }, (_, at) => ({
      space: 'entry',
      key: Buffer.from(`large-${at}`),
      value: new Uint8Array(1_000_000),
    }));
    const code = await codeOf(
      (async () => {
        for (const each of large) await staged.add([each]);
        await staged.commit('import');
      })(),
    );
    assert.equal(code, 'STORE_FULL');
    await staged.discard();
    assert.equal(store.generation, generation);
    assert.equal(await append(store), 'committed');
    await counted(store, 21);
    await store.close();
  });

  it('rejects with STORE_READ_ONLY when the kernel made the file system read-only, and serves reads', async (t) => {
    const mount = temporaryExt4(t, 32);
    const store = await open(join(mount, 'data'));
    for (let n = 0; n < 400; n += 1) await append(store, 500);
    execFileSync('mount', ['-o', 'remount,abort', mount]);
    for (let round = 0; round < 20; round += 1) {
      assert.equal(await codeOf(append(store)), 'STORE_READ_ONLY');
      assert.equal((await store.objects()).count, 400);
    }
    await counted(store, 400);
    await store.close();
  });

  it('acknowledges nothing after a sync that failed, serves reads, and has all of it after a restart', async (t) => {
    const folder = join(temporaryFolder(t), 'data');
    const child = new FailingDiskProcess(t, 'journal-refused-process.ts', [folder, '300']);
    assert.deepEqual(await child.said(), { outcome: 'committed', acknowledged: 300, readable: 300 });
    child.fail('FSYNC_FAILS');
    const refused = (await child.said()) as { outcome: string; acknowledged: number; readable: number };
    const { acknowledged } = refused;
    assert.ok(acknowledged >= 300);
    assert.deepEqual(refused, { outcome: 'STORE_IO', acknowledged, readable: acknowledged });
    child.recover('FSYNC_FAILS');
    for (let round = 0; round < 3; round += 1) {
      child.goOn();
      assert.deepEqual(await child.said(), { outcome: 'STORE_DOWN', acknowledged, readable: acknowledged });
    }
    assert.equal(await child.end(), 0);
    const store = await open(folder);
    assert.ok(store.head() === acknowledged || store.head() === acknowledged + 1);
    await counted(store, store.head());
    await store.close();
  });

  it('goes on by itself after writes that failed for want of space', async (t) => {
    const folder = join(temporaryFolder(t), 'data');
    const child = new FailingDiskProcess(t, 'journal-refused-process.ts', [folder, '300']);
    await child.said();
    child.fail('WRITE_FAILS');
    const { outcome, acknowledged } = (await child.said()) as { outcome: string; acknowledged: number };
    assert.equal(outcome, 'STORE_FULL');
    child.goOn();
    assert.deepEqual(await child.said(), { outcome: 'STORE_FULL', acknowledged, readable: acknowledged });
    child.recover('WRITE_FAILS');
    child.goOn();
    assert.deepEqual(await child.said(), {
      outcome: 'committed',
      acknowledged: acknowledged + 1,
      readable: acknowledged + 1,
    });
    assert.equal(await child.end(), 0);
    const store = await open(folder);
    await counted(store, acknowledged + 1);
    await store.close();
  });

  it('acknowledges what is committed when only the head file cannot be written, then nothing more until it can', async (t) => {
    const folder = join(temporaryFolder(t), 'data');
    const headFile = join(folder, 'directory.db-head');
    const child = new FailingDiskProcess(t, 'journal-refused-process.ts', [folder, '300'], headFile);
    await child.said();
    child.fail('WRITE_FAILS');
    const { outcome, acknowledged, readable } = (await child.said()) as Record<string, number | string>;
    assert.equal(outcome, 'STORE_FULL');
    assert.equal(acknowledged, readable);
    child.goOn();
    assert.deepEqual(await child.said(), { outcome: 'STORE_FULL', acknowledged, readable });
    child.recover('WRITE_FAILS');
    const next = Number(acknowledged) + 1;
    child.goOn();
    assert.deepEqual(await child.said(), { outcome: 'committed', acknowledged: next, readable: next });
    assert.equal(await child.end(), 0);
    const store = await open(folder);
    await counted(store, next);
    await store.close();
  });
});
