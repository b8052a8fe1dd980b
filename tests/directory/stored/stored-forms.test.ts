/** The stored forms read back as what was written, and nothing else is read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../../../src/base/index.ts';
import { decodeEntry, encodeEntry } from '../../../src/directory/stored/entry-form.ts';
import {
  ALWAYS,
  decodeMemberKey,
  decodePeriod,
  encodeMemberKey,
  encodePeriod,
  type Member,
} from '../../../src/directory/stored/member-form.ts';
import { formatUuid, isNilUuid, NIL_UUID, parseUuid, UuidSource } from '../../../src/directory/stored/uuid.ts';

const octets = (min = 0, max = 300) => fc.uint8Array({ minLength: min, maxLength: max });
const uuid = octets(16, 16);
const attributes = fc.array(
  fc.record({ description: fc.string({ minLength: 1 }), values: fc.array(octets(), { minLength: 1, maxLength: 4 }) }),
  { maxLength: 5 },
);
const entry = fc.record({ parent: uuid, rdn: fc.string(), user: attributes, operational: attributes });
const member: fc.Arbitrary<Member> = fc.oneof(
  uuid.map((value): Member => ({ kind: 'entry', uuid: value })),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((uid): Member => ({ kind: 'uid', uid })),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((name): Member => ({ kind: 'name', name })),
);

function hex(list: readonly { readonly description: string; readonly values: readonly Uint8Array[] }[]) {
  return list.map(({ description, values }) => [
    description,
    ...values.map((value) => Buffer.from(value).toString('hex')),
  ]);
}

describe('the stored form of an entry', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(entry, (value) => {
        const read = decodeEntry(encodeEntry(value))!;
        assert.deepEqual(Buffer.from(read.parent), Buffer.from(value.parent));
        assert.equal(read.rdn, value.rdn);
        assert.deepEqual(hex(read.user), hex(value.user));
        assert.deepEqual(hex(read.operational), hex(value.operational));
      }),
    );
  });

  it('is the octets of a search answer', () => {
    const encoded = encodeEntry({
      parent: NIL_UUID,
      rdn: 'dc=x',
      user: [{ description: 'dc', values: [Buffer.from('x')] }],
      operational: [],
    });
    assert.equal(
      Buffer.from(encoded.subarray(16)).toString('hex'),
      '040464633d78' + '300b300904026463' + '3103040178' + '3000',
    );
  });

  it('is not read from octets that are cut off, changed or longer', () => {
    fc.assert(
      fc.property(entry, fc.nat(), (value, cut) => {
        const encoded = encodeEntry(value);
        assert.equal(decodeEntry(encoded.subarray(0, cut % encoded.length)), undefined);
        assert.equal(decodeEntry(Buffer.concat([encoded, Buffer.of(0)])), undefined);
      }),
    );
  });

  it('never throws, whatever the octets', () => {
    fc.assert(
      fc.property(octets(), (value) => void decodeEntry(value)),
      { numRuns: 1000 },
    );
  });
});

describe('the stored form of a membership', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(uuid, member, (group, value) => {
        const key = encodeMemberKey(group, value);
        const read = decodeMemberKey(key)!;
        assert.equal(read.member.kind, value.kind);
        assert.deepEqual(encodeMemberKey(read.group, read.member), key);
        if (value.kind === 'uid') assert.deepEqual(read.member, value);
      }),
    );
  });

  it('takes 33 octets and no value when it has no dates', () => {
    assert.equal(encodeMemberKey(NIL_UUID, { kind: 'entry', uuid: NIL_UUID }).length, 33);
    assert.equal(encodePeriod(ALWAYS).length, 0);
  });

  it('keeps dates, open on either side', () => {
    for (const period of [
      ALWAYS,
      { start: 5, end: Number.POSITIVE_INFINITY },
      { start: Number.NEGATIVE_INFINITY, end: 1.5e12 },
    ]) {
      assert.deepEqual(decodePeriod(encodePeriod(period)), period);
    }
  });

  it('is not read from other octets', () => {
    for (const key of [
      '',
      '00'.repeat(16),
      `${'00'.repeat(16)}01aa`,
      `${'00'.repeat(16)}02`,
      `${'00'.repeat(16)}02ff`,
      `${'00'.repeat(16)}0441`,
    ]) {
      assert.equal(decodeMemberKey(Buffer.from(key, 'hex')), undefined, key);
    }
    for (const value of ['00', 'ff'.repeat(16), '00'.repeat(17)])
      assert.equal(decodePeriod(Buffer.from(value, 'hex')), undefined);
  });
});

describe('an identity', () => {
  it('is 122 random bits and a version', () => {
    assert.match(
      formatUuid(new UuidSource(systemRandom).next()),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('reads back from its text in any case', () => {
    const text = '597ae2f6-16a6-1027-98f4-d28b5365dc14';
    assert.equal(formatUuid(parseUuid(text.toUpperCase())!), text);
    assert.equal(parseUuid('597ae2f616a6102798f4d28b5365dc14'), undefined);
    assert.ok(isNilUuid(NIL_UUID) && !isNilUuid(parseUuid(text)!));
  });
});
