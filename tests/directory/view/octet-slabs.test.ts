import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OctetSlabs } from '../../../src/directory/view/octet-slabs.ts';
import { Dice } from '../search/random-directory.ts';

/** Records by owner, as they were put. */
class Owners {
  readonly slabs = new OctetSlabs();
  readonly #records = new Map<number, { location: number; octets: Buffer }>();

  put(owner: number, octets: Buffer): void {
    const before = this.#records.get(owner);
    this.#records.set(owner, { location: this.slabs.put(owner, octets), octets });
    if (before !== undefined) this.slabs.free(before.location);
    if (!this.slabs.untidy) return;
    this.slabs.tidy((moved, location) => {
      this.#records.get(moved)!.location = location;
    });
  }

  free(owner: number): void {
    const record = this.#records.get(owner);
    if (record !== undefined) this.slabs.free(record.location);
    this.#records.delete(owner);
  }

  check(): void {
    for (const { location, octets } of this.#records.values()) {
      const start = this.slabs.start(location);
      assert.equal(this.slabs.size(location), octets.length);
      assert.ok(
        this.slabs
          .octets(location)
          .subarray(start, start + octets.length)
          .equals(octets),
      );
    }
  }

  /** The owners that a walk over the slabs meets. */
  walked(): number[] {
    const owners: number[] = [];
    for (let slab = 0; slab < this.slabs.slabs; slab += 1) {
      const end = this.slabs.written(slab).length;
      for (let at = 0; at < end; at = this.slabs.recordEnd(slab, at)) {
        const owner = this.slabs.recordOwner(slab, at);
        if (owner < 0) continue;
        assert.equal(this.slabs.recordLocation(slab, at), this.#records.get(owner)!.location);
        owners.push(owner);
      }
    }
    return owners.sort((a, b) => a - b);
  }

  get owners(): number[] {
    return [...this.#records.keys()].sort((a, b) => a - b);
  }
}

describe('octet slabs', () => {
  it('keep what was put, whatever is freed and moved around it', () => {
    const owners = new Owners();
    const dice = new Dice(7);
    for (let step = 0; step < 30_000; step += 1) {
      const owner = dice.below(4000);
      if (dice.chance(20)) owners.free(owner);
      else owners.put(owner, Buffer.alloc(dice.chance(1) ? dice.below(500_000) : dice.below(3000), step));
      if (step % 5000 === 0) owners.check();
    }
    owners.check();
    assert.deepEqual(owners.walked(), owners.owners);
  });

  it('do not grow when records are written over a million times', () => {
    const owners = new Owners();
    const dice = new Dice(11);
    const record = Buffer.alloc(900, 1);
    const replace = (times: number) => {
      for (let count = 0; count < times; count += 1) {
        owners.put(dice.below(5000), record.subarray(0, 500 + dice.below(400)));
      }
    };
    replace(50_000);
    const settled = owners.slabs.capacity;
    replace(950_000);
    assert.ok(owners.slabs.capacity <= settled * 1.25 + (2 << 20), `${settled} became ${owners.slabs.capacity}`);
  });

  it('give the memory of what is deleted back', () => {
    const owners = new Owners();
    for (let owner = 0; owner < 20_000; owner += 1) owners.put(owner, Buffer.alloc(1000));
    const full = owners.slabs.capacity;
    for (let owner = 0; owner < 20_000; owner += 1) if (owner % 100 !== 0) owners.free(owner);
    for (let step = 0; step < 200; step += 1) owners.put(0, Buffer.alloc(1000));
    assert.ok(owners.slabs.capacity < full / 3, `${full} became ${owners.slabs.capacity}`);
    owners.check();
  });

  it('hold a record larger than a slab', () => {
    const owners = new Owners();
    const large = Buffer.alloc(5 << 20, 9);
    owners.put(1, large);
    owners.put(2, Buffer.from('small'));
    owners.check();
    owners.free(1);
    assert.ok(owners.slabs.capacity < 2 << 20);
    owners.check();
  });
});
