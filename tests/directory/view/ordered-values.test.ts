import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NumberList } from '../../../src/directory/view/number-list.ts';
import { OctetSlabs } from '../../../src/directory/view/octet-slabs.ts';
import { OctetSort } from '../../../src/directory/view/octet-sort.ts';
import { OrderedValues } from '../../../src/directory/view/ordered-values.ts';
import { hasPattern } from '../../../src/directory/view/substring-pattern.ts';
import { Dice } from '../search/random-directory.ts';

/** Values with much in common at their beginning, some with zero octets, some empty. */
function someOctets(dice: Dice): Buffer {
  const common = dice.pick(['', 'a', 'user', 'user0000', '/srv/people/staff/', 'x'.repeat(300)]);
  const rest = Array.from({ length: dice.below(6) }, () => dice.pick([0, 0, 1, 0x61, 0x62, 0xff]));
  return Buffer.concat([Buffer.from(common), Buffer.from(rest)]);
}

describe('sorting by octets', () => {
  it('is the order of memcmp, a beginning before the whole, and keeps equals as they stood', () => {
    const dice = new Dice(2);
    for (const size of [0, 1, 30, 5000]) {
      const slabs = new OctetSlabs();
      const values = Array.from({ length: size }, () => someOctets(dice));
      const locations = Uint32Array.from(values, (value, number) => slabs.put(number, value));
      const numbers = Int32Array.from(values, (_, number) => number);
      new OctetSort(slabs, locations).sort(numbers);
      const expected = values
        .map((value, number) => ({ value, number }))
        .sort((a, b) => Buffer.compare(a.value, b.value) || a.number - b.number);
      assert.deepEqual(
        [...numbers],
        expected.map(({ number }) => number),
      );
    }
  });
});

describe('an ordering index', () => {
  const pattern = { initial: Buffer.from('u'), any: [Buffer.from('a')], final: undefined };

  function check(index: OrderedValues, model: ReadonlyMap<string, { value: Buffer; entry: number }>): void {
    const all = [...model.values()];
    const entries = (list: NumberList) => [...list.view()].sort((a, b) => a - b);
    const expected = (holds: (value: Buffer) => boolean) =>
      all
        .filter(({ value }) => holds(value))
        .map(({ entry }) => entry)
        .sort((a, b) => a - b);
    const dice = new Dice(9);
    for (let round = 0; round < 40; round += 1) {
      const bound = someOctets(dice);
      const ranges = [
        [index.notBefore(bound), index.end, (value: Buffer) => Buffer.compare(value, bound) >= 0],
        [index.first, index.behind(bound), (value: Buffer) => Buffer.compare(value, bound) <= 0],
        [
          index.notBefore(bound),
          index.behindPrefix(bound),
          (value: Buffer) => value.subarray(0, bound.length).equals(bound),
        ],
      ] as const;
      for (const [from, to, holds] of ranges) {
        const found = new NumberList();
        index.entriesBetween(from, to, found);
        assert.deepEqual(entries(found), expected(holds));
        assert.equal(index.count(from, to), found.length);
      }
    }
    for (const pieces of [
      pattern,
      { initial: undefined, any: [Buffer.from('ser0'), Buffer.from('a')], final: undefined },
    ]) {
      const found = new NumberList();
      index.entriesWith(pieces, found);
      assert.deepEqual(
        entries(found),
        expected((value) => hasPattern(value, 0, value.length, pieces)),
      );
    }
  }

  it('answers ranges and pieces while values come and go', () => {
    const dice = new Dice(4);
    const index = new OrderedValues();
    const model = new Map<string, { value: Buffer; entry: number }>();
    const keep = (entry: number, value: Buffer) => model.set(`${entry} ${value.toString('hex')}`, { value, entry });
    for (let entry = 0; entry < 3000; entry += 1) {
      const value = someOctets(dice);
      index.insert(entry, value);
      keep(entry, value);
    }
    check(index, model);
    for (let step = 0; step < 20_000; step += 1) {
      const value = someOctets(dice);
      const entry = dice.below(3000);
      const known = model.has(`${entry} ${value.toString('hex')}`);
      if (known || dice.chance(45)) {
        index.remove(entry, value);
        model.delete(`${entry} ${value.toString('hex')}`);
      } else {
        index.insert(entry, value);
        keep(entry, value);
      }
    }
    check(index, model);
    for (const { value, entry } of model.values()) index.remove(entry, value);
    assert.equal(index.count(index.first, index.end), 0);
    check(index, new Map());
  });
});
