/** Filters as BER: round trips, what is refused, limits, and the client library's encoder as a second opinion. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as ldapts from 'ldapts';
import {
  BerFault,
  BerReader,
  BerWriter,
  decodeBer,
  decodeFilter,
  encodeFilter,
  type Filter,
  formatFilter,
  parseFilter,
} from '../../src/x500/index.ts';
import { anyOctets, filterOf, PLAIN_NAMES } from './filter-value.ts';

function encode(filter: Filter): Uint8Array {
  const writer = new BerWriter();
  encodeFilter(writer, filter);
  return writer.take();
}
const decode = (octets: Uint8Array | string) =>
  decodeBer(typeof octets === 'string' ? Buffer.from(octets, 'hex') : octets, decodeFilter);
const faultOf = (octets: Uint8Array) => {
  try {
    decodeFilter(new BerReader(octets));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof BerFault);
    return error.kind;
  }
};
const nested = (depth: number): Filter =>
  depth === 1 ? { kind: 'present', attribute: 'cn' } : { kind: 'not', filter: nested(depth - 1) };

/** What the library reads the escapes of: it takes `\\c2\\80` for two characters. */
const readableText = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => !/[\u0080-\u009f]/.test(text))
  .map((text) => Buffer.from(text));

describe('a filter as BER', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(filterOf(anyOctets), (filter) => assert.deepEqual(decode(encode(filter)), filter)));
  });

  it('is what the client library writes for the same text', () => {
    fc.assert(
      fc.property(filterOf(readableText, PLAIN_NAMES), (filter) => {
        const text = formatFilter(filter);
        // The library has no empty `and` of RFC 4526.
        if (/\([&|]\)/.test(text)) return;
        const theirs = new ldapts.BerWriter();
        ldapts.FilterParser.parseString(text).write(theirs);
        assert.equal(Buffer.from(encode(filter)).toString('hex'), theirs.buffer.toString('hex'), text);
      }),
    );
  });

  it('is refused wherever it is cut off', () => {
    fc.assert(
      fc.property(filterOf(anyOctets), (filter) => {
        const octets = encode(filter);
        for (let end = 0; end < octets.length; end += 1) assert.equal(decode(octets.subarray(0, end)), undefined);
      }),
      { numRuns: 30 },
    );
  });

  it('is a filter or refused when octets are changed, never anything else', () => {
    fc.assert(
      fc.property(filterOf(anyOctets), fc.nat(), fc.nat(255), (filter, at, octet) => {
        const octets = encode(filter);
        octets[at % octets.length] = octet;
        const changed = decode(octets);
        if (changed === undefined) return;
        assert.deepEqual(decode(encode(changed)), changed);
        const text = parseFilter(formatFilter(changed));
        if (text !== undefined && !hasEmptyPiece(changed)) assert.deepEqual(text, changed);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the empty and and or of RFC 4526', () => {
    assert.deepEqual(decode('a000'), { kind: 'and', filters: [] });
    assert.deepEqual(decode('a100'), { kind: 'or', filters: [] });
  });

  it('refuses what RFC 4511 does not have', () => {
    for (const [hex, what] of [
      ['aa00', 'an unknown choice'],
      ['a200', 'not of nothing'],
      ['a2088702636e8702636e', 'not of two'],
      ['a3040402636e', 'an equality without a value'],
      ['a3080402636e04000400', 'an equality with more'],
      ['a4060402636e3000', 'substrings without pieces'],
      ['a40a0402636e3004820161' + '80', 'a piece cut off'],
      ['a40c0402636e3006820161800161', 'a final piece first'],
      ['a40c0402636e3006800161800161', 'two initial pieces'],
      ['a40c0402636e3006820161820161', 'two final pieces'],
      ['a903830161', 'neither rule nor attribute'],
      ['a9048202636e', 'no value'],
      ['a702636e', 'present as a constructed element'],
      ['870263ff', 'a description that is not UTF-8'],
    ] as const)
      assert.equal(decode(hex), undefined, what);
  });

  it('reads 64 levels and 10,000 nodes, and says that more is a limit and not malformed', () => {
    assert.deepEqual(decode(encode(nested(64))), nested(64));
    assert.equal(faultOf(encode(nested(65))), 'limit');
    assert.equal(faultOf(encode(nested(2000))), 'limit');
    const wide = (count: number): Filter => ({ kind: 'or', filters: Array.from({ length: count }, () => nested(1)) });
    assert.deepEqual(decode(encode(wide(9_999))), wide(9_999));
    assert.equal(faultOf(encode(wide(10_000))), 'limit');
    const pieces = Array.from({ length: 10_000 }, () => Buffer.from('a'));
    assert.equal(faultOf(encode({ kind: 'substrings', attribute: 'cn', any: pieces })), 'limit');
    assert.equal(faultOf(Buffer.from('a200', 'hex')), 'malformed');
  });

  it('keeps its shape as text when a description on the wire is none', () => {
    const octets = encode({ kind: 'equality', attribute: 'cn=*)(uid', value: Buffer.from('a') });
    assert.equal(formatFilter(decode(octets)!), '(cn\\3d\\2a\\29\\28uid=a)');
  });
});

function hasEmptyPiece(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.some(hasEmptyPiece);
    case 'not':
      return hasEmptyPiece(filter.filter);
    case 'substrings':
      return [filter.initial, ...filter.any, filter.final].some((piece) => piece?.length === 0);
    default:
      return false;
  }
}
