/** 200 kills of a process that writes to the SQLite store: 0 acknowledged batches lost, 0 half batches. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killCycles } from '../store/kill-cycles.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

it('the sqlite store has every acknowledged batch, and no half one, after 200 kills', async (t) => {
  const tolls = await Promise.all([killCycles(temporaryFolder(t), 100, 500), killCycles(temporaryFolder(t), 100, 500)]);
  for (const { acknowledged, lost, half } of tolls) {
    t.diagnostic(`${acknowledged} acknowledged batches, ${lost} lost, ${half} half`);
    assert.ok(acknowledged > 1000, `only ${acknowledged} acknowledged batches prove little`);
    assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
  }
});
