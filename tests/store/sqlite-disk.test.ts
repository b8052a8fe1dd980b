/** The SQLite store on a disk that refuses: what is answered, what is kept, and that it goes on when it can. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { openSqliteStore, type Store, type Write } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryExt4, temporaryFolder, temporaryMount } from './temporary-folder.ts';

const put = (key: string, octets: number): Write => ({
  bucket: 'b',
  key,
  value: new Uint8Array(octets).fill(7),
  expect: 'any',
});

async function keys(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('b')) found.push(key);
  return found;
}

describe('the sqlite store on a disk that refuses', () => {
  it('rejects with STORE_FULL, serves reads, has exactly what it acknowledged, and recovers by itself', async (t) => {
    const mount = temporaryMount(t, 4);
    const folder = join(mount, 'data');
    const store = await openSqliteStore({ folder, clock: new ManualClock() });
    writeFileSync(join(mount, 'ballast'), new Uint8Array(1024 * 1024));
    const acknowledged: string[] = [];
    let failure: (Error & { code?: string }) | undefined;
    for (let at = 100; failure === undefined; at += 1) {
      try {
        await store.commit([put(`${at}-a`, 10_000), put(`${at}-b`, 10_000)]);
        acknowledged.push(`${at}-a`, `${at}-b`);
      } catch (error) {
        failure = error as Error;
      }
    }
    assert.equal(failure.code, 'STORE_FULL');
    assert.match(failure.message, /free some, the store goes on by itself/);
    assert.ok(acknowledged.length > 20);
    assert.deepEqual(await keys(store), acknowledged);

    for (let round = 0; round < 20; round += 1) {
      await assert.rejects(store.commit([put('large', 900_000)]), { code: 'STORE_FULL' });
      assert.ok(await store.get('b', acknowledged[round]!));
    }
    rmSync(join(mount, 'ballast'));
    assert.equal(await store.commit([put('large', 100_000)]), 'committed');
    const kept = [...acknowledged, 'large'];
    assert.deepEqual(await keys(store), kept);
    await store.close();
    const again = await openSqliteStore({ folder, clock: new ManualClock() });
    assert.deepEqual(await keys(again), kept);
    await again.close();
  });

  it('keeps the small batches of a group when a large one does not fit', async (t) => {
    const mount = temporaryMount(t, 2);
    const store = await openSqliteStore({ folder: mount, clock: new ManualClock() });
    const small = Array.from({ length: 20 }, (_, at) => `small-${at}`);
    const large = [1, 2, 3, 4].map((at) => put(`large-${at}`, 1_000_000));
    const results = await Promise.allSettled([
      ...small.slice(0, 10).map((key) => store.commit([put(key, 10)])),
      store.commit(large),
      ...small.slice(10).map((key) => store.commit([put(key, 10)])),
    ]);
    const [refused] = results.splice(10, 1);
    assert.equal(refused?.status === 'rejected' && refused.reason.code, 'STORE_FULL');
    for (const result of results) assert.deepEqual(result, { status: 'fulfilled', value: 'committed' });
    assert.deepEqual(await keys(store), small.sort());
    await store.close();
  });

  it('rejects with STORE_IO when a write fails for another cause, serves reads, and recovers', async (t) => {
    const folder = temporaryFolder(t);
    const program = join(import.meta.dirname, 'refused-process.ts');
    // A soft limit on the size of a file makes write(2) fail with EFBIG, which SQLite reports as an I/O error.
    const child = spawn('sh', ['-c', 'ulimit -S -f 2048; exec "$@"', 'sh', process.execPath, program, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? 'null') as unknown;
    const refused = (await next()) as { code: string; acknowledged: number; readable: number };
    assert.equal(refused.code, 'STORE_IO');
    assert.ok(refused.acknowledged > 3);
    assert.equal(refused.readable, refused.acknowledged);
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    child.stdin.write('go on\n');
    assert.deepEqual(await next(), { outcome: 'committed', readable: refused.acknowledged + 1 });
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    const store = await openSqliteStore({ folder, clock: new ManualClock() });
    assert.equal((await keys(store)).length, refused.acknowledged + 1);
    await store.close();
  });

  it('rejects with STORE_READ_ONLY when the kernel made the file system read-only, and serves reads', async (t) => {
    const mount = temporaryExt4(t, 16);
    const store = await openSqliteStore({ folder: join(mount, 'data'), clock: new ManualClock() });
    await store.commit([put('k', 10)]);
    execFileSync('mount', ['-o', 'remount,abort', mount]);
    for (let round = 0; round < 3; round += 1) {
      await assert.rejects(store.commit([put('l', 10)]), { code: 'STORE_READ_ONLY', message: /check the mount/ });
      assert.deepEqual(await keys(store), ['k']);
    }
    await store.close();
  });
});
