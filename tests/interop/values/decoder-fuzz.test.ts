/** Every decoder of x500 before 20,000 broken inputs; tests/campaign has ten million (RELIABILITY S34, S36). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordFigure } from '../../support/figure.ts';
import { DECODERS, fuzzDecoders } from '../../x500/decoder-fuzz.ts';

it('no decoder throws, hangs, or gives a value that is not the same when written and read again', () => {
  const { tried, wrong } = fuzzDecoders(20_000, 1);
  recordFigure('decoder-cases', tried, wrong.length);
  assert.deepEqual(wrong, []);
});

it('every decoder takes what the broken inputs are made of, and every cut of it', () => {
  for (const { name, seeds, run } of DECODERS)
    for (const seed of seeds)
      for (let end = 0; end <= seed.length; end += 1)
        assert.equal(run(seed.subarray(0, end)), undefined, `${name}: ${seed.subarray(0, end).toString('hex')}`);
});
