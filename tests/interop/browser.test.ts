/**
 * A person's way through the gate in a real Chromium, without JavaScript: login, a wrong password, a second service,
 * logout, the back button; and what the pages look like on a phone, by day and by night.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { freePort } from '../support/free-port.ts';
import { guardedApp } from '../support/guarded-app.ts';
import { makeCertificate } from '../support/openssl-certificates.ts';
import { contrastProblems, layoutProblems } from '../support/page-quality.ts';
import { htpasswdLine, RealmgateSite } from '../support/realmgate-site.ts';
import type { ServerProcess } from '../support/server-process.ts';

const PASSWORD = 'correct horse';
const ID = /[0-9A-Z]{10}-[0-9a-z]+-[0-9A-Z]{10}/;
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--no-first-run',
];

const configuration = (scheme: 'http' | 'https', application: number) => `listen:
  web:
    address: "127.0.0.1:PORT"
    publicUrl: "${scheme}://login.localhost:PORT"
${scheme === 'https' ? '    tls: { certificateFile: web.pem, keyFile: web.key }\n' : ''}realms:
  staff:
    modules:
      - { use: groups, flag: optional, domain: unix, memberDomain: people, file: group }
      - { use: htpasswd, flag: sufficient, domain: people, file: htpasswd }
services:
  wiki:
    match: { host: wiki.localhost }
    realm: staff
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${application}"
  lab:
    match: { host: lab.localhost }
    realm: staff
    unauthorizedGroups: [ games ]
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${application}"
  down:
    match: { host: down.localhost }
    realm: staff
    upstream: "http://127.0.0.1:1"
`;

describe('in a real browser', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-browser-'));
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  let application: ServerProcess;
  let site: RealmgateSite;
  let secureSite: RealmgateSite;
  let browser: Browser;

  before(async () => {
    application = await guardedApp();
    const users = ['alice', 'gamer'].map((name) => htpasswdLine(name, PASSWORD)).join('');
    const files = { group: 'games:x:60:gamer\n', htpasswd: users };
    site = await RealmgateSite.start({
      files: { ...files, 'realmgate.yaml': configuration('http', application.port) },
    });
    makeCertificate(folder, {
      name: 'web',
      commonName: 'localhost',
      alternativeNames: ['DNS:*.localhost', 'DNS:login.localhost', 'DNS:wiki.localhost', 'DNS:lab.localhost'],
    });
    const yaml = configuration('https', application.port)
      .replace('web.pem', join(folder, 'web.pem'))
      .replace('web.key', join(folder, 'web.key'));
    secureSite = await RealmgateSite.start({ port: await freePort(), files: { ...files, 'realmgate.yaml': yaml } });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
  });

  after(async () => {
    await browser?.close();
    await site?.stop();
    await secureSite?.stop();
    await application?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    assert.deepEqual(complaints.splice(0), [], 'the browser had nothing to complain about');
  });

  /** A fresh profile without JavaScript. Whatever the browser blocks or fails to load is a complaint. */
  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => {
      // Chromium logs the status of a page that is an answer of 4xx or 5xx; that is no complaint.
      if (message.type() === 'error' && !/the server responded with a status of/.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // A page that the next click leaves behind.
      if (!(request.isNavigationRequest() && why === 'net::ERR_ABORTED')) complaints.push(`${request.url()} ${why}`);
    });
    return page;
  };

  const address = (host: string, path = '/') => `http://${host}.localhost:${site.port}${path}`;
  const logIn = async (page: Page, name: string, password: string) => {
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent();

  it('logs in without JavaScript, at one service for two, and back to where it began', async () => {
    const page = await open();
    await page.goto(address('wiki', '/page?x=1&y=%C3%A9'));
    assert.equal(new URL(page.url()).hostname, 'login.localhost');
    assert.equal(await heading(page), 'Log in to wiki');
    await logIn(page, 'alice', PASSWORD);
    assert.equal(page.url(), address('wiki', '/page?x=1&y=%C3%A9'));
    assert.equal(await heading(page), 'Hello, alice');
    await page.goto(address('lab'));
    assert.equal(await heading(page), 'Hello, alice', 'the second service asks for nothing');
  });

  it('says of a wrong password no more than an id, and keeps the name that was typed', async () => {
    const page = await open();
    await page.goto(address('wiki'));
    await logIn(page, 'alice', 'wrong');
    const alert = await page.getByRole('alert').textContent();
    assert.match(alert ?? '', ID);
    assert.match(alert ?? '', /do not let you in/);
    assert.equal(await page.getByLabel('User name').inputValue(), 'alice');
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await logIn(page, 'nobody', 'wrong');
    assert.equal(
      (await page.getByRole('alert').textContent())?.replace(ID, ''),
      alert?.replace(ID, ''),
      'an unknown user looks alike',
    );
    await logIn(page, 'alice', PASSWORD);
    assert.equal(await heading(page), 'Hello, alice');
  });

  it('shows a user who may not enter the id, which explains it to the operator', async () => {
    const page = await open();
    await page.goto(address('lab'));
    await logIn(page, 'gamer', PASSWORD);
    assert.equal(await heading(page), 'You may not enter here');
    const id = ID.exec((await page.locator('.id').textContent()) ?? '')?.[0] ?? '';
    const { stdout, code, stderr } = await site.command('explain', id);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /games/);
  });

  it('logs out everywhere, and the back button shows nothing of before', async () => {
    const page = await open();
    await page.goto(address('wiki'));
    await logIn(page, 'alice', PASSWORD);
    await page.goto(address('lab'));
    await page.getByRole('link', { name: 'Log out' }).click();
    assert.equal(await heading(page), 'Log out everywhere?');
    await page.getByRole('button', { name: 'Log out' }).click();
    assert.equal(await heading(page), 'You are logged out');
    await page.goBack();
    await page.goBack();
    assert.equal(await heading(page), 'Log in to lab', 'the page of before is gone');
    await page.goto(address('wiki'));
    assert.equal(await heading(page), 'Log in to wiki');
    await logIn(page, 'gamer', PASSWORD);
    assert.equal(await heading(page), 'Hello, gamer', 'somebody else may log in');
  });

  it('sets cookies that no script and no other site gets', async () => {
    const page = await open();
    await page.goto(address('wiki'));
    await logIn(page, 'alice', PASSWORD);
    const plain = await page.context().cookies();
    assert.deepEqual(
      plain.map(({ domain }) => domain).sort(),
      ['login.localhost', 'login.localhost', 'wiki.localhost'],
      'the session of the login page, its form, the session of the service',
    );
    for (const { name, httpOnly, sameSite, path } of plain) {
      assert.deepEqual([httpOnly, sameSite, path], [true, 'Lax', '/'], name);
    }
  });

  it('binds every cookie to its host over TLS', async () => {
    const page = await open({ ignoreHTTPSErrors: true });
    await page.goto(`https://wiki.localhost:${secureSite.port}/`);
    await logIn(page, 'alice', PASSWORD);
    assert.equal(await heading(page), 'Hello, alice');
    const cookies = await page.context().cookies();
    assert.equal(cookies.length, 3);
    for (const { name, httpOnly, sameSite, secure, path } of cookies) {
      assert.match(name, /^__Host-/);
      assert.deepEqual([httpOnly, sameSite, secure, path], [true, 'Lax', true, '/'], name);
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read and tapped on a phone and a desktop, ${colorScheme}`, async () => {
      for (const viewport of [
        { width: 320, height: 640 },
        { width: 1_280, height: 800 },
      ]) {
        // Scripts of the test's own measure the page; its policy lets none of its own run.
        const page = await open({ javaScriptEnabled: true, colorScheme, viewport });
        const check = async (what: string) => {
          assert.deepEqual(await contrastProblems(page), [], `${what}, ${viewport.width}, ${colorScheme}`);
          assert.deepEqual(await layoutProblems(page), [], `${what}, ${viewport.width}, ${colorScheme}`);
        };
        await page.goto(address('lab'));
        await check('the login page');
        await logIn(page, 'gamer', 'wrong');
        await check('the login page after a wrong password');
        await logIn(page, 'gamer', PASSWORD);
        await check('the page of a refused visitor');
        await page.goto(address('down'));
        assert.equal(await heading(page), 'The service does not answer');
        await check('the page of a back end that is down');
        await page.goto(address('lab', '/.realmgate/logout'));
        await check('the question before logging out');
        await page.getByRole('button', { name: 'Log out' }).click();
        await check('the page after logging out');
      }
    });
  }

  it('can be used by the keyboard alone', async () => {
    const page = await open();
    await page.goto(address('wiki'));
    // The browser gives the field the focus a moment after the page has loaded.
    await page.locator('#name:focus').waitFor();
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(address('wiki'));
    assert.equal(await heading(page), 'Hello, alice');
  });
});
