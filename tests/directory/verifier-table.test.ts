/** The memory of passwords against a Map, and what becomes of what is overwritten. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { VerifierTable } from '../../src/directory/verifier/verifier-table.ts';

const keyOf = (number: number): Uint8Array => {
  const key = Buffer.alloc(17);
  key.writeUInt32BE(number, 3);
  return key;
};

describe('the table of verifiers', () => {
  it('holds what a Map holds, whatever is set and deleted', () => {
    const step = fc.record({ key: fc.nat(40), value: fc.option(fc.uint8Array({ maxLength: 300 })) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new VerifierTable();
        const model = new Map<number, Uint8Array>();
        for (const { key, value } of steps) {
          if (value === null) {
            table.delete(keyOf(key));
            model.delete(key);
          } else {
            table.set(keyOf(key), value);
            model.set(key, value);
          }
        }
        assert.equal(table.size, model.size);
        for (let key = 0; key <= 40; key += 1) {
          const held = table.get(keyOf(key));
          assert.deepEqual(held && Buffer.from(held), model.has(key) ? Buffer.from(model.get(key)!) : undefined);
        }
        const listed = [...table.entries()].map(([key, value]) => `${key.toString()} ${value.toString('hex')}`).sort();
        const wanted = [...model].map(
          ([key, value]) => `${keyOf(key).toString()} ${Buffer.from(value).toString('hex')}`,
        );
        assert.deepEqual(listed, wanted.sort());
      }),
    );
  });

  it('finds each of many thousands, and lets the room of old values go', () => {
    const table = new VerifierTable();
    const value = (round: number, number: number) => Buffer.from(`${round}:${number}:`.padEnd(150, 'x'));
    for (let round = 0; round < 20; round += 1) {
      for (let number = 0; number < 20_000; number += 1) table.set(keyOf(number), value(round, number));
    }
    for (let number = 0; number < 20_000; number += 2) table.delete(keyOf(number));
    assert.equal(table.size, 10_000);
    for (let number = 0; number < 20_000; number += 1) {
      assert.deepEqual(table.get(keyOf(number)), number % 2 === 0 ? undefined : value(19, number));
    }
    assert.ok(table.octets < 12_000_000, `${table.octets}`);
  });

  it('wipes a value that is replaced', () => {
    const table = new VerifierTable();
    table.set(keyOf(1), Buffer.from('the old one'));
    const old = table.get(keyOf(1))!;
    table.set(keyOf(1), Buffer.from('the new one'));
    assert.deepEqual(old, Buffer.alloc(11));
    table.delete(keyOf(1));
    assert.equal(table.get(keyOf(1)), undefined);
  });

  it('refuses what no verifier is', () => {
    const table = new VerifierTable();
    assert.throws(() => table.set(Buffer.alloc(16), Buffer.alloc(1)), { code: 'DIRECTORY_VERIFIER' });
    assert.throws(() => table.set(Buffer.alloc(17), Buffer.alloc(70_000)), { code: 'DIRECTORY_VERIFIER' });
    table.delete(Buffer.alloc(3));
    assert.equal(table.get(Buffer.alloc(17)), undefined);
  });
});
