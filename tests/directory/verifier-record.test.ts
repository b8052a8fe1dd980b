/** The stored forms of passwords: both ways, and octets that are none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeAppPassword,
  decodePassword,
  encodeAppPassword,
  encodePassword,
} from '../../src/directory/verifier/verifier-record.ts';

const instant = fc.integer({ min: 0, max: 2 ** 46 });
const text = fc.string({ unit: 'grapheme' });

describe('the stored form of a password', () => {
  it('is read as it was written', () => {
    const record = fc.record(
      { changedAt: instant, forms: fc.array(text), history: fc.array(text) },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(record, (password) => assert.deepEqual(decodePassword(encodePassword(password)), password)));
  });

  it('of one bound to a service is read as it was written', () => {
    const record = fc.record(
      {
        digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        service: text,
        label: text,
        createdAt: instant,
        lastUsedAt: fc.option(instant, { nil: undefined }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(record, (password) => {
        const read = decodeAppPassword(encodeAppPassword(password));
        assert.deepEqual(read && { ...read, digest: Uint8Array.from(read.digest) }, password);
      }),
    );
  });

  it('is nothing when it is cut, longer, or any other octets', () => {
    const whole = encodePassword({ changedAt: 1, forms: ['{SSHA}x'], history: ['y'] });
    for (let length = 0; length < whole.length; length += 1) {
      assert.equal(decodePassword(whole.subarray(0, length)), undefined);
    }
    assert.equal(decodePassword(Buffer.concat([whole, Buffer.alloc(1)])), undefined);
    const newer = Uint8Array.from(whole);
    newer[2] = 2;
    assert.equal(decodePassword(newer), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        decodePassword(octets);
        decodeAppPassword(octets);
      }),
    );
  });
});
