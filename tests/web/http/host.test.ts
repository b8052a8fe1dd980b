/** S06: one rule for all spellings of a host, else 400 (CVE-2026-48794 Authelia). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  canonicalHost,
  effectivePort,
  formatAuthority,
  parseAuthority,
  requestAuthority,
} from '../../../src/web/http/host.ts';
import { anyCharacter } from '../../support/any-character.ts';

describe('canonicalHost', () => {
  it('folds every spelling of one host', () => {
    for (const spelling of ['app.example.org', 'App.Example.ORG', 'app.example.org.', 'APP.EXAMPLE.ORG.']) {
      assert.equal(canonicalHost(spelling), 'app.example.org', spelling);
    }
    for (const spelling of ['bücher.example', 'BÜCHER.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.Example.']) {
      assert.equal(canonicalHost(spelling), 'xn--bcher-kva.example', spelling);
    }
    for (const spelling of ['[2001:DB8::1]', '[2001:db8:0:0:0:0:0:1]', '[2001:0db8::0001]']) {
      assert.equal(canonicalHost(spelling), '[2001:db8::1]', spelling);
    }
    assert.equal(canonicalHost('127.0.0.1'), '127.0.0.1');
    assert.equal(canonicalHost('localhost'), 'localhost');
  });

  it('knows no host in what is none, or is one only to some', () => {
    const none = [
      '',
      '.',
      '..',
      'a..b',
      '-a.example',
      'a-.example',
      'a b',
      'a/b',
      'a@b',
      'a:80',
      'a%2eb',
      'a\0b',
      'a\r\nb',
      'a,b',
    ];
    const numeric = ['127.1', '0x7f.1', '2130706433', '0177.0.0.1', '1.2.3.256', '1.2.3.4.5', 'a.0x1', '127.0.0.1.'];
    const bracketed = [
      '[]',
      '[::1',
      '::1',
      '[::1%25eth0]',
      '[127.0.0.1]',
      '[::1]x',
      'xn--',
      `${'a'.repeat(64)}.example`,
    ];
    for (const text of [...none, ...numeric, ...bracketed, `${'a.'.repeat(127)}a`.repeat(2)]) {
      assert.equal(canonicalHost(text), undefined, JSON.stringify(text));
    }
  });

  it('is idempotent on whatever it accepts', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: anyCharacter }),
          fc.domain(),
          fc.ipV6().map((a) => `[${a}]`),
        ),
        (text) => {
          const host = canonicalHost(text);
          return host === undefined || canonicalHost(host) === host;
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('an authority', () => {
  it('keeps the port beside the host', () => {
    assert.deepEqual(parseAuthority('App.example:8080'), { host: 'app.example', port: 8080 });
    assert.deepEqual(parseAuthority('[::1]:443'), { host: '[::1]', port: 443 });
    assert.deepEqual(parseAuthority('app.example'), { host: 'app.example', port: undefined });
    for (const text of ['a:', 'a:0', 'a:65536', 'a:8080x', 'a:-1', 'a:80:80', 'u@a', 'a:123456']) {
      assert.equal(parseAuthority(text), undefined, text);
    }
  });

  it('is written without the default port of its scheme only', () => {
    const authority = parseAuthority('app.example:80')!;
    assert.equal(formatAuthority(authority, 'http'), 'app.example');
    assert.equal(formatAuthority(authority, 'https'), 'app.example:80');
    assert.equal(effectivePort(parseAuthority('app.example')!, 'https'), 443);
  });
});

describe('requestAuthority', () => {
  it('reads the one Host header', () => {
    assert.deepEqual(requestAuthority(['HOST', 'App.Example:81'], '/x'), { host: 'app.example', port: 81 });
  });

  it('answers ambiguous for none, several, or no host', () => {
    for (const headers of [
      [],
      ['Host', 'a', 'host', 'a'],
      ['Host', ''],
      ['Host', 'a b'],
      ['Host', 'a, b'],
      ['Host', 'b\xfccher.example'],
    ]) {
      assert.equal(requestAuthority(headers, '/'), 'ambiguous', JSON.stringify(headers));
    }
  });

  it('lets an absolute-form target only agree', () => {
    assert.deepEqual(requestAuthority(['Host', 'a.example'], 'http://A.example/x'), {
      host: 'a.example',
      port: undefined,
    });
    for (const target of [
      'http://b.example/x',
      'http://a.example:81/x',
      'http://a.example@b/x',
      'http:///x',
      'ftp://a.example/',
      'http:/x',
      'HTTP://',
    ]) {
      assert.equal(requestAuthority(['Host', 'a.example'], target), 'ambiguous', target);
    }
  });
});
