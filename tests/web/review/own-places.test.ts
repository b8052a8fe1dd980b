/** What is the server's own stays so, however it is asked for, and what a login rests on reaches no back end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { exchange } from '../../support/raw-http.ts';
import { basic, received, send, TestBrowser } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
before(async () => {
  backEnd = await EchoBackEnd.start();
  const first =
    '      - { use: http-header, flag: sufficient, domain: front, header: Eppn, groupsHeader: Member-Of }\n';
  const configuration = labConfiguration({ upstream: backEnd.url, first }).replace('127.0.0.1/32', '127.9.9.9/32');
  server = await WholeServer.start({ configuration, files: labFiles() });
});
after(async () => {
  await server.close();
  await backEnd.stop();
});

const bob = basic('bob', PASSWORDS.bob);

describe('the endpoint of the front proxies', () => {
  it('is the same with a query behind it', async () => {
    for (const query of ['', '?', '?a=b']) {
      const page = await send(server.at('app', `/authz/nginx${query}`), { headers: bob });
      assert.deepEqual([query, page.status, page.body], [query, 403, 'untrusted-proxy\n']);
    }
  });
});

describe('the paths of the server itself', () => {
  it('are no place of a back end for a WebSocket either', async () => {
    const before = backEnd.requests;
    const headers = `Host: app.localhost:${server.port}\r\n${bob.join(': ')}\r\n`;
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    for (const path of ['/.realmgate/login', '/authz/nginx', '/authz/forward']) {
      assert.match(await exchange(server.port, `GET ${path} HTTP/1.1\r\n${headers}${upgrade}`), /^HTTP\/1\.1 40[34] /);
    }
    assert.equal(backEnd.requests, before);
    assert.match(await exchange(server.port, `GET /ws HTTP/1.1\r\n${headers}${upgrade}`), /^HTTP\/1\.1 101 /);
  });
});

describe('the header that a trusted proxy logs people in by', () => {
  it('reaches no back end from anybody else', async () => {
    const page = await send(server.at('app'), {
      headers: [...bob, 'Eppn', 'root', 'EPPN', 'root', 'Member-Of', 'wheel', 'x-ok', '1'],
    });
    assert.deepEqual(
      ['eppn', 'member-of', 'x-ok'].map((name) => received(page, name)),
      [[], [], ['1']],
    );
  });
});

describe('the key set', () => {
  const KEYS = '/.well-known/jwks.json';

  it('is on the host of the login page and on addresses of no service; a service has its own', async () => {
    for (const address of [server.at('login', KEYS), `http://127.0.0.1:${server.port}${KEYS}`]) {
      assert.match((await send(address)).headers['content-type'] ?? '', /jwk-set/);
    }
    const page = await send(server.at('app', KEYS), { headers: bob });
    assert.deepEqual(received(page, 'x-bonfire-asserted-id'), ['bob']);
  });
});

describe('TRACE', () => {
  it('shows nobody what a back end is told', async () => {
    assert.equal((await send(server.at('app'), { method: 'TRACE', headers: bob })).status, 405);
  });
});

describe('an address that is too long to come back to', () => {
  it('still lets people log in', async () => {
    const page = await new TestBrowser().logIn(server.at('app', `/x?q=${'a'.repeat(5_000)}`), 'bob', PASSWORDS.bob);
    assert.deepEqual(received(page, 'x-bonfire-asserted-id'), ['bob']);
  });
});

describe('a ticket', () => {
  it('is used up by the first browser that shows it, with a nonce or without', async () => {
    const browser = new TestBrowser();
    const app = server.at('app');
    const form = await browser.visit(app);
    const answer = await browser.post(form, { name: 'bob', password: PASSWORDS.bob });
    const address = answer.headers.location!;
    assert.match(address, /session\?ticket=/);
    await new TestBrowser().ask(address);
    await browser.ask(address);
    assert.equal(browser.cookies(app).get('realmgate-staff'), undefined);
  });
});
