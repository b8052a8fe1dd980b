/** A client that was answered and still sends its body, octet by octet, holds no connection (slowloris). */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles } from '../../support/lab-site.ts';
import { until } from '../../support/raw-http.ts';
import { WholeServer } from '../../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
before(async () => {
  backEnd = await EchoBackEnd.start();
  server = await WholeServer.start({ configuration: labConfiguration({ upstream: backEnd.url }), files: labFiles() });
});
after(async () => {
  await server.close();
  await backEnd.stop();
});

const FRAMINGS = { length: 'Content-Length: 100000', chunks: 'Transfer-Encoding: chunked' };
const REQUESTS = {
  'the authorization endpoint': ['POST /authz/nginx', 'app'],
  'the login form': ['POST /.realmgate/login', 'login'],
  'the start of a login': ['GET /.realmgate/start', 'app'],
  'the key set': ['GET /.well-known/jwks.json', 'login'],
  'an ambiguous path': ['POST /a/../b', 'app'],
  'a service': ['POST /', 'app'],
} as const;

describe('a body that never comes', { concurrency: true }, () => {
  for (const [what, [line, host]] of Object.entries(REQUESTS)) {
    for (const [how, framing] of Object.entries(FRAMINGS)) {
      it(`holds no connection after the answer of ${what} (${how})`, async () => {
        const head = `${line} HTTP/1.1\r\nHost: ${host}.localhost:${server.port}\r\n${framing}\r\n\r\n`;
        const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
        let [answer, closed] = ['', false];
        socket.on('data', (octets) => (answer += octets.toString('latin1')));
        socket.on('error', () => {});
        socket.on('close', () => (closed = true));
        try {
          await until(() => closed);
          assert.match(answer, /^HTTP\/1\.1 [2-4]\d\d /);
        } finally {
          socket.destroy();
        }
      });
    }
  }

  it('costs no connection where it comes with its head, or where there is none', async () => {
    const rest = ` HTTP/1.1\r\nHost: app.localhost:${server.port}\r\nAccept: text/html\r\n`;
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (octets) => (answer += octets.toString('latin1')));
    socket.write(`POST /authz/nginx${rest}Content-Length: 3\r\n\r\nabc`);
    await until(() => answer.includes('HTTP/1.1 403'));
    await wait(50);
    socket.write(`GET /${rest}\r\n`);
    await until(() => answer.includes('HTTP/1.1 303'));
    await wait(50);
    socket.write(`GET /other${rest}\r\n`);
    await until(() => answer.includes('return=%2Fother'));
    socket.destroy();
  });
});
