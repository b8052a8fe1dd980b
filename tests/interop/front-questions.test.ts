/**
 * What a front proxy asks and keeps: questions in odd forms and from strangers, and nginx with `frontCache`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, Browser } from '../../scripts/quickstart/browser.ts';
import { adapted } from '../support/documented.ts';
import { CACHING_NGINX, frontPlaces, NGINX } from '../support/front-proxies.ts';
import { ALICE, BOB, FrontSite, GAMER } from '../support/front-site.ts';
import { askGuarded, basic } from '../support/guarded-app.ts';
import { exchange } from '../support/raw-http.ts';
import type { RealmgateSite } from '../support/realmgate-site.ts';
import type { ServerProcess } from '../support/server-process.ts';

let behind: FrontSite;

before(async () => {
  behind = await FrontSite.start();
});

after(() => behind?.stop());

describe('a question of a front proxy', { timeout: 60_000 }, () => {
  it('is answered as a question, also when it came with an upgrade', async () => {
    const places = await frontPlaces(behind.application.port);
    const site = await behind.realmgate(NGINX, places);
    const question = (headers: string) =>
      exchange(
        site.port,
        `GET /authz/forward?x=y HTTP/1.1\r\nHost: portal.localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
          `X-Forwarded-Host: portal.localhost\r\nX-Forwarded-Uri: /chat\r\nX-Forwarded-Method: GET\r\n${headers}\r\n`,
      );
    try {
      assert.match(await question(''), /^HTTP\/1\.1 401 [\s\S]*WWW-Authenticate: Basic/);
      assert.match(await question(`${basic(...BOB).join(': ')}\r\n`), /^HTTP\/1\.1 200 [\s\S]*Asserted-ID: bob/);
    } finally {
      await site.stop();
    }
  });

  it('is answered 403 to whoever is not a trusted proxy, whatever it says', async () => {
    const places = await frontPlaces(behind.application.port);
    const site = await behind.realmgate(NGINX, places, (text) => adapted(text, { '127.0.0.1/32': '192.0.2.1/32' }));
    const told = ['X-Forwarded-Host', 'portal.localhost', 'X-Forwarded-Uri', '/', 'X-Forwarded-Method', 'GET'];
    const asked = ['X-Original-URL', 'http://portal.localhost/', 'X-Original-Method', 'GET'];
    try {
      for (const headers of [told, asked, [...told, ...asked], ['X-Forwarded-For', '192.0.2.1', ...told]]) {
        for (const path of ['nginx', 'forward', 'forward?x=y']) {
          const answer = await ask(`http://127.0.0.1:${site.port}/authz/${path}`, {
            headers: [...headers, ...basic(...BOB)],
          });
          assert.equal(answer.status, 403, path);
          assert.equal(answer.headers['x-bonfire-asserted-id'], undefined);
        }
      }
    } finally {
      await site.stop();
    }
  });
});

describe('behind nginx that keeps an allow for a second', { timeout: 60_000 }, () => {
  let site: RealmgateSite;
  let front: ServerProcess;
  let lab: string;
  let portal: string;

  before(async () => {
    const places = await frontPlaces(behind.application.port);
    site = await behind.realmgate(
      CACHING_NGINX,
      places,
      (text) =>
        `${text.replaceAll('    realm: staff\n', '    realm: staff\n    frontCache: true\n')}  open:\n    match: { host: lab.localhost, path: /open/ }\n    realm: staff\n    frontCache: true\n    assert: { preset: bonfire }\n`,
    );
    front = await CACHING_NGINX.start(places);
    portal = `http://portal.localhost:${front.port}/`;
    lab = `http://lab.localhost:${front.port}/`;
  });

  after(async () => {
    await front?.stop();
    await site?.stop();
  });

  it('keeps apart who asks, and what is asked for', async () => {
    const id = async (address: string, name: readonly [string, string]) =>
      (await askGuarded(address, { headers: basic(...name) })).received?.get('x-bonfire-asserted-id');
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await id(portal, ALICE), ['alice']);
      assert.deepEqual(await id(portal, BOB), ['bob']);
      assert.equal((await ask(portal)).status, 401);
      assert.deepEqual(await id(lab, ALICE), ['alice']);
      assert.equal((await ask(lab, { headers: basic(...BOB) })).status, 403);
    }
  });

  it('gives nobody the key of another address by what he writes into it', async () => {
    const browser = new Browser();
    await browser.submit(await browser.visit(`${lab}open/`), { name: BOB[0], password: BOB[1] });
    const cookie = browser.cookie(lab);
    const open = await ask(`${lab}open/|http|lab.localhost:${front.port}|/secret`, { headers: ['Cookie', cookie] });
    assert.equal(open.status, 200, 'bob may enter here');
    const secret = await ask(`${lab}secret`, {
      headers: ['Cookie', `${cookie}||http|lab.localhost:${front.port}`, 'Authorization', '/open/'],
    });
    assert.notEqual(secret.status, 200, 'the key was that of the open address');
  });

  it('keeps a pass for its second, and nothing else', async () => {
    const asks = { bob: basic(...BOB), gamer: basic(...GAMER), wrong: basic('bob', 'wrong') };
    const status = async (who: keyof typeof asks) => (await ask(`${portal}kept`, { headers: asks[who] })).status;
    assert.equal(await status('gamer'), 403);
    assert.equal(await status('wrong'), 401);
    assert.equal(await status('bob'), 200);
    const stopped = site.stop();
    assert.equal(await status('bob'), 200);
    await stopped;
    for (const who of ['gamer', 'wrong'] as const) assert.ok((await status(who)) >= 500, `${who} was kept`);
    await wait(2_100);
    assert.ok((await status('bob')) >= 500, 'a pass lives for a second, which nginx counts in whole ones');
  });
});
