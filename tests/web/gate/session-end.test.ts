/** Sessions end at the instant their rule does, with everything that was opened under them (RELIABILITY S10, S12, F07). */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { ASSERTED, labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/raw-http.ts';
import { type Page, received, TestBrowser } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** A Monday, half past sixteen in Brussels. */
const MONDAY = Date.UTC(2026, 10, 23, 15, 30, 0);

let backEnd: EchoBackEnd;
let server: WholeServer;
let clock: ManualClock;

before(async () => {
  backEnd = await EchoBackEnd.start();
});
beforeEach(async () => {
  clock = new ManualClock(MONDAY);
  const sessions = 'idle: 30m, maximum: 12h, hours: "Mon-Fri 09:00-17:00 Europe/Brussels"';
  server = await WholeServer.start({
    configuration: labConfiguration({ upstream: backEnd.url, sessions }),
    files: labFiles(),
    clock,
  });
});
afterEach(() => server.close());
after(() => backEnd.stop());

const asserted = (page: Page) => received(page, ASSERTED)?.join(' and ');

async function loggedIn(): Promise<TestBrowser> {
  const browser = new TestBrowser();
  assert.equal(asserted(await browser.logIn(server.at('app'), 'alice', PASSWORDS.alice)), 'alice');
  assert.equal(asserted(await browser.visit(server.at('lab'))), 'alice');
  return browser;
}

const isIn = async (browser: TestBrowser, host = 'app') => asserted(await browser.visit(server.at(host))) === 'alice';

interface Open {
  readonly what: string;
  closed: boolean;
  octets: number;
}

/** A WebSocket and a response that never ends, on each of two hosts. */
async function openEverything(browser: TestBrowser): Promise<readonly Open[]> {
  const opened: Open[] = [];
  for (const host of ['app', 'lab']) {
    const address = server.at(host, '/');
    const cookie = `realmgate-staff=${browser.cookies(address).get('realmgate-staff')}`;
    const socket: Open = { what: `WebSocket at ${host}`, closed: false, octets: 0 };
    const tunnel = connect(server.port, '127.0.0.1', () =>
      tunnel.write(
        `GET /socket HTTP/1.1\r\nHost: ${host}.localhost:${server.port}\r\nCookie: ${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nhello`,
      ),
    );
    tunnel.on('data', (data) => (socket.octets += data.length));
    tunnel.on('error', () => {});
    tunnel.on('close', () => (socket.closed = true));
    const stream: Open = { what: `stream at ${host}`, closed: false, octets: 0 };
    const headers = { Host: `${host}.localhost:${server.port}`, Cookie: cookie };
    const streaming = request({ host: '127.0.0.1', port: server.port, path: '/stream', headers, agent: false });
    streaming.on('error', () => {});
    streaming.on('response', (response) => {
      response.on('data', (data: Buffer) => (stream.octets += data.length));
      response.on('error', () => {});
      response.on('close', () => (stream.closed = true));
    });
    streaming.end();
    opened.push(socket, stream);
  }
  await until(() => opened.every(({ octets }) => octets > 0));
  return opened;
}

async function assertAllClosed(opened: readonly Open[]): Promise<number> {
  const began = performance.now();
  await until(() => opened.every(({ closed }) => closed), 1_000).catch(() => {
    assert.fail(`still open: ${opened.filter(({ closed }) => !closed).map(({ what }) => what)}`);
  });
  return performance.now() - began;
}

describe('a session', () => {
  it('ends when it was idle for too long, with its sockets; use at any host keeps it alive at all', async () => {
    clock.jump(MONDAY - 6 * HOUR);
    const browser = await loggedIn();
    for (let step = 0; step < 2; step++) {
      clock.advance(29 * MINUTE);
      if (step === 0) assert.ok(await isIn(browser, 'lab'));
      else assert.ok(await isIn(browser, 'app'));
    }
    const opened = await openEverything(browser);
    clock.advance(30 * MINUTE - 1);
    assert.deepEqual(opened.map(({ closed }) => closed).includes(true), false);
    clock.advance(1);
    await assertAllClosed(opened);
    assert.equal(await isIn(browser), false);
    assert.equal(await isIn(browser, 'lab'), false);
  });

  it('ends after its maximum, however busy', async () => {
    server.write('realmgate.yaml', labConfiguration({ upstream: backEnd.url, sessions: 'idle: 30m, maximum: 1h' }));
    await reload();
    const browser = await loggedIn();
    const opened = await openEverything(browser);
    for (let minute = 0; minute < 59; minute += 1) {
      clock.advance(MINUTE);
      assert.ok(await isIn(browser));
    }
    clock.advance(MINUTE);
    await assertAllClosed(opened);
    assert.equal(await isIn(browser), false);
  });

  it('ends at the instant its office hours do, with its sockets', async () => {
    const browser = await loggedIn();
    clock.advance(29 * MINUTE);
    assert.ok(await isIn(browser));
    const opened = await openEverything(browser);
    clock.advance(MINUTE - 1);
    assert.equal(
      opened.some(({ closed }) => closed),
      false,
    );
    clock.advance(1);
    await assertAllClosed(opened);
    assert.equal(await isIn(browser), false);
    const refused = await browser.logIn(server.at('app'), 'alice', PASSWORDS.alice);
    assert.equal(refused.status, 401, 'nor can she log in now');
  });

  it('ends at its office hours also when the clock is set forward, and becomes neither immortal nor dead by a clock set back', async () => {
    const browser = await loggedIn();
    clock.jump(MONDAY - 6 * HOUR);
    clock.advance(SECOND);
    assert.ok(await isIn(browser), 'half past ten is within the hours');
    clock.jump(MONDAY + 362 * 24 * HOUR);
    clock.advance(SECOND);
    assert.equal(await isIn(browser), false, 'a year later it is a Saturday');
  });

  it('is not kept alive by a clock that stands a day back', async () => {
    const browser = await loggedIn();
    clock.jump(MONDAY - 72 * HOUR);
    clock.advance(30 * MINUTE);
    assert.equal(await isIn(browser), false, 'idle time is measured on the monotonic clock');
  });

  it('ends everywhere when its user logs out at any host', async () => {
    const browser = await loggedIn();
    const opened = await openEverything(browser);
    const stale = new Map([...browser.jars].map(([host, jar]) => [host, new Map(jar)]));
    await browser.logOut(server.at('lab'));
    assert.ok((await assertAllClosed(opened)) < 1_000);
    const thief = new TestBrowser();
    for (const [host, jar] of stale) thief.jars.set(host, jar);
    for (const host of ['app', 'lab'])
      assert.equal(await isIn(thief, host), false, 'the cookies are void, not only gone');
  });

  it('ends everywhere when an operator revokes it', async () => {
    const [browser, other] = [await loggedIn(), new TestBrowser()];
    assert.equal(asserted(await other.logIn(server.at('app'), 'bob', PASSWORDS.bob)), 'bob');
    const opened = await openEverything(browser);
    const dry = await server.command('session', 'revoke', '--user', 'alice', '--dry-run');
    assert.match(dry.stdout, /would end 3 sessions/);
    assert.ok(await isIn(browser));
    const { code, stdout } = await server.command('session', 'revoke', '--user', 'ALICE');
    assert.deepEqual([code, stdout], [0, 'ended 3 sessions\n']);
    assert.ok((await assertAllClosed(opened)) < 1_000);
    assert.equal(await isIn(browser), false);
    assert.equal(asserted(await other.visit(server.at('app'))), 'bob');
    assert.equal((await server.command('session', 'revoke', '--user', 'alice')).code, 1, 'nobody is left');
  });

  it('ends when its realm is gone from the configuration', async () => {
    const browser = await loggedIn();
    const opened = await openEverything(browser);
    const text = labConfiguration({ upstream: backEnd.url });
    server.write(
      'realmgate.yaml',
      text.replace(/\n {2}staff:/, '\n  personnel:').replaceAll('realm: staff', 'realm: personnel'),
    );
    await reload();
    await assertAllClosed(opened);
  });
});

describe('a ticket', () => {
  it('is over after a minute', async () => {
    for (const [wait, expected] of [
      [59 * SECOND, true],
      [60 * SECOND, false],
    ] as const) {
      const browser = new TestBrowser();
      const form = await browser.visit(server.at('app'));
      const answer = await browser.post(form, { name: 'alice', password: PASSWORDS.alice });
      clock.advance(wait);
      await browser.ask(answer.headers.location!);
      assert.equal(browser.cookies(server.at('app')).has('realmgate-staff'), expected);
    }
  });
});

/** Reloads as SIGHUP does; the files must have been still for a second of the clock that the test holds. */
async function reload(): Promise<void> {
  const reloaded = server.reload();
  let done = false;
  void reloaded.finally(() => (done = true));
  while (!done) {
    clock.advance(100);
    await new Promise((turn) => setImmediate(turn));
  }
  const report = await reloaded;
  assert.ok(report.applied, report.problems.join('\n'));
}
