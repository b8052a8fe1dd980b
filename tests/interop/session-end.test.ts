/**
 * What was answered stays so: a session that an operator revoked or its user left is dead at once, with everything that
 * was opened under it, and still dead after a kill -9 and a restart (RELIABILITY S10, S12).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { recordFigure } from '../support/figure.ts';
import { freePort, listening } from '../support/free-port.ts';
import { ASSERTED, labConfiguration, labFiles, PASSWORDS } from '../support/lab-site.ts';
import { until } from '../support/raw-http.ts';
import { received, send, TestBrowser } from '../support/test-browser.ts';
import { runCommand } from '../support/whole-server.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const CYCLES = 20;

let backEnd: EchoBackEnd;
let folder: string;
let port: number;
let server: ChildProcess | undefined;

before(async () => {
  backEnd = await EchoBackEnd.start();
  folder = mkdtempSync(join(tmpdir(), 'realmgate-session-end-'));
  port = await freePort();
  const files = { ...labFiles(), 'realmgate.yaml': labConfiguration({ upstream: backEnd.url }) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text.replaceAll('PORT', String(port)));
  }
  await start();
});

after(async () => {
  await end('SIGKILL');
  await backEnd.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const command = ['--disable-warning=ExperimentalWarning', MAIN, 'serve', '--config', join(folder, 'realmgate.yaml')];
  server = spawn(process.execPath, command, { stdio: 'ignore' });
  await listening(port);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const child = server;
  server = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

const app = () => `http://app.localhost:${port}/`;
const command = (...args: string[]) => runCommand(['--config', join(folder, 'realmgate.yaml'), ...args]);

async function logIn(name: 'alice' | 'bob'): Promise<TestBrowser> {
  const browser = new TestBrowser();
  assert.deepEqual(received(await browser.logIn(app(), name, PASSWORDS[name]), ASSERTED), [name]);
  return browser;
}

function cookieOf(browser: TestBrowser): readonly string[] {
  return ['Cookie', `realmgate-staff=${browser.cookies(app()).get('realmgate-staff')}`];
}

/** Milliseconds from `ending` until a WebSocket and a response without end, opened under the session, are closed. */
async function closing(browser: TestBrowser, ending: () => Promise<unknown>): Promise<number> {
  const [, cookie = ''] = cookieOf(browser);
  const head = `Host: app.localhost:${port}\r\nCookie: ${cookie}\r\n`;
  const upgrade =
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const opened = [`GET /ws HTTP/1.1\r\n${head}${upgrade}\r\nhello`, `GET /stream HTTP/1.1\r\n${head}\r\n`].map(
    (text) => {
      const state = { octets: 0, closed: false };
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => {
        state.octets += data.length;
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        state.closed = true;
      });
      return state;
    },
  );
  await until(() => opened.every(({ octets }) => octets > 0));
  const began = performance.now();
  await ending();
  await until(() => opened.every(({ closed }) => closed));
  return performance.now() - began;
}

describe('a session that ends in a server that runs', { timeout: 120_000 }, () => {
  it('closes what was opened under it within a second, revoked or left', async () => {
    const revoked = await logIn('alice');
    const first = await closing(revoked, async () => {
      const { code, stdout } = await command('session', 'revoke', '--user', 'alice');
      assert.equal(code, 0, stdout);
    });
    const left = await logIn('bob');
    const second = await closing(left, () => left.logOut(app()));
    console.log(
      `sockets closed ${Math.round(first)} ms after a revocation began, ${Math.round(second)} ms after a logout`,
    );
    assert.ok(first < 1_000 && second < 1_000);
    assert.equal((await send(app(), { headers: cookieOf(revoked) })).status, 401);
  });

  it(`is dead after ${CYCLES} times kill -9 the moment it was answered, and others live`, async () => {
    const other = await logIn('bob');
    let lost = 0;
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const browser = await logIn('alice');
      const cookie = cookieOf(browser);
      const signOn = [
        'Cookie',
        `realmgate.sso.staff=${browser.cookies(`http://login.localhost:${port}/`).get('realmgate.sso.staff')}`,
      ];
      if (cycle % 2 === 0) assert.equal((await command('session', 'revoke', '--user', 'alice')).code, 0);
      else await browser.logOut(app());
      await end('SIGKILL');
      await start();
      const dead = await send(app(), { headers: cookie });
      const form = await send(`http://login.localhost:${port}/.realmgate/logout`, { headers: signOn });
      if (dead.status !== 401 || form.body.includes('alice')) lost += 1;
      assert.deepEqual(received(await send(app(), { headers: cookieOf(other) }), ASSERTED), ['bob'], `cycle ${cycle}`);
    }
    recordFigure('revocations-lost', CYCLES, lost);
    assert.equal(lost, 0);
    const found = await command('audit', 'search', '--user', 'alice', '--limit', '1000', '--output', 'json');
    assert.equal(found.code, 0);
    const { code, stdout } = await command('audit', 'verify');
    assert.equal(code, 0, stdout);
    const acts = await command('audit', 'search', '--limit', '1000');
    assert.equal(
      acts.stdout.match(/session\.revoke/g)?.length ?? 0,
      CYCLES + 2,
      'every act that was answered is in the trail',
    );
  });

  it('drains at SIGTERM: what was begun is answered, and the process ends by itself', async () => {
    const [, cookie = ''] = cookieOf(await logIn('bob'));
    const child = server!;
    const reached = backEnd.requests;
    let got = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (data) => {
      got += data.toString();
    });
    socket.write(
      `POST / HTTP/1.1\r\nHost: app.localhost:${port}\r\nCookie: ${cookie}\r\nContent-Length: 8\r\n\r\nhalf`,
    );
    await until(() => backEnd.requests > reached);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await new Promise((later) => setTimeout(later, 300));
    socket.write('done');
    const [code] = (await gone) as [number | null];
    server = undefined;
    assert.match(got, /^HTTP\/1\.1 200 /);
    assert.equal(code, 0);
  });
});
