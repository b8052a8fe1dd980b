/** kill -9 loses nothing that the SQLite store acknowledged (the long run is tests/campaign/store-kill.test.ts). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killCycles } from './kill-cycles.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('the sqlite store has every acknowledged batch, and no half one, after 10 kills', async (t) => {
  const tolls = await Promise.all([killCycles(temporaryFolder(t), 5, 100), killCycles(temporaryFolder(t), 5, 100)]);
  for (const { acknowledged, lost, half } of tolls) {
    assert.ok(acknowledged >= 5, `only ${acknowledged} acknowledged batches prove little`);
    assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
  }
});
