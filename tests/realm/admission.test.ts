/** Nobody is let in with a wrong password: DESIGN.md's example realm and 200 random stacks (many more in tests/campaign). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StackEntry } from '../../src/realm/index.ts';
import { recordFigure } from '../support/figure.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { lockout, wrongPasswords } from './random-stacks.ts';
import { Fixture, source } from './realm-fixture.ts';

describe('a wrong password', () => {
  it('lets nobody in at the example realm', async () => {
    const clock = new ManualClock();
    const stack: readonly StackEntry[] = [
      { flag: 'requisite', definition: lockout(clock) },
      { flag: 'sufficient', definition: source('local', { alice: 'plain:right' }) },
      { flag: 'sufficient', definition: source('campus', { alice: 'plain:right' }), fallThrough: 'unknown-user' },
      { flag: 'sufficient', definition: source('guests', { alice: 'plain:right' }) },
    ];
    const realm = new Fixture(stack, [], clock);
    const kinds: string[] = [];
    for (const password of ['wrong', '', 'plain:right', 'x'.repeat(5_000)]) {
      kinds.push((await realm.login({ name: 'alice', password })).kind);
    }
    recordFigure('wrong-passwords-admitted', kinds.length, kinds.filter((kind) => kind !== 'refused').length);
    assert.deepEqual(new Set(kinds), new Set(['refused']));
    assert.equal((await realm.login({ name: 'alice', password: 'right' })).kind, 'authenticated');
  });

  it('lets nobody in at 200 random stacks of up to six modules', async () => {
    const { tried, admitted } = await wrongPasswords(200);
    recordFigure('wrong-passwords-admitted', tried, admitted.length);
    assert.deepEqual(admitted, []);
  });
});
