/** Registrations come and go in any order, also while they are being walked through. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Registrations } from '../../src/base/index.ts';

describe('Registrations', () => {
  it('holds what a list would hold, in order of registration', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20))), (steps) => {
        const registrations = new Registrations<number>();
        const expected: number[] = [];
        const leaves = new Map<number, () => void>();
        steps.forEach((leaving, step) => {
          if (leaving === null) {
            leaves.set(step, registrations.add(step));
            expected.push(step);
          } else {
            leaves.get(leaving)?.();
            const at = expected.indexOf(leaving);
            if (at !== -1) expected.splice(at, 1);
          }
          assert.deepEqual([...registrations], expected);
          assert.equal(registrations.isEmpty, expected.length === 0);
        });
      }),
    );
  });

  it('may be left twice', () => {
    const registrations = new Registrations<string>();
    const leave = registrations.add('first');
    registrations.add('second');
    leave();
    leave();
    assert.deepEqual([...registrations], ['second']);
  });

  it('passes over what leaves before its turn, and does not come to what joins meanwhile', () => {
    const registrations = new Registrations<string>();
    const leaves = ['a', 'b', 'c'].map((value) => registrations.add(value));
    const seen: string[] = [];
    for (const value of registrations) {
      seen.push(value);
      leaves[1]!();
      registrations.add('late');
    }
    assert.deepEqual(seen, ['a', 'c']);
  });
});
