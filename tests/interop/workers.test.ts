/**
 * Several worker processes on one port: what one of them knows all of them know, and whatever is stopped or killed,
 * nobody passes by what is no longer true (DESIGN.md, "Workers").
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { basic, type Page, received, send, TestBrowser } from '../support/test-browser.ts';
import { isAlive, WorkerSite } from '../support/worker-site.ts';

const WORKERS = 3;
const CONNECTIONS = 60;
const PASSWORD = 'correct-horse-battery';
const NAMES = ['alice', 'bob', 'carol'];
const LOCKED_AFTER = 4;
/** A secret that only an override holds. */
const OVERRIDE = 'REALMGATE__SERVICES__APP__ASSERT__AUDIENCE';

const FILES = {
  'users.properties': NAMES.map((name) => `${name}=${createHash('sha256').update(PASSWORD).digest('hex')}\n`).join(''),
  'groups.properties': `labs=${NAMES.join(',')}\n`,
};

const configuration = (upstream: string, rule = '') => `data: ./data
workers: ${WORKERS}
listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" }
realms:
  example:
    modules:
      - { use: lockout, flag: requisite, failures: ${LOCKED_AFTER}, within: 5m, lock: 5m }
      - { use: properties, flag: sufficient, domain: campus, usersFile: users.properties, groupsFile: groups.properties, digest: sha-256 }
services:
  app:
    match: { host: app.localhost }
    realm: example
${rule}    assert: { preset: bonfire }
    upstream: "${upstream}"
`;

/** The cookie of a user at the application. */
async function logIn(site: WorkerSite, name: string): Promise<string> {
  const browser = new TestBrowser();
  const page = await browser.submit(await browser.visit(site.at('app')), { name, password: PASSWORD });
  assert.equal(page.status, 200);
  return [...browser.cookies(site.at('app'))].map(([key, value]) => `${key}=${value}`).join('; ');
}

describe('several workers', { timeout: 180_000 }, () => {
  let backEnd: EchoBackEnd;
  let site: WorkerSite;
  /** Alice's. */
  let cookie: string;

  before(async () => {
    backEnd = await EchoBackEnd.start();
    const environment = { [OVERRIDE]: 'overridden' };
    site = await WorkerSite.start({ configuration: configuration(backEnd.url), files: FILES, environment });
  });
  after(async () => {
    await site.remove();
    await backEnd.stop();
  });
  beforeEach(async () => {
    cookie = await logIn(site, 'alice');
  });

  /** Requests with alice's cookie, each on a connection of its own. */
  const visits = (): Promise<Page[]> =>
    Promise.all(Array.from({ length: CONNECTIONS }, () => send(site.at('app'), { headers: ['Cookie', cookie] })));
  const statuses = (pages: readonly Page[]): number[] => [...new Set(pages.map(({ status }) => status))].sort();

  it('know a session that began at any of them', async () => {
    const pages = await visits();
    assert.deepEqual(statuses(pages), [200]);
    assert.deepEqual([...new Set(pages.map(workerOf))].sort(), ['b', 'c', 'd'], 'every worker served some');
    for (const page of pages) assert.deepEqual(received(page, 'X-BonFIRE-Asserted-ID'), ['alice']);
  });

  it('refuse a session that is revoked, all of them when the revocation is answered, and close its sockets', async () => {
    const tunnels = await Promise.all(Array.from({ length: 6 }, () => openTunnel(site.port, cookie)));
    const start = performance.now();
    const closed = Promise.all(tunnels.map(({ ended }) => ended.then(() => performance.now() - start)));
    await site.act('session-revoke', { user: 'alice' });
    const answered = performance.now() - start;
    assert.deepEqual(statuses(await visits()), [401]);
    const latest = Math.max(...(await closed));
    assert.ok(answered < 1_000 && latest < 1_000, `answered after ${answered} ms, sockets closed after ${latest} ms`);
    console.log(`revocation: in every worker after ${ms(answered)}, sockets closed after ${ms(latest)}`);
  });

  it('refuse while the primary is stopped, and serve again when it goes on', async () => {
    const served = site.lines('worker serving').length;
    process.kill(site.pid, 'SIGSTOP');
    const start = performance.now();
    let refused = 0;
    try {
      await site.until(async () => statuses(await visits()).join() === '503', 3_000);
      refused = performance.now() - start;
      assert.equal((await send(site.at('app'), { headers: basic('alice', PASSWORD) })).status, 503);
      await wait(6_000);
      assert.deepEqual(statuses(await visits()), [503]);
    } finally {
      process.kill(site.pid, 'SIGCONT');
    }
    assert.ok(refused < 1_500, `refused after ${refused} ms`);
    const goesOn = performance.now();
    await site.until(async () => statuses(await visits()).join() === '200');
    console.log(`primary stopped: refused after ${ms(refused)}, back after ${ms(performance.now() - goesOn)}`);
    assert.equal(site.lines('worker serving').length, served, 'no worker was replaced');
  });

  it('never answer by what was true before they were stopped themselves', async () => {
    const clients = await Promise.all(Array.from({ length: 24 }, () => KeptConnection.open(site.port, cookie)));
    const [chain, pid] = [...site.workers()].find(([name]) => clients.some((client) => client.worker === name))!;
    const stopped = clients.filter(({ worker }) => worker === chain);
    process.kill(pid, 'SIGSTOP');
    await site.act('session-revoke', { user: 'alice' });
    const answers = stopped.map((client) => client.ask());
    process.kill(pid, 'SIGCONT');
    for (const answer of await Promise.all(answers)) assert.ok([401, 503].includes(answer), `answered ${answer}`);
    for (const client of clients) client.close();
  });

  it('are replaced when they are killed, while requests go on', async () => {
    for (const [chain, pid] of site.workers()) {
      process.kill(pid, 'SIGKILL');
      await site.until(() => site.workers().get(chain) !== pid);
      const pages = await visits();
      assert.deepEqual(statuses(pages), [200], 'the new one knows what was live before it');
      assert.ok(pages.some((page) => workerOf(page) === chain));
    }
  });

  it('are replaced when nothing is heard of them any more', async () => {
    const [chain, pid] = [...site.workers()][0]!;
    process.kill(pid, 'SIGSTOP');
    await site.until(() => site.workers().get(chain) !== pid, 20_000);
    assert.deepEqual(statuses(await visits()), [200]);
    assert.ok(!isAlive(pid));
  });

  it('all decide by a new configuration when it is in force', async () => {
    const deny = configuration(backEnd.url, '    unauthorizedGroups: [ labs ]\n');
    for (const [text, expected] of [
      [deny, 403],
      [configuration(backEnd.url), 200],
      [deny, 403],
    ] as const) {
      assert.equal((await site.configure(text)).applied, true);
      assert.deepEqual(statuses(await visits()), [expected]);
    }
    const [chain, pid] = [...site.workers()][0]!;
    process.kill(pid, 'SIGKILL');
    await site.until(() => site.workers().get(chain) !== pid);
    assert.deepEqual(statuses(await visits()), [403], 'one that is started later has it, too');
    assert.equal((await site.configure('workers: nonsense')).applied, false);
    assert.deepEqual(statuses(await visits()), [403]);
    assert.equal((await site.configure(configuration(backEnd.url))).applied, true);
  });

  it('count wrong guesses together', async () => {
    const guesses = Array.from({ length: 40 }, () => send(site.at('app'), { headers: basic('bob', 'wrong') }));
    assert.deepEqual(statuses(await Promise.all(guesses)), [401]);
    const right = await send(site.at('app'), { headers: basic('bob', PASSWORD) });
    assert.equal(right.status, 401, 'the name is locked at every worker');
    const found = (await site.act('audit-search', { name: 'bob', kinds: ['attempt'] })) as {
      readonly records: readonly { readonly reason?: string }[];
    };
    const verified = found.records.filter(({ reason }) => reason === 'wrong-credential');
    assert.ok(verified.length > 0 && verified.length <= LOCKED_AFTER, `${verified.length} guesses were verified`);
  });

  it('leave a trail in which every id that was shown is found', async () => {
    const ids = new Set((await visits()).flatMap((page) => received(page, 'X-Realmgate-Id') ?? []));
    assert.equal(ids.size, WORKERS, 'each worker wrote its decision once');
    ids.add(String((await send(site.at('app'), { headers: basic('carol', 'wrong') })).headers['x-realmgate-id']));
    for (const id of ids) {
      const explained = (await site.act('explain', { id })) as { readonly login?: { readonly name?: string } } | null;
      assert.match(String(explained?.login?.name), /alice|carol/, id);
    }
  });

  it('take overrides over, but not by their environment or command line', async () => {
    const assertions = new Set<string>();
    for (const page of await visits()) {
      const [payload = ''] = received(page, 'X-Realmgate-Assertion')?.[0]?.split('.').slice(1) ?? [];
      assertions.add(String((JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string }).aud));
    }
    assert.deepEqual([...assertions], ['overridden']);
    for (const pid of site.workers().values()) {
      assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), /overridden|REALMGATE__/);
      assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /overridden/);
    }
  });
});

describe('the end of several workers', { timeout: 60_000 }, () => {
  /** Answers after a second. */
  const backEnd = createServer((_request, response) => void setTimeout(() => response.end('done'), 1_000));
  let site: WorkerSite;

  before(async () => {
    backEnd.listen(0, '127.0.0.1');
    await once(backEnd, 'listening');
  });
  after(() => backEnd.close());
  beforeEach(async () => {
    const { port } = backEnd.address() as AddressInfo;
    site = await WorkerSite.start({ configuration: configuration(`http://127.0.0.1:${port}`), files: FILES });
  });
  afterEach(() => site.remove());

  it('comes by itself and at once when the primary is killed', async () => {
    const pids = [...site.workers().values()];
    assert.equal(pids.length, WORKERS);
    process.kill(site.pid, 'SIGKILL');
    const start = performance.now();
    await site.until(async () => !pids.some(isAlive) && !(await site.isListening()), 2_000);
    console.log(`primary killed: no worker left after ${ms(performance.now() - start)}`);
  });

  it('lets requests under way end when the server is told to stop', async () => {
    const cookie = await logIn(site, 'alice');
    const pages = Promise.all(Array.from({ length: 12 }, () => send(site.at('app'), { headers: ['Cookie', cookie] })));
    await wait(300);
    for (const pid of site.workers().values()) process.kill(pid, 'SIGTERM');
    const [answers, code] = await Promise.all([pages, site.terminate()]);
    for (const { status, body } of answers) assert.deepEqual([status, body], [200, 'done']);
    assert.equal(code, 0);
    assert.ok(![...site.workers().values()].some(isAlive));
    assert.equal(await site.isListening(), false);
  });
});

describe('a port that another process has', () => {
  it('is not shared with it', async () => {
    const stranger = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
    await once(stranger, 'listening');
    try {
      const { port } = stranger.address() as AddressInfo;
      const text = configuration('http://127.0.0.1:9').replaceAll('PORT', String(port));
      await assert.rejects(WorkerSite.start({ configuration: text, files: FILES }), /WEB_LISTEN|EADDRINUSE/);
    } finally {
      stranger.close();
    }
  });
});

/** A WebSocket with this cookie. */
async function openTunnel(port: number, cookie: string): Promise<{ readonly ended: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => {});
  socket.write(
    `GET /socket HTTP/1.1\r\nHost: app.localhost:${port}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  assert.match(await nextChunk(socket), /^HTTP\/1\.1 101 /);
  return { ended };
}

/** A connection that stays with its worker. */
class KeptConnection {
  readonly worker: string;
  readonly #socket: Socket;
  readonly #text: string;

  private constructor(socket: Socket, text: string, worker: string) {
    this.#socket = socket;
    this.#text = text;
    this.worker = worker;
  }

  static async open(port: number, cookie: string): Promise<KeptConnection> {
    const socket = connect(port, '127.0.0.1');
    const text = `GET / HTTP/1.1\r\nHost: app.localhost:${port}\r\nCookie: ${cookie}\r\n\r\n`;
    socket.write(text);
    let answer = '';
    while (!/-([bcd])-/.test(answer)) answer += await nextChunk(socket);
    return new KeptConnection(socket, text, /-([bcd])-/.exec(answer)![1]!);
  }

  /** The status of the answer to another request; 503 when the connection ended instead. */
  async ask(): Promise<number> {
    this.#socket.write(this.#text);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await nextChunk(this.#socket))?.[1] ?? 503);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The next octets; empty when the connection ends. */
function nextChunk(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
    socket.once('close', () => resolve(''));
    socket.once('error', () => resolve(''));
  });
}

/** The chain of the worker that let a request pass. */
function workerOf(page: Page): string {
  return received(page, 'X-Realmgate-Id')?.[0]?.split('-')[1] ?? '(none)';
}

function ms(span: number): string {
  return `${span.toFixed(0)} ms`;
}
