/** A WebSocket or a stream outlives no rule that let it in (S12), and no page of another site opens one (RFC 6455 10.2). */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { exchange, until } from '../../support/raw-http.ts';
import { basic, TestBrowser } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

const HANDSHAKE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

let backEnd: EchoBackEnd;
let server: WholeServer;
let configuration: string;
let opened: Socket[];

before(async () => {
  backEnd = await EchoBackEnd.start();
});
beforeEach(async () => {
  opened = [];
  configuration = labConfiguration({ upstream: backEnd.url });
  server = await WholeServer.start({ configuration, files: labFiles() });
});
afterEach(async () => {
  for (const socket of opened) socket.destroy();
  await server.close();
});
after(() => backEnd.stop());

/** Opens a WebSocket or a stream; resolves with what says whether it is still open. */
async function open(host: string, path: string, credential: string): Promise<() => boolean> {
  let [octets, isOpen] = [0, true];
  const rest = path === '/stream' ? '\r\n' : HANDSHAKE;
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}.localhost:${server.port}\r\n${credential}\r\n${rest}`;
  const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
  opened.push(socket);
  socket.on('data', (data) => (octets += data.length));
  socket.on('error', () => {});
  socket.on('close', () => (isOpen = false));
  await until(() => octets > 0);
  return () => isOpen;
}

async function cookieOf(host: string): Promise<string> {
  const browser = new TestBrowser();
  const address = server.at(host);
  await browser.logIn(address, 'alice', PASSWORDS.alice);
  return `Cookie: realmgate-staff=${browser.cookies(address).get('realmgate-staff')}`;
}

async function reconfigure(text: string): Promise<void> {
  server.write('realmgate.yaml', text);
  assert.deepEqual((await server.reload()).problems, []);
}

describe('what is open under a service', () => {
  it('ends when a new configuration would not let it in, and goes on when it would', async () => {
    const alice = basic('alice', PASSWORDS.alice).join(': ');
    const cookie = await cookieOf('lab');
    const atLab = [
      await open('lab', '/ws', cookie),
      await open('lab', '/stream', cookie),
      await open('lab', '/ws', alice),
    ];
    const atApp = [await open('app', '/ws', alice), await open('app', '/stream', alice)];
    const denied = configuration.replace(/(lab\.localhost[\s\S]*?unauthorizedGroups: \[ )/, "$1'campus\\labs', ");
    await reconfigure(denied);
    await until(() => atLab.every((isOpen) => !isOpen()));
    assert.deepEqual(
      atApp.map((isOpen) => isOpen()),
      [true, true],
    );
    await reconfigure(denied.replace('host: app.localhost', 'host: other.localhost'));
    await until(() => atApp.every((isOpen) => !isOpen()));
  });
});

describe('a WebSocket with a session', () => {
  it('is opened for pages of guarded hosts and for programs, and for no other page', async () => {
    const cookie = await cookieOf('app');
    const ask = (origin: string) =>
      exchange(
        server.port,
        `GET /ws HTTP/1.1\r\nHost: app.localhost:${server.port}\r\n${cookie}\r\n${origin}${HANDSHAKE}`,
      );
    for (const origin of ['', `Origin: http://app.localhost:${server.port}\r\n`, 'Origin: http://lab.localhost\r\n']) {
      assert.match(await ask(origin), /^HTTP\/1\.1 101 /, origin);
    }
    for (const origin of ['http://evil.localhost', 'null', 'https://app.localhost.evil', 'x']) {
      assert.match(await ask(`Origin: ${origin}\r\n`), /^HTTP\/1\.1 403 /, origin);
    }
  });
});
