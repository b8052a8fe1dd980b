/** The response reader on hostile octets: it never throws, and its answer does not depend on how the octets were cut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bodyDecoder } from '../../../src/web/proxy/body-decoder.ts';
import { parseResponseHead } from '../../../src/web/proxy/response-head.ts';

function decode(octets: Buffer, cuts: readonly number[]): string {
  const decoder = bodyDecoder({ kind: 'chunked' })!;
  const parts: Buffer[] = [];
  let from = 0;
  for (const to of [...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length]) {
    const taken = decoder.decode(octets.subarray(from, to), parts);
    if (taken === 'bad') return 'bad';
    if (taken !== 'more') return `${Buffer.concat(parts).toString('latin1')} end at ${from + taken}`;
    from = to;
  }
  return `${Buffer.concat(parts).toString('latin1')} and on`;
}

describe('the chunked decoder', () => {
  const chunk = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 });

  it('gives back what was encoded, wherever it is cut, and stops at its end', () => {
    fc.assert(
      fc.property(fc.array(chunk), fc.array(fc.nat()), fc.string({ unit: 'binary-ascii' }), (chunks, cuts, after) => {
        const body = `${chunks.map((text) => `${text.length.toString(16)};ext="x"\r\n${text}\r\n`).join('')}0\r\nTrailer: x\r\n\r\n`;
        assert.equal(decode(Buffer.from(body + after, 'latin1'), cuts), `${chunks.join('')} end at ${body.length}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('answers the same for every cut of whatever octets', () => {
    const piece = fc.constantFrom('0', '5', 'a', '\r\n', '\r', '\n', ';', ' ', 'hello', '\0', '-', 'f', 'fffffff');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 6 }), (pieces, cuts) => {
        const octets = Buffer.from(pieces.join(''), 'latin1');
        assert.equal(decode(octets, cuts), decode(octets, []));
      }),
      { numRuns: 10_000 },
    );
  });

  it('bounds sizes, extensions and trailers', () => {
    for (const octets of ['0'.repeat(13), `1;${'x'.repeat(2_000)}`, `0\r\n${'x: y\r\n'.repeat(2_000)}`])
      assert.equal(decode(Buffer.from(octets), []), 'bad');
  });
});

describe('parseResponseHead', () => {
  it('never throws, and what it accepts holds no line end and one framing', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1',
      'HTTP/1.0',
      ' ',
      '200',
      '101',
      'OK',
      '\r\n',
      '\n',
      '\r',
      ':',
      'Content-Length',
      'Transfer-Encoding',
      'chunked',
      '5',
      ',',
      'Connection',
      'close',
      '\t',
      '\0',
      'X',
      'é',
      '__proto__',
    );
    const line = fc.constantFrom(
      'Content-Length: 5',
      'Content-Length: 6',
      'Transfer-Encoding: chunked',
      'Connection: X, close',
      'X: y',
      '__proto__: z',
      'Keep-Alive: timeout=5',
    );
    const head = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
      fc
        .tuple(fc.array(line, { maxLength: 6 }), fc.array(piece, { maxLength: 3 }))
        .map(([lines, odd]) => ['HTTP/1.1 200 OK', ...lines, odd.join('')].join('\r\n')),
    );
    fc.assert(
      fc.property(head, fc.constantFrom('GET', 'HEAD', 'POST'), (text, method) => {
        const answer = parseResponseHead(text, method);
        if (answer === undefined) return;
        assert.ok(answer.headers.every((part) => !/[\r\n\0]/.test(part)));
        assert.ok(answer.status >= 100 && answer.status < 600 && answer.headers.length % 2 === 0);
        const framings = text.split('\r\n').filter((at) => /^(?:content-length|transfer-encoding):/i.test(at));
        assert.ok(framings.length <= 1);
      }),
      { numRuns: 20_000 },
    );
  });

  it('keeps the last octet of a UTF-8 letter', () => {
    assert.deepEqual(parseResponseHead('HTTP/1.1 200 OK\r\nX:\t  voil\xc3\xa0 \t', 'GET')?.headers, [
      'X',
      'voil\xc3\xa0',
    ]);
  });
});
