/** kill -9 loses nothing that the journal store acknowledged (200 times: tests/interop/store-kill.test.ts). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { journalKillCycles, total } from '../../store/journal-kill-cycles.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';

it('the journal store has every acknowledged transaction, and no half one, after 8 kills', async (t) => {
  const lanes = [1, 2].map(() => journalKillCycles(temporaryFolder(t), 4, 60));
  const { acknowledged, lost, half } = total(await Promise.all(lanes));
  assert.ok(acknowledged > 8, `only ${acknowledged} acknowledged transactions prove little`);
  assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
});
