import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MessageFramer } from '../../../src/ldap/door/codec/message-framer.ts';
import { BASE_MESSAGES } from '../../support/ldap-base-messages.ts';
import { element, octetString } from '../../support/ldap-wire.ts';

const LIMIT = 64 * 1024;

/** The messages that come out when octets come in these pieces, and how it ends. */
function framed(pieces: readonly Buffer[], limit = LIMIT): { messages: Buffer[]; end: 'more' | 'broken' } {
  const framer = new MessageFramer();
  const messages: Buffer[] = [];
  for (const piece of pieces) {
    framer.push(piece);
    for (;;) {
      const found = framer.next(limit);
      if (found === 'broken') return { messages, end: found };
      if (found === 'more') break;
      messages.push(Buffer.from(framer.source.subarray(framer.start, framer.end)));
    }
  }
  return { messages, end: 'more' };
}

function cut(octets: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, index = 0; at < octets.length; index += 1) {
    const size = sizes[index % sizes.length]!;
    pieces.push(Buffer.from(octets.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

describe('a framer', () => {
  it('cuts the same messages out of octets however they come', () => {
    const stream = Buffer.concat(BASE_MESSAGES);
    for (const size of [1, 2, 3, 7, 64, 1000, stream.length]) {
      assert.deepEqual(framed(cut(stream, [size])).messages, BASE_MESSAGES, `in pieces of ${size}`);
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        assert.deepEqual(framed(cut(stream, sizes)).messages, BASE_MESSAGES);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps a message that later ones do not overwrite', () => {
    const framer = new MessageFramer();
    const kept: Buffer[] = [];
    for (const piece of cut(Buffer.concat(BASE_MESSAGES), [5])) {
      framer.push(piece);
      while (framer.next(LIMIT) === 'message') kept.push(framer.source.subarray(framer.start, framer.end));
    }
    assert.deepEqual(kept, BASE_MESSAGES);
  });

  it('takes a message of exactly the limit and none beyond, in one piece or in many', () => {
    const fits = element(0x30, Buffer.alloc(LIMIT - 4));
    const beyond = element(0x30, Buffer.alloc(LIMIT - 3));
    assert.equal(fits.length, LIMIT);
    for (const size of [LIMIT * 2, 1000]) {
      assert.deepEqual(framed(cut(fits, [size])).messages, [fits]);
      assert.deepEqual(framed(cut(beyond, [size])), { messages: [], end: 'broken' });
    }
  });

  it('is done with lengths that cannot be, and with what is no sequence, at the first octets', () => {
    for (const start of [
      '3080',
      '30847fffffff',
      '3088ffffffffffffffff',
      '308800000000',
      '31',
      '00',
      '0a',
      '47455420',
    ]) {
      assert.equal(framed([Buffer.from(start, 'hex')]).end, 'broken', start);
      assert.equal(framed(cut(Buffer.from(start, 'hex'), [1])).end, 'broken', `${start} octet by octet`);
    }
  });

  it('allocates for what came, not for what was announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    const framers = Array.from({ length: 100 }, () => {
      const framer = new MessageFramer();
      framer.push(Buffer.from('308400ffff00020101', 'hex'));
      assert.equal(framer.next(16 * 1024 * 1024), 'more');
      framer.push(Buffer.from('63', 'hex'));
      assert.equal(framer.next(16 * 1024 * 1024), 'more');
      return framer;
    });
    assert.ok(process.memoryUsage().arrayBuffers - before < framers.length * 4096);
  });

  it('reads a length that is not minimal, as Active Directory writes it', () => {
    const octets = Buffer.from('3084000000050201014200', 'hex');
    assert.deepEqual(framed([octets]).messages, [octets]);
  });

  it('puts a large message together that comes octet by octet', () => {
    const octets = element(0x30, octetString(Buffer.alloc(200_000)));
    assert.deepEqual(framed(cut(octets, [1]), 16 * 1024 * 1024).messages, [octets]);
  });
});
