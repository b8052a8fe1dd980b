/**
 * Realmgate behind real nginx, Caddy, HAProxy and Apache of Debian, each configured by the text of docs/integrations.
 *
 * Every front proxy goes through the same course: two applications on two host names with one login, refusals, outages,
 * WebSocket, and what the application is told.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, Browser } from '../../scripts/quickstart/browser.ts';
import { FRONT_PROXIES, type FrontPlaces, frontPlaces } from '../support/front-proxies.ts';
import { ALICE, BOB, FrontSite, GAMER, heading, idIn, title, ZOE } from '../support/front-site.ts';
import { askGuarded, basic } from '../support/guarded-app.ts';
import { exchange } from '../support/raw-http.ts';
import type { RealmgateSite } from '../support/realmgate-site.ts';
import type { ServerProcess } from '../support/server-process.ts';

const ASSERTED = [
  'x-bonfire-asserted-id',
  'x-bonfire-asserted-groups',
  'x-bonfire-groups-id',
  'x-realmgate-assertion',
  'x-realmgate-id',
];

let behind: FrontSite;

before(async () => {
  behind = await FrontSite.start();
});

after(() => behind?.stop());

for (const kind of FRONT_PROXIES) {
  describe(`behind ${kind.name}`, { timeout: 120_000 }, () => {
    let places: FrontPlaces;
    let site: RealmgateSite;
    let front: ServerProcess;
    let portal: string;
    let lab: string;

    before(async () => {
      places = await frontPlaces(behind.application.port);
      site = await behind.realmgate(kind, places);
      front = await kind.start(places);
      portal = `http://portal.localhost:${front.port}/`;
      lab = `http://lab.localhost:${front.port}/`;
    });

    after(async () => {
      await front?.stop();
      await site?.stop();
    });

    const explained = async (text: string): Promise<string> => {
      const id = idIn(text);
      assert.ok(id !== undefined, `no id in ${text.slice(0, 1_000)}`);
      const { code, stdout, stderr } = await site.command('explain', id);
      assert.equal(code, 0, stderr);
      return stdout;
    };

    const login = async (browser: Browser, [name, password]: readonly [string, string], address = portal) =>
      browser.submit(await browser.visit(address), { name, password });

    it('sends a browser to the login page, and tells everybody else 401', async () => {
      const browser = await ask(`${portal}a/b?c=d&e=%2F`, { headers: ['Accept', 'text/html'] });
      assert.ok([302, 303].includes(browser.status), String(browser.status));
      assert.equal(
        String(browser.headers['location']),
        `${portal}.realmgate/start?return=${encodeURIComponent('/a/b?c=d&e=%2F')}`,
      );
      assert.equal(browser.headers['www-authenticate'], undefined);
      assert.match(String(browser.headers['cache-control']), /no-store/);
      for (const asking of [{}, { method: 'POST', body: 'x=1' }, { method: 'DELETE' }, { method: 'OPTIONS' }]) {
        const curl = await ask(portal, asking);
        assert.equal(curl.status, 401, asking.method);
        assert.equal(curl.headers['www-authenticate'], 'Basic realm="staff", charset="UTF-8"');
      }
      assert.equal((await ask(portal, { method: 'HEAD' })).status, 401);
    });

    it('logs in by the form for two services at once, and out of both', async () => {
      const browser = new Browser();
      const form = await browser.visit(`${portal}a/b?c=d&e=%2F`);
      assert.equal(title(form), 'Log in to portal');
      const wrong = await browser.submit(form, { name: 'alice', password: 'wrong' });
      assert.equal(wrong.status, 401);
      assert.match(await explained(wrong.body), /wrong/);
      const inside = await browser.submit(wrong, { name: 'alice', password: 'alice-secret' });
      assert.equal(heading(inside), 'Hello, alice');
      assert.equal(inside.address, `${portal}a/b?c=d&e=%2F`, 'back where it began');
      assert.equal(heading(await browser.visit(lab)), 'Hello, alice', 'one login for both');
      const question = await browser.visit(`${lab}.realmgate/logout`);
      assert.equal(title(await browser.submit(question, {})), 'Logged out');
      assert.equal(title(await browser.visit(portal)), 'Log in to portal');
      assert.equal(title(await browser.visit(lab)), 'Log in to lab');
    });

    it('logs in by Basic, and tells the application who it is, once', async () => {
      for (const [name, password] of [ALICE, BOB]) {
        const { status, received } = await askGuarded(portal, {
          headers: [...basic(name, password), 'X-BonFIRE-Asserted-ID', 'mallory', 'Cookie', 'theirs=1'],
        });
        assert.equal(status, 200);
        // nginx leaves a header out whose value is empty.
        const told = (header: string) => received?.get(header) ?? [''];
        for (const header of ASSERTED) assert.equal(told(header).length, 1, `${header} is there once`);
        assert.deepEqual(told('x-bonfire-asserted-id'), [name]);
        assert.deepEqual(told('x-bonfire-groups-id'), [name === 'alice' ? 'labs' : '']);
        assert.deepEqual(received?.get('authorization'), undefined, 'the password stays here');
        assert.deepEqual(received?.get('host'), [`portal.localhost:${front.port}`]);
        assert.deepEqual(received?.get('x-forwarded-for'), ['127.0.0.1']);
        assert.deepEqual(received?.get('x-forwarded-proto'), ['http']);
        assert.deepEqual(received?.get('cookie'), ['theirs=1']);
        const [, claims = ''] = received?.get('x-realmgate-assertion')?.[0]?.split('.') ?? [];
        const { sub, aud } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
        assert.deepEqual([sub, aud], [name, 'portal']);
      }
      const wrong = await ask(portal, { headers: basic('alice', 'wrong') });
      assert.equal(wrong.status, 401);
      assert.match(await explained(String(wrong.headers['x-realmgate-id'])), /wrong/);
    });

    it('carries a name that is not ASCII', async () => {
      const { status, received } = await askGuarded(portal, { headers: basic(...ZOE) });
      assert.equal(status, 200);
      assert.match(received?.get('x-bonfire-asserted-id')?.[0] ?? '', /^[!-~]+$/);
      assert.equal(received?.get('x-bonfire-asserted-id')?.length, 1);
    });

    it('refuses with a page and an id whoever may not enter, whatever the method', async () => {
      const browser = new Browser();
      const refused = await login(browser, GAMER);
      assert.equal(refused.status, 403);
      assert.equal(title(refused), 'You may not enter here');
      assert.match(await explained(refused.body), /games/);
      for (const asking of [{}, { method: 'POST', body: 'x=1' }, { method: 'OPTIONS' }]) {
        const answer = await ask(portal, { ...asking, headers: basic(...GAMER) });
        assert.equal(answer.status, 403, asking.method);
        assert.ok(idIn(answer.body) !== undefined, answer.body);
      }
      assert.equal((await ask(lab, { headers: basic(...BOB) })).status, 403, 'bob is not of the lab');
    });

    it('passes bodies on, both ways', async () => {
      const body = 'x'.repeat(200_000);
      const { status, received } = await askGuarded(portal, { method: 'PUT', body, headers: basic(...BOB) });
      assert.equal(status, 200);
      assert.deepEqual(received?.get('content-length'), [String(body.length)]);
      const cut = await ask(portal, { method: 'POST', body, headers: basic('bob', 'wrong') });
      assert.equal(cut.status, 401);
    });

    it('opens a WebSocket for who may enter, and for nobody else', async () => {
      const shake = (more: string, upgrade = 'websocket') =>
        exchange(
          front.port,
          `GET /chat HTTP/1.1\r\nHost: portal.localhost:${front.port}\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`,
          200,
        );
      const opened = await shake(`${basic(...BOB).join(': ')}\r\nX-BonFIRE-Asserted-ID: mallory\r\n`);
      assert.match(opened, /^HTTP\/1\.1 101 /);
      assert.match(opened, /s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
      assert.ok(opened.includes('hello bob'), opened);
      assert.match(await shake(''), /^HTTP\/1\.[01] 401 /);
      assert.match(await shake(`${basic(...GAMER).join(': ')}\r\n`), /^HTTP\/1\.[01] 403 /);
      assert.doesNotMatch(await shake(`${basic(...BOB).join(': ')}\r\n`, 'h2c'), /^HTTP\/1\.1 101 /);
    });

    it('refuses an address that could be read in two ways', async () => {
      const { port } = front;
      const send = (target: string, host = `portal.localhost:${port}`) =>
        exchange(
          port,
          `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${basic(...BOB).join(': ')}\r\nConnection: close\r\n\r\n`,
        );
      for (const target of ['/a/..%2fb', '/a/%2e%2e/b', '/a//b', '/a;b', '/%00', '/.realmgate/../x']) {
        assert.match(await send(target), /^HTTP\/1\.1 (?:400|403|404) /, target);
      }
      // bob may enter the portal and not the lab: no pair of host names may get him there.
      const confused = await send(`http://lab.localhost:${port}/`, `portal.localhost:${port}`);
      assert.doesNotMatch(confused, /lab\.localhost[\s\S]*"X-BonFIRE-Asserted-ID",\s*"bob"/i, confused);
      const other = await send(`http://portal.localhost:${port}/`, `lab.localhost:${port}`);
      assert.doesNotMatch(other, /"Host",\s*"lab\.localhost/i, other);
    });

    it('answers 503 with an id while the directory is down, and lets nobody in by it', async () => {
      await behind.slapd.stop('SIGKILL');
      try {
        const page = await ask(portal, { headers: [...basic(...ALICE), 'Accept', 'text/html'] });
        assert.equal(page.status, 503, page.body);
        assert.equal(page.headers['www-authenticate'], undefined);
        assert.equal(title(page), 'Not available just now');
        assert.match(await explained(page.body), /unavailable/);
        const line = await ask(portal, { method: 'POST', body: 'x', headers: basic(...ALICE) });
        assert.equal(line.status, 503);
        assert.ok(idIn(line.body) !== undefined, line.body);
        const form = await login(new Browser(), ALICE);
        assert.equal(form.status, 503);
        assert.match(await explained(form.body), /unavailable/);
        assert.equal((await ask(portal, { headers: basic(...BOB) })).status, 200, 'the file still answers');
      } finally {
        await behind.slapd.start();
      }
      for (let tries = 0; tries < 50; tries += 1) {
        if ((await ask(portal, { headers: basic(...ALICE) })).status === 200) return;
        await wait(100);
      }
      assert.fail('the directory is back and alice is not let in');
    });

    it('lets nobody in while Realmgate is down', async () => {
      await site.stop();
      for (const headers of [basic(...BOB), ['Accept', 'text/html']]) {
        const { status, body } = await ask(portal, { headers });
        assert.ok(status >= 500, `${status} ${body}`);
      }
    });
  });
}
