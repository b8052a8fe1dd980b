/** A server in a process of its own, and the signals that it gets at the wrong time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { freePort } from '../support/free-port.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../support/lab-site.ts';
import { until } from '../support/raw-http.ts';
import { basic } from '../support/test-browser.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

let backEnd: EchoBackEnd;
let folder: string;
let port: number;

before(async () => {
  backEnd = await EchoBackEnd.start();
  folder = mkdtempSync(join(tmpdir(), 'realmgate-signals-'));
  port = await freePort();
  const more = 'shutdownGrace: 3s\n';
  const files = { ...labFiles(), 'realmgate.yaml': labConfiguration({ upstream: backEnd.url, more }) };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text.replaceAll('PORT', String(port)));
  }
});
after(async () => {
  await backEnd.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('SIGHUP while the server drains', () => {
  it('does not break it off: what is under way may end, and all is closed in order', async () => {
    const options = ['--disable-warning=ExperimentalWarning', MAIN, '-c', join(folder, 'realmgate.yaml'), 'serve'];
    const server = spawn(process.execPath, options, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    server.stderr.on('data', (octets: Buffer) => (log += octets.toString()));
    const ended = once(server, 'exit');
    try {
      await until(() => log.includes('"serving"'), 30_000);
      const credential = basic('bob', PASSWORDS.bob).join(': ');
      let octets = 0;
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET /stream HTTP/1.1\r\nHost: app.localhost:${port}\r\n${credential}\r\n\r\n`),
      );
      socket.on('data', (data) => (octets += data.length));
      socket.on('error', () => {});
      await until(() => octets > 0);
      server.kill('SIGTERM');
      await until(() => log.includes('"stopping"'));
      server.kill('SIGHUP');
      const before = octets;
      await wait(500);
      assert.ok(octets > before, 'the stream goes on while the server drains');
      assert.deepEqual(await ended, [0, null]);
      assert.match(log, /"stopped"/);
    } finally {
      server.kill('SIGKILL');
    }
  });
});
