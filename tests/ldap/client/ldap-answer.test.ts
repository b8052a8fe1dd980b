/** Only whole messages of a server are believed (RELIABILITY S34). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseLdapAnswer } from '../../../src/ldap/client/ldap-answer.ts';
import { ber, entry, message, result } from '../../support/fake-directory.ts';

describe('parseLdapAnswer', () => {
  const bindSuccess = result(2, 0x61, 0);
  const found = entry(3, 'uid=alice,dc=x', { uid: ['alice'], memberOf: ['cn=a', 'cn=b'] });

  it('reads the result that slapd sends for a bind', () => {
    assert.equal(bindSuccess.toString('hex'), '300c02010261070a010004000400');
    assert.deepEqual(parseLdapAnswer(bindSuccess), {
      messageId: 2,
      tag: 0x61,
      result: { resultCode: 0, diagnosticMessage: '' },
    });
    assert.deepEqual(parseLdapAnswer(result(7, 0x65, 4, 'size limit')), {
      messageId: 7,
      tag: 0x65,
      result: { resultCode: 4, diagnosticMessage: 'size limit' },
    });
    assert.deepEqual(parseLdapAnswer(found), { messageId: 3, tag: 0x64 });
    // Active Directory writes lengths in four octets.
    const long = Buffer.from('30840000001002010161840000000' + '70a010004000400', 'hex');
    assert.equal(parseLdapAnswer(long)?.result?.resultCode, 0);
  });

  it('refuses a result without a code, which would read as success', () => {
    for (const text of [
      '3005020102' + '6100',
      '300a0201026105' + '04000400',
      '30080201026103' + '0a0100',
      '300a0201026105' + '0a01000400',
      '300b0201026106' + '0a0004000400',
      '300c0201026107' + '02010004000400',
      '300c0201026107' + '0a01ff04000400',
    ]) {
      assert.equal(parseLdapAnswer(Buffer.from(text, 'hex')), undefined, text);
    }
  });

  it('refuses every truncation, and every message with something after it', () => {
    for (const whole of [bindSuccess, found]) {
      for (let length = 0; length < whole.length; length += 1) {
        assert.equal(parseLdapAnswer(whole.subarray(0, length)), undefined, `${length}`);
        // Cut, with the outer length made to fit.
        const cut = Buffer.from(whole.subarray(0, length));
        if (length > 2) cut[1] = length - 2;
        assert.equal(parseLdapAnswer(cut), undefined, `${length} refitted`);
      }
      assert.equal(parseLdapAnswer(Buffer.concat([whole, Buffer.from([0])])), undefined);
    }
    assert.equal(
      parseLdapAnswer(message(2, ber(0x61, ber(0x0a, Buffer.from([0])), ber(4), ber(4)), ber(0x04, 'x'))),
      undefined,
    );
    assert.equal(parseLdapAnswer(Buffer.from('3080020102', 'hex')), undefined, 'indefinite length');
    assert.equal(parseLdapAnswer(Buffer.from('3085010000000002', 'hex')), undefined, 'length of five octets');
  });

  it('never throws, whatever the octets', () => {
    const mutated = fc.tuple(fc.constantFrom(bindSuccess, found), fc.nat(), fc.nat(255)).map(([whole, at, octet]) => {
      const copy = Buffer.from(whole);
      copy[at % copy.length] = octet;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (octets) => {
        parseLdapAnswer(octets);
      }),
      { numRuns: 5_000 },
    );
  });
});
