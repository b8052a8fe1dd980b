/** 5,000 kills of a process that writes to the journal store: 0 acknowledged transactions lost, 0 half ones. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { journalKillCycles, type Toll, total } from '../store/journal-kill-cycles.ts';
import { journalSwapKillCycles } from '../store/journal-swap-kill-cycles.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { recordFigure } from '../support/figure.ts';

const FOLDERS = 100;
const KILLS = 50;
const LANES = 2;

it(`the journal store has every acknowledged transaction, and no half one, after ${FOLDERS * KILLS} kills`, async (t) => {
  const tolls: Toll[] = [];
  for (let folder = 0; folder < FOLDERS; folder += LANES) {
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      journalKillCycles(temporaryFolder(t), KILLS, 40 + 3 * (folder + lane)),
    );
    tolls.push(...(await Promise.all(lanes)));
  }
  const { kills, acknowledged, lost, half } = total(tolls);
  t.diagnostic(`${acknowledged} acknowledged transactions, ${lost} lost, ${half} half`);
  recordFigure('directory-kill', kills, lost + half);
  assert.ok(acknowledged > 10 * kills, `only ${acknowledged} acknowledged transactions prove little`);
  assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
});

it('the journal store has the old content or the new one, after 500 kills while one takes the place of the other', async (t) => {
  const lanes = [1, 2].map(() => journalSwapKillCycles(temporaryFolder(t), 250, 500));
  const { kills, acknowledged, lost, half } = total(await Promise.all(lanes));
  t.diagnostic(`${acknowledged} acknowledged imports, ${lost} lost, ${half} half`);
  recordFigure('directory-kill', kills, lost + half);
  assert.ok(acknowledged > kills / 2);
  assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
});
