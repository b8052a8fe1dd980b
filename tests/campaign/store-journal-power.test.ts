/** 5,000 power cuts of a journal store: 0 acknowledged transactions lost. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cutPower, recordedSteps } from '../store/power-cuts.ts';

it('the journal store has every acknowledged transaction after 5,000 power cuts', (t) => {
  const { cuts, unsynced, lost } = cutPower(t, recordedSteps(t, 1500), 5000);
  t.diagnostic(`${cuts} cuts, ${unsynced} of them with unsynced writes`);
  assert.ok(unsynced > 1000);
  assert.equal(lost, 0);
});
