/** A power cut takes nothing that the journal store acknowledged (attack F02; 5,000 cuts: tests/campaign/store-journal-power.test.ts). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cutPower, recordedSteps } from '../../store/power-cuts.ts';

it('the journal store has every acknowledged transaction after 200 power cuts', (t) => {
  const { cuts, unsynced, lost } = cutPower(t, recordedSteps(t, 300), 200);
  t.diagnostic(`${cuts} cuts, ${unsynced} of them with unsynced writes`);
  assert.ok(unsynced > 50);
  assert.equal(lost, 0);
});
