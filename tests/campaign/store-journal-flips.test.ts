/** 40,000 bits flipped in the files of the journal store: each is found or harmless, and harmless for what is written next too. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DamagedStore, type Finding, journalSample } from '../store/journal-sample.ts';
import { flipped, numbers } from '../store/random-flips.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { recordFigure } from '../support/figure.ts';

const FLIPS = 40_000;

it(`the journal store finds ${FLIPS} flipped bits, or they are harmless`, async (t) => {
  const sample = await journalSample(temporaryFolder(t));
  const store = new DamagedStore(t, sample);
  const below = numbers('campaign');
  const tally: Record<Finding, number> = { detected: 0, harmless: 0, wrong: 0 };
  for (let flip = 0; flip < FLIPS; flip += 1) {
    tally[store.restart(flipped(sample.files, flip % 2 === 0 ? 'directory.db' : 'directory.db-wal', below))] += 1;
  }
  t.diagnostic(JSON.stringify(tally));
  recordFigure('directory-bit-flips', FLIPS, FLIPS - tally.wrong);
  assert.equal(tally.wrong, 0);
});
