/** An fsync that fails is never acknowledged: the SQLite store answers STORE_IO, serves reads, and goes on when the disk does. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqliteStore } from '../../src/store/index.ts';
import { FailingDiskProcess } from '../store/failing-disk.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('the sqlite store acknowledges nothing that was not synced', async (t) => {
  const folder = join(temporaryFolder(t), 'data');
  const child = new FailingDiskProcess(t, 'refused-process.ts', [folder]);
  await wait(1000);
  child.fail('FSYNC_FAILS');
  const refused = (await child.said()) as { code: string; acknowledged: number; readable: number };
  assert.equal(refused.code, 'STORE_IO');
  assert.ok(refused.acknowledged > 0);
  assert.equal(refused.readable, refused.acknowledged, 'what was refused cannot be read');
  child.recover('FSYNC_FAILS');
  child.goOn();
  assert.deepEqual(await child.said(), { outcome: 'committed', readable: refused.acknowledged + 1 });
  assert.equal(await child.end(), 0);
  const store = await openSqliteStore({ folder, clock: new ManualClock() });
  let kept = 0;
  for await (const { value } of store.list('b')) kept += value.byteLength === 100_000 ? 1 : 0;
  assert.equal(kept, refused.acknowledged + 1);
  await store.close();
});
