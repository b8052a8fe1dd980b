/** TLS at the web door: client certificates, and cookies that belong to one host (RELIABILITY S10, S37). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { ASSERTED, claimsOf, labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { type CertificateRequest, makeCertificate } from '../../support/openssl-certificates.ts';
import { basic, type ClientCertificate, type Page, received, send, TestBrowser } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

let folder: string;
let backEnd: EchoBackEnd;
let server: WholeServer;
const clients = new Map<string, ClientCertificate>();

/** Clients of the authority `ca`, unless they say otherwise. */
const CLIENTS: readonly (Omit<CertificateRequest, 'commonName'> & { readonly commonName?: string })[] = [
  { name: 'carla', alternativeNames: ['email:carla@example.org'], extendedKeyUsage: 'clientAuth' },
  { name: 'plain', alternativeNames: ['email:plain@example.org'] },
  { name: 'other-ca', alternativeNames: ['email:carla@example.org'], signedBy: 'other' },
  { name: 'self-signed', alternativeNames: ['email:carla@example.org'], signedBy: 'self-signed' },
  { name: 'expired', alternativeNames: ['email:carla@example.org'], validity: [-30, -1] },
  { name: 'not-yet', alternativeNames: ['email:carla@example.org'], validity: [1, 30] },
  { name: 'a-server', alternativeNames: ['email:carla@example.org'], extendedKeyUsage: 'serverAuth' },
  { name: 'nameless' },
  { name: 'two-names', alternativeNames: ['email:carla@example.org', 'email:root@example.org'] },
];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-certificates-'));
  for (const name of ['ca', 'other']) makeCertificate(folder, { name, commonName: name, authority: true });
  const host = makeCertificate(folder, {
    name: 'host',
    commonName: 'localhost',
    alternativeNames: ['DNS:app.localhost'],
  });
  for (const { signedBy = 'ca', ...request } of CLIENTS) {
    const issued = signedBy === request.name ? {} : { signedBy };
    const made = makeCertificate(folder, { commonName: request.name, ...request, ...issued });
    clients.set(request.name, {
      certificate: readFileSync(made.certificateFile, 'utf8'),
      key: readFileSync(made.keyFile, 'utf8'),
    });
  }
  backEnd = await EchoBackEnd.start();
  const tls = `{ certificateFile: ${host.certificateFile}, keyFile: ${host.keyFile}, clientCaFile: ${join(folder, 'ca.pem')} }`;
  const service = (name: string) =>
    `  ${name}: { match: { host: ${name}.localhost }, realm: ${name}, assert: { preset: bonfire }, upstream: "${backEnd.url}" }\n`;
  const realms = `  cards:
    modules:
      - { use: certificate, flag: sufficient, domain: cards }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
  headers:
    modules:
      - { use: http-header, flag: required, domain: gate, header: X-Login, groupsHeader: X-Groups }
`;
  server = await WholeServer.start({
    configuration: labConfiguration({
      upstream: backEnd.url,
      tls,
      more: service('cards') + service('headers'),
    }).replace('realms:\n', `realms:\n${realms}`),
    files: labFiles(),
  });
});

after(async () => {
  await server?.close();
  await backEnd?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (host: string, path = '/') => server.at(host, path, 'https');
const asserted = (page: Page) => received(page, ASSERTED)?.join(' and ');

describe('a client certificate', () => {
  it('logs in whom its one name names', async () => {
    for (const name of ['carla', 'plain']) {
      const page = await send(at('cards'), {}, undefined, clients.get(name));
      assert.equal(asserted(page), `${name}@example.org`);
      assert.equal(claimsOf(received(page, 'x-realmgate-assertion')![0]!)['domain'], 'cards');
    }
  });

  it('of another authority, out of its time, for something else, or with no or two names logs nobody in', async () => {
    for (const name of ['other-ca', 'self-signed', 'expired', 'not-yet', 'a-server', 'nameless', 'two-names', 'none']) {
      const page = await send(at('cards'), {}, undefined, clients.get(name));
      assert.equal(page.status, 401, name);
      const byPassword = await send(
        at('cards'),
        { headers: basic('bob', PASSWORDS.bob) },
        undefined,
        clients.get(name),
      );
      assert.equal(asserted(byPassword), 'bob', `${name} may log in otherwise`);
    }
  });

  it('that the realm does not know leaves the login form to whoever has it', async () => {
    const browser = new TestBrowser(clients.get('nameless'));
    const form = await browser.visit(at('cards'));
    assert.match(form.body, /name="password"/);
    const page = await browser.submit(form, { name: 'bob', password: PASSWORDS.bob });
    assert.equal(asserted(page), 'bob');
    assert.equal(asserted(await browser.visit(at('cards', '/again'))), 'bob');
  });

  it('is not asked for by a realm that takes none', async () => {
    assert.equal((await send(at('app'), {}, undefined, clients.get('carla'))).status, 401);
  });

  it('is not what a header says', async () => {
    const pem = clients.get('carla')!.certificate.replaceAll('\n', ' ').trim();
    for (const header of [
      'X-Client-Cert',
      'X-SSL-Client-Cert',
      'X-Forwarded-Client-Cert',
      'SSL_CLIENT_CERT',
      'Client-Cert',
    ]) {
      assert.equal((await send(at('cards'), { headers: [header, pem] })).status, 401, header);
    }
  });

  it('counts on a resumed connection for as much as on a new one', async () => {
    const client = clients.get('carla')!;
    let session: Buffer | undefined;
    for (let round = 0; round < 2; round += 1) {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect({
          host: '127.0.0.1',
          port: server.port,
          servername: 'cards.localhost',
          cert: client.certificate,
          key: client.key,
          rejectUnauthorized: false,
          ...(session !== undefined && { session }),
        });
        let got = '';
        socket.on('session', (ticket: Buffer) => {
          session = ticket;
        });
        let reused = false;
        socket.on('secureConnect', () => {
          reused = socket.isSessionReused();
          socket.write(`GET / HTTP/1.1\r\nHost: cards.localhost:${server.port}\r\nConnection: close\r\n\r\n`);
        });
        socket.on('data', (data: Buffer) => {
          got += data.toString();
        });
        socket.on('close', () => resolve(`${reused} ${got}`));
        socket.on('error', reject);
      });
      assert.ok(answer.startsWith(`${round === 1} HTTP/1.1 `), answer.slice(0, 30));
      // It may be forgotten with the session, but never be another's.
      assert.match(answer, /HTTP\/1\.1 401|"carla@example.org"/);
    }
  });
});

describe('cookies over TLS', () => {
  it('belong to one host, are for TLS only and out of reach of scripts', async () => {
    const browser = new TestBrowser();
    assert.equal(asserted(await browser.logIn(at('app'), 'alice', PASSWORDS.alice)), 'alice');
    assert.equal(asserted(await browser.visit(at('lab'))), 'alice');
    assert.ok(browser.setCookies.length >= 6);
    for (const line of browser.setCookies) {
      assert.match(line, /^__Host-realmgate/);
      assert.match(line, /; Path=\/(;|$)/);
      assert.match(line, /; Secure/);
      assert.match(line, /; HttpOnly/);
      assert.match(line, /; SameSite=(Lax|Strict)/);
      assert.doesNotMatch(line, /domain=/i);
    }
  });

  it('are not believed without the prefix', async () => {
    const browser = new TestBrowser();
    await browser.logIn(at('app'), 'alice', PASSWORDS.alice);
    const token = browser.cookies(at('app')).get('__Host-realmgate-staff');
    assert.ok(token);
    for (const name of [
      'realmgate-staff',
      '__Secure-realmgate-staff',
      '__host-realmgate-staff',
      '__HOST-realmgate-staff',
    ]) {
      assert.equal((await send(at('app'), { headers: ['Cookie', `${name}=${token}`] })).status, 401, name);
    }
    const good = await send(at('app'), { headers: ['Cookie', `__Host-realmgate-staff=${token}; theme=dark`] });
    assert.deepEqual(received(good, 'cookie'), ['theme=dark'], 'the back end sees none of ours');
  });
});

describe('a header that names the user', () => {
  const headers = ['X-Login', 'wanda', 'X-Groups', 'labs'];

  it('is believed of a trusted proxy', async () => {
    assert.equal(asserted(await send(at('headers'), { headers })), 'wanda');
  });

  it('is believed of nobody else', async () => {
    const page = await send(at('headers'), { headers, from: '127.0.0.2' });
    assert.equal(page.status, 401);
    for (const path of ['/authz/nginx', '/authz/forward']) {
      const asked = ['X-Original-URL', at('headers'), 'X-Forwarded-Host', 'headers.localhost', 'X-Forwarded-Uri', '/'];
      const answer = await send(at('headers', path), { headers: [...asked, ...headers], from: '127.0.0.2' });
      assert.equal(answer.status, 403, path);
    }
  });

  it('is believed only when it comes once and names somebody', async () => {
    for (const wrong of [
      [...headers, 'X-Login', 'root'],
      ['X-Login', '', 'X-Groups', ''],
      ['X-Login', 'wanda'],
      ['X-Groups', 'labs'],
      ['x_login', 'wanda', 'X-Groups', 'labs'],
    ]) {
      assert.equal((await send(at('headers'), { headers: wrong })).status, 401, wrong.join(' '));
    }
  });

  it('does not reach the back end', async () => {
    const page = await send(at('headers'), { headers });
    assert.deepEqual([received(page, 'x-login'), received(page, 'x-groups')], [[], []]);
  });
});

describe('certificate files that break while the server runs', () => {
  it('change nothing', async () => {
    const kept = readFileSync(join(folder, 'host.pem'));
    for (const broken of ['', readFileSync(join(folder, 'carla.pem'))]) {
      writeFileSync(join(folder, 'host.pem'), broken);
      const report = await server.reload();
      assert.equal(report.applied, false);
      assert.match(report.problems.join(' '), /listen\.web\.tls/);
      assert.equal((await send(at('app'), { headers: basic('alice', PASSWORDS.alice) })).status, 200);
      assert.equal((await send(at('cards'), {}, undefined, clients.get('other-ca'))).status, 401);
    }
    writeFileSync(join(folder, 'host.pem'), kept);
  });

  it('are named by check', async () => {
    execFileSync('cp', [join(folder, 'host.pem'), join(folder, 'kept.pem')]);
    writeFileSync(join(folder, 'host.pem'), 'garbage');
    const { code, stdout, stderr } = await server.command('check');
    execFileSync('cp', [join(folder, 'kept.pem'), join(folder, 'host.pem')]);
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout + stderr, /certificateFile/);
  });
});
