/** S10: cookies tossed by a neighbour, return addresses, and the credentials of the Basic scheme (spec/omi.md 2.4). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { wantsHtml } from '../../../src/web/http/accept.ts';
import { basicCredentials } from '../../../src/web/http/basic-credentials.ts';
import { readCookie, serializeCookie, withoutCookies } from '../../../src/web/http/cookies.ts';
import { safeReturnAddress } from '../../../src/web/http/return-address.ts';

const NAME = '__Host-realmgate';

describe('readCookie', () => {
  const read = (...lines: string[]) =>
    readCookie(
      lines.flatMap((line) => ['Cookie', line]),
      NAME,
    );

  it('finds the one cookie of that name', () => {
    assert.deepEqual(read(`a=b; ${NAME}=abc; c=d`), { kind: 'present', value: 'abc' });
    assert.deepEqual(read('a=b', `${NAME}=abc`), { kind: 'present', value: 'abc' });
    assert.deepEqual(read(), { kind: 'absent' });
    assert.deepEqual(read(`x${NAME}=1; ${NAME.toLowerCase()}=1; ${NAME}x=1; ${NAME}`), { kind: 'absent' });
  });

  it('believes none when there are two, or it is no cookie value', () => {
    const refused = [
      [`${NAME}=a; ${NAME}=b`],
      [`${NAME}=a`, `${NAME}=a`],
      [`${NAME}=`],
      [`${NAME}="a"`],
      [`${NAME}=a b`],
      [`${NAME}=a\xe9`],
      [`${NAME}=${'a'.repeat(1_025)}`],
      [`a=${'b'.repeat(9_000)}; ${NAME}=a`],
      [`${'a=b;'.repeat(200)}${NAME}=a`],
    ];
    for (const lines of refused) assert.deepEqual(read(...lines), { kind: 'refused' }, lines.join().slice(0, 60));
  });

  it('is taken out before a back end sees it', () => {
    const own = new Set([NAME]);
    assert.deepEqual(withoutCookies(['Cookie', `a=b; ${NAME}=x; c=d`, 'X', 'y'], own), [
      'Cookie',
      'a=b; c=d',
      'X',
      'y',
    ]);
    assert.deepEqual(withoutCookies(['cookie', `${NAME}=x`, 'cookie', ` ${NAME} =y`], own), []);
    assert.deepEqual(withoutCookies(['Cookie', `${NAME}`], own), []);
  });
});

describe('serializeCookie', () => {
  it('writes a host cookie', () => {
    const text = serializeCookie(NAME, 'abc', { secure: true, sameSite: 'Lax', maxAge: 90_500 });
    assert.equal(text, `${NAME}=abc; Path=/; Max-Age=90; HttpOnly; SameSite=Lax; Secure`);
    assert.equal(
      serializeCookie('realmgate', '', { secure: false, sameSite: 'Strict', maxAge: 0, path: '/x' }),
      'realmgate=; Path=/x; Max-Age=0; HttpOnly; SameSite=Strict',
    );
  });

  it('refuses what a browser would drop or misread', () => {
    const secure = { secure: true, sameSite: 'Lax' } as const;
    const wrong: [string, string, Parameters<typeof serializeCookie>[2]][] = [
      [NAME, 'a', { secure: false, sameSite: 'Lax' }],
      [NAME, 'a', { ...secure, path: '/x' }],
      ['a b', 'a', secure],
      ['a', 'b;c', secure],
      ['a', 'b\r\nc', secure],
      ['a', 'b', { ...secure, path: '/;Domain=x' }],
      ['a', 'b', { secure: false, sameSite: 'None' }],
    ];
    for (const [name, value, options] of wrong)
      assert.throws(() => serializeCookie(name, value, options), { code: 'WEB_COOKIE_INVALID' });
  });
});

describe('safeReturnAddress', () => {
  const hosts = new Set(['app.example.org', '[::1]', '127.0.0.1']);

  it('goes back to a path here, or to a host of ours', () => {
    for (const text of [
      '/',
      '/idm/?a=b#c',
      'https://app.example.org/x',
      'http://127.0.0.1:8080/x',
      'http://[::1]:80/',
    ]) {
      assert.ok(safeReturnAddress(text, hosts) !== undefined, text);
    }
    assert.equal(safeReturnAddress('https://APP.example.org', hosts), 'https://app.example.org/');
    assert.equal(safeReturnAddress('http://app.example.org/', hosts, true), undefined);
  });

  it('goes nowhere else', () => {
    const evil = [
      '',
      '//evil',
      '///evil',
      '/\\evil',
      '\\\\evil',
      '/\t/evil',
      '/\r\nSet-Cookie: a',
      ' /x',
      'https:evil',
      'https:/evil',
      'https:///evil',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://evil.example',
      'https://app.example.org.evil.example/',
      'https://app.example.org@evil.example/',
      'https://a:b@app.example.org/',
      'https://evil\\@app.example.org/',
      'ftp://app.example.org/',
      'x',
      '?a',
      '#a',
      '/.//evil',
      '/a/..//evil',
      '/é',
      `/${'a'.repeat(5_000)}`,
      'https://app.example.org:x/',
      'https://app%2eexample.org.evil/',
    ];
    for (const text of evil) assert.equal(safeReturnAddress(text, hosts), undefined, JSON.stringify(text));
  });

  it('never leaves the origin, whatever it accepts', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      'evil.example',
      '@',
      ':',
      'https:',
      '?',
      '#',
      '%2f',
      '\t',
      'app.example.org',
      'a',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        (text) => {
          const address = safeReturnAddress(text, hosts);
          if (address === undefined) return;
          assert.ok(
            ['app.example.org', 'here.example'].includes(new URL(address, 'https://here.example/login').hostname),
            `${text} -> ${address}`,
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('basicCredentials', () => {
  const read = (...values: string[]) => basicCredentials(values.flatMap((value) => ['Authorization', value]));
  const basic = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('reads OMI vectors and splits at the first colon', () => {
    for (const value of ['Basic \t \tdGVzdDpwYXNzd29yZA==\t ', 'bAsIc dGVzdDpwYXNzd29yZA', basic('test:password')]) {
      const got = read(value);
      assert.ok(got.kind === 'present' && got.name === 'test' && got.password.reveal() === 'password', value);
    }
    const colons = read(basic('a:b:c'));
    assert.ok(colons.kind === 'present' && colons.name === 'a' && colons.password.reveal() === 'b:c');
    const empty = read(basic('é:'));
    assert.ok(empty.kind === 'present' && empty.name === 'é' && empty.password.reveal() === '');
  });

  it('tells no credentials from broken ones', () => {
    assert.deepEqual(
      [read(), read('Bearer x'), read('Basically x')].map(({ kind }) => kind),
      ['absent', 'absent', 'absent'],
    );
    const broken = [
      'Basic',
      'Basic !!!',
      'Basic a',
      'Basic dGVz dDpw',
      basic('nocolon'),
      basic(Uint8Array.of(0xfe, 0xff)),
      basic('a\0:b'),
      basic('a:b\r\n'),
      basic('a:\x85'),
      `Basic ${'YTpi'.repeat(3_000)}`,
    ];
    for (const value of broken) assert.equal(read(value).kind, 'malformed', value.slice(0, 40));
    assert.equal(read(basic('a:b'), basic('a:b')).kind, 'malformed');
    assert.equal(read('Bearer x', basic('a:b')).kind, 'malformed');
  });
});

describe('wantsHtml', () => {
  it('is for a browser that navigates', () => {
    const browser = ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'];
    assert.ok(wantsHtml('GET', browser) && wantsHtml('HEAD', browser));
    assert.ok(wantsHtml('GET', [...browser, 'Sec-Fetch-Mode', 'navigate']));
    const not: [string, string[]][] = [
      ['POST', browser],
      ['OPTIONS', browser],
      ['GET', []],
      ['GET', ['Accept', '*/*']],
      ['GET', ['Accept', 'application/json']],
      ['GET', ['Accept', 'text/html;q=0']],
      ['GET', ['Accept', 'text/html;q=x']],
      ['GET', [...browser, 'X-Requested-With', 'XMLHttpRequest']],
      ['GET', [...browser, 'Sec-Fetch-Mode', 'cors']],
      ['GET', [...browser, 'Upgrade', 'websocket']],
      ['GET', ['Accept', `${'a,'.repeat(2_000)}text/html`]],
    ];
    for (const [method, headers] of not)
      assert.ok(!wantsHtml(method, headers), `${method} ${headers.join(' ').slice(0, 80)}`);
  });
});
