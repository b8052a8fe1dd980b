/** The proxy engine on the wire: framing, streaming, reuse, failures. S09 (outbound half), S44. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, get, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../../src/base/index.ts';
import { createUpstream, type UpstreamOptions } from '../../../src/web/proxy/upstream.ts';
import { exchange, listen, RawBackEnd, until } from '../../support/raw-http.ts';
import { GateUnderTest } from './gate-under-test.ts';

const stops: (() => Promise<void>)[] = [];
after(() => Promise.all(stops.map((stop) => stop())));

async function gate(url: string, options: Partial<UpstreamOptions> = {}): Promise<GateUnderTest> {
  const started = await new GateUnderTest(url, options).start();
  stops.push(() => started.stop());
  return started;
}

async function backEnd(answer: (text: string, socket: Socket, connection: number) => void): Promise<RawBackEnd> {
  const started = await new RawBackEnd(answer).start();
  stops.push(() => started.stop());
  return started;
}

const says = (response: string) => (text: string, socket: Socket) => {
  if (text.includes('\r\n\r\n')) socket.write(response, 'latin1');
};
const GET = 'GET /x HTTP/1.1\r\nHost: App.Example.\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a request through the proxy', () => {
  it('arrives framed anew, with the canonical host and the asserted identity, once', async () => {
    const back = await backEnd(says(OK));
    const { port } = await gate(back.url);
    const forged = 'X-BonFIRE-Asserted-ID: mallory\r\nX_BonFIRE_Asserted_ID: mallory\r\n';
    await exchange(
      port,
      `GET /%78?a=b HTTP/1.1\r\nHost: App.Example.\r\n${forged}Connection: close, X-BonFIRE-Asserted-ID, Cookie\r\nCookie: a=b\r\n\r\n`,
    );
    assert.equal(
      back.received[0],
      'GET /x?a=b HTTP/1.1\r\nCookie: a=b\r\nHost: app.example\r\nX-BonFIRE-Asserted-ID: alice\r\nX-BonFIRE-Asserted-Groups: labs\r\n' +
        'X-BonFIRE-Groups-Id: labs\r\nX-Realmgate-Assertion: a.b.c\r\n\r\n',
    );
  });

  it('keeps length and chunks apart and drops extensions and trailers', async () => {
    const back = await backEnd((text, socket) => {
      if (/\r\n\r\n(?:hello|[\s\S]*0\r\n\r\n)$/.test(text)) socket.write(OK);
    });
    const { port } = await gate(back.url);
    await exchange(port, 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
    await exchange(
      port,
      'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-BonFIRE-Asserted-ID\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-BonFIRE-Asserted-ID: mallory\r\n\r\n',
    );
    const wire = back.received.join('');
    assert.match(wire, /Content-Length: 5\r\n\r\nhello/);
    assert.match(wire, /Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n/);
    assert.doesNotMatch(wire, /mallory|Trailer|x=y/);
  });

  it('asks for a held-back body itself and says so once', async () => {
    const back = await backEnd((text, socket) => {
      if (text.endsWith('hello')) socket.write(OK);
    });
    const { port } = await gate(back.url);
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('data', (octets) => {
      got += octets.toString('latin1');
      if (got === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('hello');
    });
    socket.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
    await until(() => got.endsWith('ok'));
    assert.equal(got.split('100 Continue').length, 2);
    assert.doesNotMatch(back.received[0]!, /Expect/);
    socket.destroy();
  });

  it('reuses the upstream connection', async () => {
    const back = await backEnd(says(OK));
    const { port } = await gate(back.url);
    for (let turn = 0; turn < 20; turn += 1)
      await exchange(port, GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    assert.equal(back.received.length, 1);
  });
});

describe('a response through the proxy', () => {
  const through = async (response: string, head = GET) => {
    const back = await backEnd((text, socket) => {
      if (text.includes('\r\n\r\n')) socket.end(response, 'latin1');
    });
    const { port, outcomes } = await gate(back.url);
    const got = await exchange(port, head);
    return { got: got.replace(/Date: [^\r]*\r\n/, ''), outcome: outcomes[0] };
  };

  it('keeps its headers but the hop-by-hop ones', async () => {
    const { got } = await through(
      'HTTP/1.1 201 Made It\r\nServer: back\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nSet-Cookie: a=b\r\nSet-Cookie: c=\xe0\r\nContent-Length: 2\r\n\r\nok',
    );
    assert.equal(
      got,
      'HTTP/1.1 201 Made It\r\nServer: back\r\nSet-Cookie: a=b\r\nSet-Cookie: c=\xe0\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\nok',
    );
  });

  it('is framed anew whether it was chunked or ended with the connection', async () => {
    for (const response of [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nX: y\r\n\r\n',
      'HTTP/1.0 200 OK\r\n\r\nok',
    ]) {
      const { got, outcome } = await through(response);
      assert.match(got, /Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n$/);
      assert.deepEqual(outcome, { kind: 'answered', status: 200 });
    }
  });

  it('has no body where none belongs', async () => {
    const head = await through('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', GET.replace('GET', 'HEAD'));
    assert.match(head.got, /Content-Length: 5\r\n[\s\S]*\r\n\r\n$/);
    const none = await through('HTTP/1.1 204 No Content\r\n\r\n');
    assert.match(none.got, /^HTTP\/1.1 204 No Content\r\n[\s\S]*\r\n\r\n$/);
    const same = await through('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 5\r\n\r\n');
    assert.match(same.got, /^HTTP\/1.1 304 Not Modified\r\nETag: "x"\r\n[\s\S]*\r\n\r\n$/);
    for (const { outcome } of [head, none, same]) assert.equal(outcome?.kind, 'answered');
  });

  it('may follow interim responses', async () => {
    const { got } = await through(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}`);
    assert.match(got, /^HTTP\/1.1 200 OK\r\n[\s\S]*ok$/);
  });

  it('is 502 when it is not beyond doubt', async () => {
    const doubtful = [
      'garbage\r\n\r\n',
      'HTTP/2 200\r\n\r\n',
      'HTTP/1.1 20 OK\r\n\r\n',
      'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
      'HTTP/1.1 200 OK\r\nA: b\n c\r\n\r\n',
      'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n',
      'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
      `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(40_000)}\r\n\r\n`,
      'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20),
      'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n',
      '',
    ];
    const answers = await Promise.all(doubtful.map((response) => through(response)));
    for (const [at, { got, outcome }] of answers.entries()) {
      const response = doubtful[at]!;
      assert.match(got, /^HTTP\/1.1 502 /, response.slice(0, 60));
      assert.equal(outcome?.kind, 'failed');
    }
  });

  it('is never a truncated success', async () => {
    const cut = [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok0\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n',
    ];
    for (const response of cut) {
      const { got, outcome } = await through(response);
      assert.ok(!got.endsWith('0\r\n\r\n') && !got.endsWith('okxxx'), response);
      assert.deepEqual(outcome, { kind: 'broken', by: 'upstream' }, response);
    }
  });

  it('ends the connection of a back end that says more than it was asked', async () => {
    const back = await backEnd(says(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`));
    const { port } = await gate(back.url);
    for (let turn = 0; turn < 3; turn += 1) assert.doesNotMatch(await exchange(port, GET, 50), /poison/);
    assert.equal(back.received.length, 3);
  });
});

describe('a failing upstream', () => {
  it('is 502 when nobody listens, 504 when it does not answer', async () => {
    const nobody = await gate('http://127.0.0.1:1');
    assert.match(await exchange(nobody.port, GET), /^HTTP\/1.1 502 /);
    assert.deepEqual(nobody.outcomes, [{ kind: 'failed', status: 502, reason: 'connect' }]);
    const silent = await gate((await backEnd(() => {})).url, { responseTimeout: 250 });
    assert.match(await exchange(silent.port, GET), /^HTTP\/1.1 504 /);
    assert.deepEqual(silent.outcomes, [{ kind: 'failed', status: 504, reason: 'response-timeout' }]);
  });

  it('gets a safe request once more when a kept connection was dead, and nothing else twice', async () => {
    const back = await backEnd((text, socket, connection) => {
      const requests = text.split('\r\n\r\n').length - 1;
      if (connection === 0 && requests > 1) socket.destroy();
      else socket.write(OK);
    });
    const { port, outcomes } = await gate(back.url);
    await exchange(port, GET, 30);
    assert.match(await exchange(port, GET, 30), /200 OK/);
    const post = await backEnd((text, socket) => {
      if (text.split(' HTTP/1.1').length > 2) socket.destroy();
      else socket.write(OK);
    });
    const other = await gate(post.url);
    await exchange(other.port, GET, 30);
    assert.match(
      await exchange(other.port, 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na', 30),
      /^HTTP\/1.1 502 /,
    );
    assert.equal(post.received.length, 1);
    assert.equal(outcomes.length, 2);
  });

  it('is asked by a bounded number of connections, and waited for by a bounded number of clients', async () => {
    const back = await backEnd(() => {});
    const { port, outcomes } = await gate(back.url, {
      maxSockets: 2,
      queueLimit: 3,
      connectTimeout: 400,
      responseTimeout: 1_500,
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(port, GET, 100)));
    assert.equal(back.received.length, 2);
    const statuses = answers.map((answer) => answer.slice(9, 12)).sort();
    assert.deepEqual(statuses, ['503', '503', '503', '504', '504', '504', '504', '504']);
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'failed' && outcome.reason === 'queue-full').length, 3);
  });

  it('is named by a URL without a path', () => {
    for (const url of ['x', 'https://a', 'http://a/b', 'http://a/?b', 'http://u@a', 'ftp://a']) {
      assert.throws(() => createUpstream({ url, clock: systemClock }), { code: 'WEB_UPSTREAM_URL' }, url);
    }
  });
});

describe('streams', () => {
  it('end upstream when the client goes away', async () => {
    const back = await backEnd((text, socket) => {
      if (text.includes('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome');
    });
    const { port, outcomes } = await gate(back.url);
    const socket = connect(port, '127.0.0.1', () => socket.write(GET));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await until(() => outcomes.length === 1 && back.sockets.size === 0);
    assert.deepEqual(outcomes, [{ kind: 'broken', by: 'client' }]);
  });

  it('go both ways at 320 MB with flat memory, past a slow reader', { timeout: 60_000 }, async () => {
    const SIZE = 320 * 1024 * 1024;
    const block = Buffer.alloc(1024 * 1024, 'realmgate');
    const server = createServer((req, res) => {
      const hash = createHash('sha1');
      req.on('data', (part: Buffer) => hash.update(part));
      req.on('end', () => {
        res.writeHead(200, { 'X-Hash': hash.digest('hex') });
        let sent = 0;
        const more = () => {
          while (sent < SIZE) {
            sent += block.length;
            if (!res.write(block)) return void res.once('drain', more);
          }
          res.end();
        };
        more();
      });
    });
    const backPort = await listen(server);
    stops.push(async () => void server.closeAllConnections());
    stops.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const { port } = await gate(`http://127.0.0.1:${backPort}`);
    const sentHash = createHash('sha1');
    const before = process.memoryUsage().rss;
    let highest = 0;
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      const out = request(
        { port, host: '127.0.0.1', method: 'POST', path: '/big', headers: { 'Content-Length': SIZE } },
        (res) => {
          assert.equal(res.headers['x-hash'], sentHash.digest('hex'));
          res.pause();
          setTimeout(() => res.resume(), 200);
          res.on('data', (part: Buffer) => {
            received += part.length;
            highest = Math.max(highest, process.memoryUsage.rss());
          });
          res.on('end', resolve).on('error', reject);
        },
      );
      let sent = 0;
      const more = () => {
        while (sent < SIZE) {
          sent += block.length;
          sentHash.update(block);
          if (!out.write(block)) return void out.once('drain', more);
        }
        out.end();
      };
      out.on('error', reject);
      more();
    });
    assert.equal(received, SIZE);
    // What the collector has not come to yet is some 130 MB at most; what is kept of one way would be all of it.
    assert.ok(highest - before < 220 * 1024 * 1024, `memory grew by ${((highest - before) / 2 ** 20).toFixed()} MiB`);
  });

  it('of a client that does not read are ended after the idle time', async () => {
    const back = await backEnd((text, socket) => {
      if (text.includes('\r\n\r\n')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        const pour = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
          socket.once('drain', pour);
        };
        pour();
      }
    });
    const { port, outcomes } = await gate(back.url, { idleTimeout: 250 });
    const socket = connect(port, '127.0.0.1', () => socket.write(GET));
    socket.pause();
    await until(() => outcomes.length === 1);
    assert.deepEqual(outcomes, [{ kind: 'broken', by: 'client' }]);
    socket.destroy();
  });

  it('of a client that stops sending are ended after the idle time', async () => {
    const back = await backEnd(() => {});
    const { port, outcomes } = await gate(back.url, { idleTimeout: 250 });
    const got = await exchange(port, 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc', 1_000);
    assert.match(got, /^HTTP\/1.1 504 [\s\S]*Connection: close/);
    assert.deepEqual(outcomes, [{ kind: 'failed', status: 504, reason: 'response-timeout' }]);
    assert.equal(back.sockets.size, 0);
  });

  it('that the back end refuses early are answered and not read on', async () => {
    const back = await backEnd((text, socket) => {
      if (text.includes('\r\n\r\n')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const { port, outcomes } = await gate(back.url);
    const got = await exchange(port, 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc');
    assert.match(got, /^HTTP\/1.1 413 [\s\S]*Connection: close/);
    assert.deepEqual(outcomes, [{ kind: 'answered', status: 413 }]);
    await until(() => back.sockets.size === 0);
  });

  it('are served side by side', async () => {
    const server = createServer((req, res) => {
      setTimeout(() => res.end(`${req.url}`.repeat(3_000)), Number(req.url!.slice(2)) % 7);
    });
    const backPort = await listen(server);
    stops.push(async () => void server.closeAllConnections());
    stops.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const { port } = await gate(`http://127.0.0.1:${backPort}`, { maxSockets: 8 });
    const fetchText = (path: string) =>
      new Promise<string>((resolve, reject) => {
        get({ port, host: '127.0.0.1', path, agent: false }, (res) => {
          let text = '';
          res.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          res.on('end', () => resolve(text));
        }).on('error', reject);
      });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => fetchText(`/n${at}`)));
    for (const [at, answer] of answers.entries()) assert.equal(answer, `/n${at}`.repeat(3_000));
  });
});
