/** Nobody is let in with a wrong password, at 200,000 random stacks. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wrongPasswords } from '../realm/random-stacks.ts';
import { recordFigure } from '../support/figure.ts';

it('a wrong password lets nobody in at 200,000 random stacks', async () => {
  const { tried, admitted } = await wrongPasswords(200_000);
  recordFigure('wrong-passwords-admitted', tried, admitted.length);
  assert.deepEqual(admitted.slice(0, 20), []);
});
