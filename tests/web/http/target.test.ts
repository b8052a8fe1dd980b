/** S04 and S05: the path decided on is the path forwarded; what two programs could read differently is 400. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalPath, parsePathPrefix, pathMatches } from '../../../src/web/http/target.ts';

const canonical = (target: string) => {
  const answer = canonicalPath(target);
  return answer === 'ambiguous' ? answer : [answer.path, answer.forwarded];
};

describe('canonicalPath', () => {
  it('rewrites only what every program reads alike', () => {
    const cases: [string, string, string][] = [
      ['/', '/', '/'],
      ['/idm/users?a=b&c=%2f..%2f', '/idm/users', '/idm/users?a=b&c=%2f..%2f'],
      ['/%61dmin/%7euser', '/admin/~user', '/admin/~user'],
      ['/caf%c3%a9', '/café', '/caf%C3%A9'],
      ['/a%20b%2bc+d%40', '/a b+c+d@', '/a%20b%2Bc+d%40'],
      ['/a"b<c>|{}[]^`', '/a"b<c>|{}[]^`', '/a%22b%3Cc%3E%7C%7B%7D%5B%5D%5E%60'],
      ['/100%25', '/100%', '/100%25'],
      ['/.well-known/x', '/.well-known/x', '/.well-known/x'],
      ['/a..b/..c/d..', '/a..b/..c/d..', '/a..b/..c/d..'],
      ['http://host/x?y', '/x', '/x?y'],
      ['HTTPS://host:81?y', '/', '/?y'],
      ['/admin?x=/public/', '/admin', '/admin?x=/public/'],
    ];
    for (const [target, path, forwarded] of cases) assert.deepEqual(canonical(target), [path, forwarded], target);
  });

  it('refuses what two programs could read differently', () => {
    const ambiguous = [
      '',
      '*',
      'host:443',
      'ftp://host/x',
      'http://u@host/',
      'http://',
      'x',
      '?x',
      '//',
      '//host/x',
      '/a//b',
      '/a//',
      '/.',
      '/..',
      '/./',
      '/a/../b',
      '/a/..',
      '/%2e',
      '/%2e%2e/admin',
      '/.%2E/admin',
      '/public/%2e%2e/admin',
      '/...',
      '/a/%20/b',
      '/%20',
      '/.%20.',
      '/a%2fb',
      '/a%2Fb',
      '/a%5cb',
      '/a\\b',
      '/a;b',
      '/a%3bb',
      '/;/admin',
      '/..;/admin',
      '/a%00',
      '/a%0a',
      '/a%0d%0aX',
      '/a%7f',
      '/a%c2%80',
      '/a%09b',
      '/a b',
      '/a\tb',
      '/a\x7f',
      '/a\xe9',
      '/aé',
      '/a#b',
      '/admin#/public',
      '/a?b#c',
      '/a?b\xe9',
      '/a?b c',
      '/%',
      '/%a',
      '/%zz',
      '/%u0041',
      '/%c0%af',
      '/%c0%ae%c0%ae/',
      '/%e0%80%af',
      '/%ed%a0%80',
      '/%ff',
      '/%252e%252e/',
      '/%252f',
      '/%25%32%66',
      '/%25u002e',
      '/%25U002e',
      '/%2541',
      `/${'a'.repeat(8_192)}`,
    ];
    for (const target of ambiguous) assert.equal(canonical(target), 'ambiguous', JSON.stringify(target));
  });

  it('forwards a form that decodes to what was decided on and is its own canonical form', () => {
    const pieces = [
      '/',
      'a',
      '.',
      '..',
      '%2e',
      '%41',
      '%2F',
      ';',
      '%3b',
      '%25',
      '\\',
      '?',
      '%c3%a9',
      '+',
      '%2B',
      '"',
      '|',
      '%',
      ' ',
      'é',
      '~',
      '%7E',
      '#',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => `/${all.join('')}`),
        (target) => {
          const answer = canonicalPath(target);
          if (answer === 'ambiguous') return;
          assert.equal(decodeURIComponent(answer.forwarded.split('?')[0]!), answer.path);
          assert.deepEqual(canonicalPath(answer.forwarded), answer);
          assert.equal(new URL(answer.forwarded, 'http://h').pathname, answer.forwarded.split('?')[0]);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('answers hostile targets in linear time', () => {
    for (const piece of ['.', '/.', '%2e', '/a', '. ', '%', '/%20']) {
      const target = `/${piece.repeat(Math.floor(8_000 / piece.length))}\x00`;
      const start = process.cpuUsage().user;
      for (let turn = 0; turn < 20; turn += 1) canonicalPath(target);
      assert.ok(process.cpuUsage().user - start < 200_000, piece);
    }
  });
});

describe('a path prefix', () => {
  const covers = (rule: string, target: string) => {
    const answer = canonicalPath(target);
    assert.notEqual(answer, 'ambiguous');
    return answer !== 'ambiguous' && pathMatches(parsePathPrefix(rule)!, answer.path);
  };

  it('covers its subtree on segment boundaries, with or without its last slash', () => {
    for (const rule of ['/idm', '/idm/']) {
      for (const inside of ['/idm', '/idm/', '/idm/x', '/%69dm/x?y'])
        assert.ok(covers(rule, inside), `${rule} ${inside}`);
      for (const outside of ['/idmx', '/', '/id', '/IDM', '/x/idm', '/x?/idm/'])
        assert.ok(!covers(rule, outside), `${rule} ${outside}`);
    }
    assert.ok(covers('/', '/') && covers('/', '/x'));
  });

  it('may be written decoded or escaped', () => {
    assert.ok(covers('/données/', '/donn%c3%a9es/x') && covers('/donn%C3%A9es', '/donn%c3%a9es'));
    assert.ok(covers('/a b', '/a%20b/c'));
  });

  it('is refused where no request could reach it', () => {
    for (const text of ['', 'idm', '/a/../b', '//', '/a?b', '/a#b', '/a;b', '/%2f'])
      assert.equal(parsePathPrefix(text), undefined, text);
  });
});
