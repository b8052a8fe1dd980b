/**
 * S01 and S02: no spelling of an identity header passes, and Connection removes nothing that matters.
 * Real cases: CVE-2025-64484 oauth2-proxy, CVE-2015-0219 Django, CVE-2024-45410 Traefik, GHSA-7r4p-vjf4-gxv4 Caddy.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ASSERTION_HEADER,
  assertedHeaders,
  HEADER_PRESETS,
  NOBODY,
  PRESET_NAMES,
} from '../../../src/web/http/header-presets.ts';
import { decodeHeaderValue, encodeHeaderList, encodeHeaderValue } from '../../../src/web/http/header-value.ts';
import { isForgeable, protectNames, stripInbound } from '../../../src/web/http/identity-headers.ts';
import { anyCharacter } from '../../support/any-character.ts';

const names = protectNames(['X-Site-Person']);

describe('stripInbound', () => {
  it('drops every spelling of every name that is asserted', () => {
    const asserted = [
      ...Object.values(HEADER_PRESETS).flatMap((preset) => preset.map(([name]) => name)),
      ASSERTION_HEADER,
      'X-Site-Person',
    ];
    const spellings: ((name: string) => string)[] = [
      (name) => name,
      (name) => name.toUpperCase(),
      (name) => name.toLowerCase(),
      (name) => name.replaceAll('-', '_'),
      (name) => name.replace('-', '_'),
      (name) => name.replaceAll('-', '.'),
      (name) => name.replaceAll('-', '--'),
      (name) => name.replaceAll('-', ''),
      (name) => `${name}-`,
      (name) => `-${name}`,
      (name) => `${name}.`,
      (name) => `_${name}`,
      (name) => name.replaceAll('-', '~'),
      (name) => name.replaceAll('-', '+'),
      (name) => name.replaceAll('-', '%5f'),
    ];
    for (const name of asserted) {
      for (const spell of spellings) {
        const spelling = spell(name);
        assert.deepEqual(
          stripInbound(['A', '1', spelling, 'mallory', 'B', '2'], names),
          ['A', '1', 'B', '2'],
          spelling,
        );
      }
    }
  });

  it('drops what a proxy says, what CGI takes for an identity, framing and Host', () => {
    const dropped = [
      'X-Forwarded-For',
      'Forwarded',
      'X-Real-IP',
      'X-Original-URL',
      'X-Rewrite-Url',
      'Remote-User',
      'REMOTE_USER',
      'X-Remote-User',
      'Proxy',
      'Client-Cert',
      'X-SSL-Client-CN',
      'X-BonFIRE-Experiment-Id',
      'Host',
      'Content-Length',
      'Transfer-Encoding',
      'TE',
      'Trailer',
      'Upgrade',
      'Keep-Alive',
      'Proxy-Connection',
      'Proxy-Authorization',
      'Expect',
      'any_thing',
      'any.thing',
      'any%2dthing',
    ];
    for (const name of dropped) assert.deepEqual(stripInbound([name, 'x'], names), [], name);
  });

  it('keeps ordinary headers as they were, in order, repeats included', () => {
    const headers = [
      'Accept',
      '*/*',
      'Cookie',
      'a=b',
      'cookie',
      'c=d',
      'X-Requested-With',
      'XMLHttpRequest',
      'If-None-Match',
      '"x"',
      'Sec-WebSocket-Key',
      'k',
      'Remotely',
      '',
    ];
    assert.deepEqual(stripInbound(headers.slice(0, -2), names), headers.slice(0, -2));
  });

  it('removes what Connection nominates, but nothing on which a decision rests', () => {
    const headers = [
      'Connection',
      'close, X-Custom , Cookie',
      'Cookie',
      'a=b',
      'X-Custom',
      '1',
      'connection',
      'Authorization',
      'Authorization',
      'Basic eA==',
    ];
    assert.deepEqual(stripInbound(headers, names), ['Cookie', 'a=b', 'Authorization', 'Basic eA==']);
  });

  it('takes prototype names as data', () => {
    const headers = ['constructor', '1', 'toString', '2'];
    assert.deepEqual(stripInbound(headers, names), headers);
    assert.deepEqual(stripInbound(['__proto__', 'x'], names), []);
  });

  it('stays bounded under names without end', () => {
    for (let count = 0; count < 20_000; count += 1) assert.equal(isForgeable(`X-BonFIRE-${count}`, names), true);
    assert.equal(isForgeable('Accept', names), false);
  });
});

describe('assertedHeaders', () => {
  it('always yields all of a preset, empty where unknown', () => {
    for (const preset of PRESET_NAMES) {
      const headers = assertedHeaders(preset, NOBODY);
      assert.deepEqual(
        headers.map(([name]) => name),
        [...HEADER_PRESETS[preset].map(([name]) => name), ASSERTION_HEADER],
      );
      assert.ok(headers.every(([, value]) => value === ''));
    }
    assert.deepEqual([...PRESET_NAMES].sort(), Object.keys(HEADER_PRESETS).sort());
  });

  it('carries names of any alphabet', () => {
    const identity = {
      user: 'jürgen',
      groups: ['campus\\labs', 'a,b', 'c|d', 'e%f'],
      name: 'Jürgen M',
      email: 'j@x',
      assertion: 'a.b.c',
    };
    assert.deepEqual(assertedHeaders('remote', identity), [
      ['Remote-User', 'j%C3%BCrgen'],
      ['Remote-Groups', 'campus\\labs,a%2Cb,c%7Cd,e%25f'],
      ['Remote-Name', 'J%C3%BCrgen M'],
      ['Remote-Email', 'j@x'],
      ['X-Realmgate-Assertion', 'a.b.c'],
    ]);
  });
});

describe('encodeHeaderValue', () => {
  it('is visible ASCII and reversible for every text (S11)', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const encoded = encodeHeaderValue(text);
        assert.match(encoded, /^(?! )[\x20-\x7e]*(?<! )$/);
        assert.equal(decodeHeaderValue(encoded), text.toWellFormed());
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps a list apart item by item', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter, minLength: 1 }), { minLength: 1 }), (items) => {
        const decoded = encodeHeaderList(items).split(',').map(decodeHeaderValue);
        assert.deepEqual(
          decoded,
          items.map((item) => item.toWellFormed()),
        );
      }),
    );
  });

  it('lets no line end through', () => {
    assert.equal(encodeHeaderValue('a\r\nX-Evil: 1\0\u2028'), 'a%0D%0AX-Evil: 1%00%E2%80%A8');
    assert.equal(encodeHeaderValue('  a  '), '%20%20a%20%20');
    assert.equal(encodeHeaderValue('\ud800'), '%EF%BF%BD');
    assert.equal(decodeHeaderValue('%ff'), undefined);
  });
});
