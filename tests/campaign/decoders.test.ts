/** Every decoder of x500 before ten million broken inputs. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordFigure } from '../support/figure.ts';
import { fuzzDecoders } from '../x500/decoder-fuzz.ts';

it('no decoder throws, hangs, or gives a value that is not the same when written and read again, ten million times', () => {
  const { tried, wrong } = fuzzDecoders(10_000_000, 20_260_101);
  recordFigure('decoder-cases', tried, wrong.length);
  assert.deepEqual(wrong, []);
});
