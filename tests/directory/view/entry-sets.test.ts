import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EntrySets } from '../../../src/directory/view/entry-sets.ts';
import { keyOfPair } from '../../../src/directory/view/key-hash.ts';
import { KeyIndex } from '../../../src/directory/view/key-index.ts';
import { Dice } from '../search/random-directory.ts';

function contents(sets: EntrySets, ref: number): number[] {
  const entries: number[] = [];
  for (let entry = sets.next(ref, -1); entry >= 0; entry = sets.next(ref, entry)) entries.push(entry);
  return entries;
}

const sorted = (set: Iterable<number>) => [...set].sort((a, b) => a - b);

describe('a set of entries', () => {
  it('is what was added and not removed, in every form that it takes while it grows and shrinks', () => {
    const sets = new EntrySets();
    sets.expect(20_000);
    const dice = new Dice(3);
    // Each set has its own taste for size, so that single entries, lists and bitmaps live beside each other.
    const models = Array.from({ length: 30 }, (_, index) => ({
      ref: 0,
      set: new Set<number>(),
      most: 2 ** (index / 2),
    }));
    for (let step = 0; step < 200_000; step += 1) {
      const model = dice.pick(models);
      const entry = dice.below(20_000);
      if (model.set.size < model.most && dice.chance(70)) {
        model.ref = sets.add(model.ref, entry);
        model.set.add(entry);
      } else {
        const gone = dice.chance(80) ? (model.set.values().next().value ?? entry) : entry;
        model.ref = sets.remove(model.ref, gone);
        model.set.delete(gone);
      }
    }
    for (const { ref, set } of models) {
      assert.equal(sets.count(ref), set.size);
      assert.deepEqual(contents(sets, ref), sorted(set));
      for (let entry = 0; entry < 20_000; entry += 97) assert.equal(sets.has(ref, entry), set.has(entry));
    }
    for (const model of models) {
      for (const entry of model.set) model.ref = sets.remove(model.ref, entry);
      assert.equal(model.ref, 0, 'an empty set is the empty set');
    }
  });

  it('changes nothing when an entry is added twice or removed twice', () => {
    const sets = new EntrySets();
    let ref = 0;
    for (const entry of [5, 5, 1, 1, 9, 5]) ref = sets.add(ref, entry);
    assert.deepEqual(contents(sets, ref), [1, 5, 9]);
    for (const entry of [5, 5, 7]) ref = sets.remove(ref, entry);
    assert.deepEqual(contents(sets, ref), [1, 9]);
  });

  it('can be read on from where a reader stopped, after it changed', () => {
    const sets = new EntrySets();
    sets.expect(100_000);
    let ref = 0;
    for (let entry = 0; entry < 5000; entry += 1) ref = sets.add(ref, entry * 2);
    const at = sets.next(ref, 4000);
    assert.equal(at, 4002);
    for (let entry = 0; entry < 4990; entry += 1) ref = sets.remove(ref, entry * 2);
    assert.equal(sets.next(ref, at), 9980);
  });
});

describe('the index of keys', () => {
  it('leads to the entries of each key, while tables grow and keys go', () => {
    const sets = new EntrySets();
    const index = new KeyIndex(sets);
    const dice = new Dice(5);
    const model = new Map<number, Set<number>>();
    const keyOf = (number: number) => (number < 50 ? number : keyOfPair(number, 1));
    for (let step = 0; step < 120_000; step += 1) {
      if (step === 40_000) index.gather();
      if (step === 60_000) index.settle();
      const key = keyOf(dice.below(20_000));
      const entry = dice.below(5);
      const entries = model.get(key) ?? new Set();
      model.set(key, entries);
      const gathering = step >= 40_000 && step < 60_000;
      if (gathering || dice.chance(60)) {
        index.add(key, entry);
        entries.add(entry);
      } else {
        index.remove(key, entry);
        entries.delete(entry);
      }
    }
    for (const [key, entries] of model) assert.deepEqual(contents(sets, index.get(key)), sorted(entries));
    for (let number = 20_000; number < 21_000; number += 1) assert.equal(index.get(keyOf(number)), 0);
  });
});
