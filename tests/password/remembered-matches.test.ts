/** A right password is derived once; nothing else is remembered (security rule 10). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation, type KeyDerivation, rememberMatches } from '../../src/password/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

async function open(): Promise<{ keys: KeyDerivation; clock: ManualClock; derived: () => number }> {
  const clock = new ManualClock();
  const real = createKeyDerivation({ clock, random: systemRandom });
  let derived = 0;
  const verify = real.verify.bind(real);
  const counting: KeyDerivation = Object.assign(real, {
    verify: (stored: string, password: Secret) => {
      derived += 1;
      return verify(stored, password);
    },
  });
  return { keys: rememberMatches(counting, { clock, random: systemRandom }), clock, derived: () => derived };
}

describe('remembered matches', () => {
  it('derives a right password once', async () => {
    const { keys, derived } = await open();
    const stored = await keys.hash(new Secret('right'));
    for (let times = 0; times < 5; times++) assert.equal(await keys.verify(stored, new Secret('right')), 'match');
    assert.equal(derived(), 1);
    await keys.close();
  });

  it('derives every wrong password, also after the right one', async () => {
    const { keys, derived } = await open();
    const stored = await keys.hash(new Secret('right'));
    await keys.verify(stored, new Secret('right'));
    for (const guess of ['wrong', 'right ', 'Right', 'wrong']) {
      assert.equal(await keys.verify(stored, new Secret(guess)), 'mismatch');
    }
    assert.equal(derived(), 5);
    await keys.close();
  });

  it('forgets with the stored form: a changed password ends it at once', async () => {
    const { keys } = await open();
    const before = await keys.hash(new Secret('old'));
    const after = await keys.hash(new Secret('new'));
    assert.equal(await keys.verify(before, new Secret('old')), 'match');
    assert.equal(await keys.verify(after, new Secret('old')), 'mismatch');
    assert.equal(await keys.verify('!', new Secret('old')), 'unusable');
    await keys.close();
  });

  it('derives again after ten minutes', async () => {
    const { keys, clock, derived } = await open();
    const stored = await keys.hash(new Secret('right'));
    await keys.verify(stored, new Secret('right'));
    clock.advance(10 * 60_000);
    assert.equal(await keys.verify(stored, new Secret('right')), 'match');
    assert.equal(derived(), 2);
    await keys.close();
  });
});
