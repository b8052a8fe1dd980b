/**
 * kill -9 takes nothing that the journal store acknowledged, and leaves nothing half (the long run is tests/campaign/store-journal-kill.test.ts).
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { journalKillCycles, type Toll, total } from '../store/journal-kill-cycles.ts';
import { journalSwapKillCycles } from '../store/journal-swap-kill-cycles.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { recordFigure } from '../support/figure.ts';

it('the journal store has every acknowledged transaction, and no half one, after 200 kills', async (t) => {
  const tolls: Toll[] = [];
  for (let round = 0; round < 4; round += 1) {
    const lanes = [1, 2].map(() => journalKillCycles(temporaryFolder(t), 25, 60));
    tolls.push(...(await Promise.all(lanes)));
  }
  const { kills, acknowledged, lost, half } = total(tolls);
  t.diagnostic(`${acknowledged} acknowledged transactions, ${lost} lost, ${half} half`);
  recordFigure('directory-kill', kills, lost + half);
  assert.ok(acknowledged > 10 * kills, `only ${acknowledged} acknowledged transactions prove little`);
  assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
});

it('the journal store has the old content or the new one, after 16 kills while one takes the place of the other', async (t) => {
  const { kills, acknowledged, lost, half } = await journalSwapKillCycles(temporaryFolder(t), 16, 500);
  t.diagnostic(`${acknowledged} acknowledged imports, ${lost} lost, ${half} half`);
  recordFigure('directory-kill', kills, lost + half);
  assert.ok(acknowledged > 0);
  assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
});
