/** The server's own forms accept only what its own pages sent in the same browser (RELIABILITY S10). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { hiddenFields, type Page, send, TestBrowser, titleOf } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];
const TYPED = { name: 'alice', password: PASSWORDS.alice };

let server: WholeServer;

before(async () => {
  const configuration = labConfiguration({ upstream: 'http://127.0.0.1:9' });
  server = await WholeServer.start({ configuration, files: labFiles() });
});

after(() => server?.close());

const isLoggedIn = (page: Page) => page.headers['set-cookie']?.some((line) => line.includes('.sso.')) === true;

async function loginPage(): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = new TestBrowser();
  return { browser, page: await browser.visit(server.at('app')) };
}

describe('the login form', () => {
  it('is taken from its own page', async () => {
    for (const headers of [
      [],
      ['Origin', server.at('login').slice(0, -1)],
      ['Origin', 'null'],
      ['Sec-Fetch-Site', 'none'],
    ]) {
      const { browser, page } = await loginPage();
      assert.ok(isLoggedIn(await browser.post(page, TYPED, headers)), headers.join(' '));
    }
  });

  it('is not taken from another site, whatever it knows', async () => {
    const foreign = [
      ['Origin', 'https://evil.example'],
      ['Origin', server.at('login').slice(0, -1), 'Origin', 'https://evil.example'],
      ['Origin', 'https://evil.example', 'Origin', server.at('login').slice(0, -1)],
      ['Origin', server.at('app').slice(0, -1)],
      ['Origin', `${server.at('login').slice(0, -1)}.evil.example`],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Site', 'same-site'],
      ['Sec-Fetch-Site', 'garbage'],
      ['Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Site', 'cross-site'],
    ];
    for (const headers of foreign) {
      const { browser, page } = await loginPage();
      const answer = await browser.post(page, TYPED, headers);
      assert.deepEqual([answer.status, isLoggedIn(answer)], [400, false], headers.join(' '));
    }
  });

  it('is not taken with another token than the cookie, or without either', async () => {
    const other = hiddenFields((await loginPage()).page)['csrf']!;
    for (const csrf of [other, '', 'x', '__proto__', other.slice(1), `${other}A`]) {
      const { browser, page } = await loginPage();
      const answer = await browser.post(page, { ...TYPED, csrf });
      assert.deepEqual([answer.status, isLoggedIn(answer)], [400, false], csrf);
    }
    const { browser, page } = await loginPage();
    browser.cookies(page.address).delete('realmgate.csrf');
    assert.equal(isLoggedIn(await browser.post(page, TYPED)), false);
    browser.cookies(page.address).set('realmgate.csrf', '');
    assert.equal(isLoggedIn(await browser.post(page, { ...TYPED, csrf: '' })), false);
  });

  it('is taken as one small form only', async () => {
    const body = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
    const good = async () => {
      const { browser, page } = await loginPage();
      return { browser, page, fields: { ...hiddenFields(page), ...TYPED } };
    };
    const cases: Record<string, (fields: Record<string, string>) => readonly [readonly string[], string]> = {
      'a field twice': (fields) => [FORM, `${body(fields)}&password=x`],
      'another type': (fields) => [['Content-Type', 'text/plain'], body(fields)],
      'no type': (fields) => [[], body(fields)],
      multipart: (fields) => [['Content-Type', 'multipart/form-data; boundary=x'], body(fields)],
      JSON: (fields) => [['Content-Type', 'application/json'], JSON.stringify(fields)],
      'broken escapes': (fields) => [FORM, `${body(fields)}&z=%E0%A4%A`],
      'overlong UTF-8': (fields) => [FORM, `${body(fields)}&z=%C0%AF`],
      'too large': (fields) => [FORM, `${body(fields)}&z=${'z'.repeat(20_000)}`],
      'too many fields': (fields) => [FORM, `${body(fields)}${'&z=1'.repeat(100)}`],
      nothing: () => [FORM, ''],
      'octets that are no text': () => [FORM, '\u0000\u0001=\u0002&&&==='],
    };
    for (const [what, make] of Object.entries(cases)) {
      const { browser, page, fields } = await good();
      const [headers, text] = make(fields);
      const answer = await browser.ask(new URL('/.realmgate/login', page.address).href, {
        method: 'POST',
        headers,
        body: text,
      });
      assert.deepEqual([answer.status, isLoggedIn(answer)], [400, false], what);
    }
  });

  it('is refused while a 10 MB password is still on its way', async () => {
    const { browser, page } = await loginPage();
    const began = performance.now();
    const answer = await browser
      .post(page, { name: 'alice', password: 'x'.repeat(10_000_000) })
      .catch((error: NodeJS.ErrnoException) => error.code);
    assert.ok(answer === 'EPIPE' || answer === 'ECONNRESET' || (typeof answer === 'object' && answer.status === 400));
    assert.ok(performance.now() - began < 2_000);
  });

  it('takes names and passwords as they are, the longest that may be too', async () => {
    const { browser, page } = await loginPage();
    const long = await browser.post(page, { name: '__proto__', password: 'p'.repeat(4_096) });
    assert.equal(long.status, 401);
    const form = (await loginPage()).page;
    const odd = await browser.post(form, { name: '<script>alert(1)</script>"\'&', password: 'x' });
    assert.doesNotMatch(odd.body, /<script>alert/);
  });
});

describe('logging out', () => {
  it('needs the form, a link does nothing', async () => {
    const { browser, page } = await loginPage();
    await browser.submit(page, TYPED);
    const asked = await browser.visit(server.at('app', '/.realmgate/logout'));
    assert.equal(titleOf(asked), 'Log out');
    const cookies = [...browser.cookies(asked.address)].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const body of ['', 'csrf=', 'csrf=x']) {
      const answer = await send(asked.address, { method: 'POST', headers: [...FORM, 'Cookie', cookies] }, body);
      assert.equal(answer.status, 400);
    }
    assert.equal((await browser.post(asked, {}, ['Origin', 'https://evil.example'])).status, 400);
    assert.equal(titleOf(await browser.visit(asked.address)), 'Log out', 'still logged in');
    assert.equal(titleOf(await browser.submit(asked, {})), 'Logged out');
    assert.equal(titleOf(await browser.visit(asked.address)), 'Logged out');
  });
});
