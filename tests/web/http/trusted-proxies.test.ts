/** S03: forwarded headers are believed from trusted peers only, and the client's address is found from the right. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forwardedContext } from '../../../src/web/http/forwarded-context.ts';
import { canonicalAddress, clientAddress, parseTrustedProxies } from '../../../src/web/http/trusted-proxies.ts';

const trusted = parseTrustedProxies(['127.0.0.1/32', '10.0.0.0/8', 'fd00::/8', '192.0.2.7'])!;
const nobody = parseTrustedProxies([])!;

describe('TrustedProxies', () => {
  it('holds blocks and addresses of both families, IPv4-mapped ones included', () => {
    for (const peer of ['127.0.0.1', '::ffff:127.0.0.1', '::FFFF:10.1.2.3', '10.255.0.1', 'fd12::1', '192.0.2.7']) {
      assert.ok(trusted.contains(peer), peer);
    }
    for (const peer of ['127.0.0.2', '11.0.0.1', 'fe80::1', '192.0.2.8', '', 'localhost', 'fd12::1%eth0']) {
      assert.ok(!trusted.contains(peer), peer);
    }
  });

  it('is empty by default and trusts nobody then', () => assert.ok(!nobody.contains('127.0.0.1')));

  it('refuses what is no block', () => {
    for (const block of [
      '',
      'x',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '10.0.0/8',
      'fd00::/129',
      '*',
      '10.0.0.0/-1',
      'fe80::1%eth0',
    ]) {
      assert.equal(parseTrustedProxies([block]), undefined, block);
    }
  });

  it('has one form of an address', () => {
    assert.equal(canonicalAddress('::ffff:1.2.3.4'), '1.2.3.4');
    assert.equal(canonicalAddress('2001:DB8::0:1'), '2001:db8::1');
    assert.equal(canonicalAddress('1.2.3'), undefined);
    assert.equal(canonicalAddress('::ffff:1.2.3.456'), undefined);
  });
});

describe('clientAddress', () => {
  it('is the peer when the peer is not trusted', () => {
    assert.equal(clientAddress('::ffff:198.51.100.1', ['127.0.0.1'], trusted), '198.51.100.1');
    assert.equal(clientAddress('127.0.0.1', ['198.51.100.9'], nobody), '127.0.0.1');
  });

  it('walks from the right through trusted hops', () => {
    assert.equal(clientAddress('127.0.0.1', ['203.0.113.5, 198.51.100.1, 10.0.0.1'], trusted), '198.51.100.1');
    assert.equal(
      clientAddress('127.0.0.1', ['203.0.113.5', '198.51.100.1:4711', '[fd00::1]:80'], trusted),
      '198.51.100.1',
    );
    assert.equal(clientAddress('127.0.0.1', ['10.0.0.2,10.0.0.1'], trusted), '10.0.0.2');
  });

  it('stops at what it cannot read, however much of it there is', () => {
    assert.equal(clientAddress('127.0.0.1', ['a'], trusted), '127.0.0.1');
    assert.equal(clientAddress('127.0.0.1', ['a, 198.51.100.1'], trusted), '198.51.100.1');
    assert.equal(clientAddress('127.0.0.1', ['198.51.100.1, unknown, 10.0.0.1'], trusted), '10.0.0.1');
    assert.equal(clientAddress('127.0.0.1', [Array(2_000).fill('10.0.0.1').join(',')], trusted), '10.0.0.1');
  });
});

describe('forwardedContext', () => {
  const family = [
    'X-Forwarded-Method',
    'GET',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'App.example',
    'X-Forwarded-Uri',
    '/a?b',
    'X-Forwarded-For',
    '198.51.100.1',
  ];

  it('believes a trusted peer', () => {
    const expected = {
      trusted: true,
      client: '198.51.100.1',
      method: 'GET',
      scheme: 'https',
      authority: { host: 'app.example', port: undefined },
      target: '/a?b',
    };
    assert.deepEqual(forwardedContext('127.0.0.1', family, trusted), expected);
    const nginx = [
      'X-Original-URL',
      'https://App.example/a?b',
      'X-Original-Method',
      'GET',
      'X-Forwarded-For',
      '198.51.100.1',
    ];
    assert.deepEqual(forwardedContext('127.0.0.1', nginx, trusted), expected);
    const webSocket = forwardedContext('127.0.0.1', ['X-Forwarded-Proto', 'wss'], trusted);
    assert.ok(webSocket !== 'malformed' && webSocket.scheme === 'https');
  });

  it('drops everything from anybody else', () => {
    const nothing = {
      trusted: false,
      client: '203.0.113.1',
      method: undefined,
      scheme: undefined,
      authority: undefined,
      target: undefined,
    };
    assert.deepEqual(forwardedContext('203.0.113.1', family, trusted), nothing);
    assert.deepEqual(forwardedContext('203.0.113.1', ['X-Original-URL', 'garbage'], nobody), nothing);
  });

  it('is malformed when a trusted peer says two things', () => {
    const broken = [
      ['X-Forwarded-Proto', 'https', 'X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Proto', 'https,http'],
      ['X-Forwarded-Host', 'a', 'X-Forwarded-Host', 'b'],
      ['X-Forwarded-Host', 'a, b'],
      ['X-Forwarded-Uri', '/a', 'x-forwarded-uri', '/b'],
      ['X-Forwarded-Method', 'get me'],
      ['X-Original-URL', '/a'],
      ['X-Original-URL', 'https://u@a/'],
      ['X-Original-URL', 'https://a/', 'X-Original-URL', 'https://b/'],
    ];
    for (const headers of broken)
      assert.equal(forwardedContext('127.0.0.1', headers, trusted), 'malformed', headers.join(' '));
  });
});
