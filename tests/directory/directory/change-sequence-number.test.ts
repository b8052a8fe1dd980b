/** Change sequence numbers order all changes, whatever the clock does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CsnSource, parseCsn } from '../../../src/directory/change-sequence-number.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('change sequence numbers', () => {
  it('have the form of OpenLDAP', () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 22, 12, 1, 29, 123));
    assert.equal(new CsnSource(clock, 0xabc).next(), '20261122120129.123000Z#000000#abc#000000');
  });

  it('strictly grow while the clock stands still, moves and jumps back', () => {
    const clock = new ManualClock();
    const source = new CsnSource(clock);
    let last = source.next();
    for (const jump of [0, 0, 1, -86_400_000, 0, 86_400_000 * 366, 0, -1]) {
      clock.jump(clock.now() + jump);
      const next = source.next();
      assert.ok(next > last, `${next} after ${last}`);
      last = next;
    }
  });

  it('go on after the last one of an earlier run', () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const source = new CsnSource(clock);
    source.observe(parseCsn('20300101000000.000000Z#00000a#000#000000')!);
    assert.equal(source.next(), '20300101000000.000000Z#00000b#000#000000');
    source.observe(parseCsn('20290101000000.000000Z#000000#000#000000')!);
    assert.equal(source.next(), '20300101000000.000000Z#00000c#000#000000');
  });

  it('go on when an instant has no count left', () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const source = new CsnSource(clock);
    source.observe(parseCsn('20300101235959.999999Z#ffffff#000#000000')!);
    const next = source.next();
    assert.ok(next > '20300101235959.999999Z#ffffff#000#000000');
    assert.ok(parseCsn(next) !== undefined);
    assert.ok(source.next() > next);
  });

  it('are read from nothing but their own form', () => {
    for (const text of [
      '',
      '20261122120129Z',
      '20261122120129.123456Z#00000#000#000000',
      ' 20261122120129.123456Z#000000#000#000000',
    ]) {
      assert.equal(parseCsn(text), undefined);
    }
  });
});
