/** Office hours: inside or not, and when that changes, across clock changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type OfficeHours, parseOfficeHours } from '../../src/realm/index.ts';

const hoursOf = (text: string): OfficeHours => {
  const parsed = parseOfficeHours(text);
  assert.ok(parsed.kind === 'hours', parsed.kind === 'malformed' ? parsed.message : '');
  return parsed.hours;
};
const at = (text: string) => Date.parse(text);
const isInside = (hours: OfficeHours, text: string) => hours.isValid(undefined, at(text));
const changesOf = (rule: string, from: string, count: number): readonly string[] => {
  const hours = hoursOf(rule);
  const changes: string[] = [];
  for (let now: number | undefined = at(from); changes.length < count; ) {
    now = hours.nextChange(now);
    if (now === undefined) break;
    changes.push(`${new Date(now).toISOString().slice(0, 16)} ${hours.isValid(undefined, now) ? 'in' : 'out'}`);
  }
  return changes;
};

describe('office hours', () => {
  it('hold from the first minute to the last, on the days named', () => {
    const hours = hoursOf('Mon-Fri 09:00-17:00 Europe/Brussels');
    assert.equal(isInside(hours, '2026-11-20T07:59:59.999Z'), false);
    assert.equal(isInside(hours, '2026-11-20T08:00:00Z'), true);
    assert.equal(isInside(hours, '2026-11-20T15:59:59.999Z'), true);
    assert.equal(isInside(hours, '2026-11-20T16:00:00Z'), false);
    assert.equal(isInside(hours, '2026-11-21T12:00:00Z'), false, 'Saturday');
    assert.equal(isInside(hours, '2026-07-20T07:00:00Z'), true, 'summer time');
  });

  it('change at the same local time before and after a clock change', () => {
    assert.deepEqual(changesOf('Mon-Fri 09:00-17:00 Europe/Brussels', '2026-10-23T12:00:00Z', 3), [
      '2026-10-23T15:00 out',
      '2026-10-26T08:00 in',
      '2026-10-26T16:00 out',
    ]);
    assert.deepEqual(changesOf('Mon-Fri 09:00-17:00 Europe/Brussels', '2026-03-27T12:00:00Z', 2), [
      '2026-03-27T16:00 out',
      '2026-03-30T07:00 in',
    ]);
  });

  it('begin at the change when their first minutes are skipped', () => {
    // 2026-03-29: 02:00 is followed by 03:00.
    assert.deepEqual(changesOf('Sun 02:30-03:30 Europe/Brussels', '2026-03-29T00:00:00Z', 2), [
      '2026-03-29T01:00 in',
      '2026-03-29T01:30 out',
    ]);
    assert.deepEqual(changesOf('Sun 02:10-02:50 Europe/Brussels', '2026-03-29T00:00:00Z', 1), ['2026-04-05T00:10 in']);
  });

  it('hold twice when their minutes are repeated', () => {
    // 2026-10-25: 03:00 is followed by 02:00.
    assert.deepEqual(changesOf('Sun 02:10-02:50 Europe/Brussels', '2026-10-24T23:00:00Z', 4), [
      '2026-10-25T00:10 in',
      '2026-10-25T00:50 out',
      '2026-10-25T01:10 in',
      '2026-10-25T01:50 out',
    ]);
    assert.deepEqual(changesOf('Sun 00:00-02:30 Europe/Brussels', '2026-10-24T23:00:00Z', 3), [
      '2026-10-25T00:30 out',
      '2026-10-25T01:00 in',
      '2026-10-25T01:30 out',
    ]);
  });

  it('know clock changes of half an hour and offsets of three quarters', () => {
    assert.deepEqual(changesOf('Sun 02:10-02:20 Australia/Lord_Howe', '2026-10-03T14:00:00Z', 1), [
      '2026-10-10T15:10 in',
    ]);
    assert.deepEqual(changesOf('Mon 09:00-17:00 Asia/Kathmandu', '2026-11-23T00:00:00Z', 1), ['2026-11-23T03:15 in']);
  });

  it('may run over midnight, over the end of the week, and around it', () => {
    const night = hoursOf('Fri-Sun 22:00-06:00 UTC');
    assert.equal(isInside(night, '2026-11-20T23:00:00Z'), true, 'Friday night');
    assert.equal(isInside(night, '2026-11-23T05:59:00Z'), true, 'Monday morning');
    assert.equal(isInside(night, '2026-11-23T06:00:00Z'), false);
    assert.equal(isInside(night, '2026-11-20T05:00:00Z'), false, 'Friday morning');
    assert.equal(isInside(hoursOf('Sat-Mon 08:00-09:00 UTC'), '2026-11-23T08:30:00Z'), true);
    assert.equal(isInside(hoursOf('Sat-Mon 08:00-09:00 UTC'), '2026-11-24T08:30:00Z'), false);
  });

  it('may have several spans, which join where they touch', () => {
    assert.deepEqual(
      changesOf('Mon-Fri 09:00-12:00, Mon-Fri 12:00-17:00, Sat 10:00-12:00 UTC', '2026-11-20T10:00:00Z', 3),
      ['2026-11-20T17:00 out', '2026-11-21T10:00 in', '2026-11-21T12:00 out'],
    );
  });

  it('never change when they hold always', () => {
    assert.deepEqual(changesOf('Mon-Sun 00:00-24:00 Europe/Brussels', '2026-10-24T00:00:00Z', 1), []);
  });

  it('say what is wrong with a rule', () => {
    const wrong = [
      '',
      'Mon-Fri 09:00-17:00',
      'Mon-Fri 09:00-17:00 Mars/Olympus',
      'Mon-Fri 9-17 UTC',
      'Mon-Fri 09:00-25:00 UTC',
      'Mon-Fri 09:60-17:00 UTC',
      'Mon-Fri 09:00-09:00 UTC',
      'Mon-Fry 09:00-17:00 UTC',
      'Mon-Fri 09:00-17:00,, UTC',
      `${'Mon 09:00-17:00, '.repeat(100)}Mon 09:00-17:00 UTC`,
      '__proto__ 09:00-17:00 UTC',
    ];
    for (const text of wrong) assert.equal(parseOfficeHours(text).kind, 'malformed', text);
  });

  it('change next exactly when the next minute that differs begins', () => {
    const rules = [
      'Mon-Fri 09:00-17:00 Europe/Brussels',
      'Sat-Sun 01:30-03:10 America/New_York',
      'Sun 22:00-02:30 UTC',
    ];
    const start = at('2026-03-01T00:00:00Z');
    const days = fc.integer({ min: 0, max: 300 * 1_440 });
    fc.assert(
      fc.property(fc.constantFrom(...rules), days, (rule, minutes) => {
        const hours = hoursOf(rule);
        const now = start + minutes * 60_000;
        const change = hours.nextChange(now);
        assert.ok(change !== undefined && change > now);
        // A new one each time: without what it remembers.
        const inside = (instant: number) => hoursOf(rule).isValid(undefined, instant);
        assert.notEqual(inside(change), inside(now));
        assert.equal(inside(change - 1), inside(now));
        const between = now + Math.floor((change - now) / 2);
        assert.equal(inside(between), inside(now));
        assert.equal(hours.isValid(undefined, between), inside(between));
      }),
      { numRuns: 60 },
    );
  });
});
