/**
 * S09: no gadget makes the back end see a request that the client did not send as one.
 * Real cases: Node CVE-2022-32213 to -32215, CVE-2022-35256, CVE-2023-30589, CVE-2024-27982.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/base/index.ts';
import { requestFault } from '../../../src/web/http/request-fault.ts';
import { proxyUpgrade, type UpgradeHandle } from '../../../src/web/proxy/proxy-upgrade.ts';
import { createUpstream } from '../../../src/web/proxy/upstream.ts';
import { exchange, listen, RawBackEnd, until } from '../../support/raw-http.ts';
import { GateUnderTest } from './gate-under-test.ts';

const INNER = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (headers: string, body: string) => `POST /outer HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;

/** Gadgets that hide INNER in what another parser could take for the end of the outer request. */
function* gadgets(): Generator<string> {
  const zero = `0\r\n\r\n${INNER}`;
  const encodings = [
    'chunked',
    'Chunked',
    ' chunked',
    'chunked ',
    '\tchunked',
    'chunked\t',
    'xchunked',
    'chunkedx',
    'identity',
    'identity, chunked',
    'chunked, identity',
    'chunked, chunked',
    'gzip, chunked',
    '"chunked"',
    'chunked;x=y',
    'chun ked',
    'cow',
    '',
    ',',
    'chunked,',
    ',chunked',
    '\x0bchunked',
    '\x0cchunked',
    'chunked\x00',
    '\xa0chunked',
    'chunk\xefd',
    'x\r\n chunked',
    'chunked\r\n x',
    'chunked\nX: y',
    'chunked\rX: y',
  ];
  const names = [
    'Transfer-Encoding',
    'transfer-encoding',
    'TRANSFER-ENCODING',
    'Transfer_Encoding',
    'Transfer-Encoding ',
    ' Transfer-Encoding',
    '\tTransfer-Encoding',
    'Transfer-Encoding\t',
    'Transfer\x00-Encoding',
    'Transfer.Encoding',
    'Transfer-Encoding\x0b',
    'X: y\nTransfer-Encoding',
    'X: y\rTransfer-Encoding',
  ];
  for (const name of names) {
    for (const encoding of encodings) {
      for (const length of [0, 5, zero.length]) {
        yield post(`${name}:${encoding === '' ? '' : ` ${encoding}`}\r\nContent-Length: ${length}`, zero);
      }
    }
  }
  for (const [one, two] of [
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow'],
    ['Transfer-Encoding: cow', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  ]) {
    yield post(`${one}\r\n${two}`, zero);
  }
  for (const length of [
    '0, 43',
    '+0',
    '-0',
    '0x0',
    '00',
    '0 ',
    '0;',
    '',
    ' ',
    'a',
    '0a',
    '0\r\nContent-Length: 43',
    '43\r\nContent-Length: 0',
    '0\r\n 43',
    '0\n43',
    '1e1',
    '٠',
    '99999999999999999999',
    '0\x00',
    '0\x0b',
    '5_0',
  ]) {
    yield post(`Content-Length: ${length}`, INNER);
  }
  for (const size of [
    '0x5',
    '+5',
    '-5',
    ' 5',
    '5 ',
    '5;\n',
    '5\n',
    'g',
    '',
    '5;a\rb',
    'ffffffffffffffff5',
    '100000000000000005',
    '5\x00',
    '5;\x00',
    '5 ;a',
  ]) {
    yield post('Transfer-Encoding: chunked', `${size}\r\nhello\r\n${zero}`);
  }
  for (const end of [
    'hello\n0\r\n\r\n',
    'helloX0\r\n\r\n',
    'hello0\r\n\r\n',
    'hello\r0\r\n\r\n',
    'hello\r\n0\n\n',
    'hello\r\n0\r\n\n',
    'hello\r\n0\n\r\n',
  ]) {
    yield post('Transfer-Encoding: chunked', `5\r\n${end}${INNER}`);
  }
  yield `GET /outer HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${zero}`;
  yield `GET /outer HTTP/1.1\r\nHost: a\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`;
  yield `GET /outer HTTP/1.1\r\nHost: a\r\nContent-Length: ${INNER.length}\r\nConnection: Content-Length\r\n\r\n${INNER}`;
  yield `GET /outer HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`;
  yield `GET /outer HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`;
  for (const line of [
    'GET /outer HTTP/1.1\nHost: a\n\n',
    'GET /outer HTTP/1.1\r\nHost: a\r\nX: y\n\r\n',
    'GET  /outer HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /outer\tHTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /outer HTTP/1.2\r\nHost: a\r\n\r\n',
    'GET /outer HTTP/2.0\r\nHost: a\r\n\r\n',
    'GET /outer\r\n\r\n',
    'GET /outer HTTP/1.1\r\nHost: a\r\nX\r\n\r\n',
    'GET /outer HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n',
    'GET /outer HTTP/1.1\r\n Host: a\r\n\r\n',
    'GET /outer HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n',
    'GET /outer HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET /outer HTTP/1.1\r\n\r\n',
    'GET /o\x00uter HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /outer HTTP/1.1\rHost: a\r\r',
    'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]) {
    yield line;
  }
}

const TOKEN_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;
const CHUNKS = /^(?:0*[1-9a-f][0-9a-f]{0,10}(?:;[\x20-\x7e]*)?\r\n[\s\S]*?\r\n)*?0+(?:;[\x20-\x7e]*)?\r\n\r\n/i;

/** The request lines in `octets` as the strictest reader of RFC 9112 sees them, up to the first doubt. */
function strictReading(octets: string): { lines: string[]; rest: string } {
  const lines: string[] = [];
  for (let rest = octets; ; ) {
    const end = rest.indexOf('\r\n\r\n');
    const [line = '', ...headers] = rest.slice(0, Math.max(0, end)).split('\r\n');
    if (
      !/^(?:GET|POST) +\/[\x21-\x7e]* HTTP\/1\.[01]$/.test(line) ||
      !headers.every((header) => TOKEN_LINE.test(header))
    )
      return { lines, rest };
    const values = (name: string) =>
      headers
        .filter((header) => header.toLowerCase().startsWith(`${name}:`))
        .map((header) => header.slice(name.length + 1).trim());
    const [lengths, encodings] = [values('content-length'), values('transfer-encoding')];
    if (lengths.length + encodings.length > 1 || values('host').length !== 1) return { lines, rest };
    if (
      lengths.some((length) => !/^\d+$/.test(length)) ||
      encodings.some((encoding) => encoding.toLowerCase() !== 'chunked')
    )
      return { lines, rest };
    lines.push(line.replace(/ +/g, ' ')); // Node reads over a second blank; what goes out has one
    rest = rest.slice(end + 4 + Number(lengths[0] ?? 0));
    if (encodings.length > 0) {
      const body = CHUNKS.exec(rest)?.[0];
      if (body === undefined) return { lines, rest };
      rest = rest.slice(body.length);
    }
  }
}

describe('smuggling', () => {
  let back: RawBackEnd;
  let gate: GateUnderTest;
  before(async () => {
    back = await new RawBackEnd((text, socket) => {
      if (/\r\n\r\n/.test(text)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }).start();
    gate = await new GateUnderTest(back.url, { maxSockets: 64 }).start();
  });
  after(async () => {
    await gate.stop();
    await back.stop();
  });

  it('sends on only what was sent as one request', { timeout: 30_000 }, async () => {
    const all = [...gadgets()].map((gadget, id) =>
      gadget.replaceAll('/outer', `/outer-${id}`).replaceAll('/smuggled', `/smu-${String(id).padStart(4, '0')}`),
    );
    assert.ok(all.length > 1_000, `${all.length} gadgets`);
    for (let from = 0; from < all.length; from += 100) {
      await Promise.all(all.slice(from, from + 100).map((gadget) => exchange(gate.port, gadget, 30)));
    }
    const sent = new Set(
      all.flatMap((gadget) => strictReading(gadget).lines.map((line) => line.replace('HTTP/1.0', 'HTTP/1.1'))),
    );
    const seen: string[] = [];
    for (const wire of back.received) {
      const { lines, rest } = strictReading(wire);
      assert.doesNotMatch(rest, /HTTP\//, `not beyond doubt: ${JSON.stringify(wire)}`);
      seen.push(...lines);
    }
    for (const line of seen)
      assert.ok(sent.has(line), `${line} of ${JSON.stringify(all[Number(/-(\d+)/.exec(line)?.[1])])}`);
    assert.ok(seen.length > 10, 'the harmless ones arrived');
  });

  it('sees no inner request where outer framing was in doubt', async () => {
    for (const doubtful of [
      'Transfer-Encoding: chunked\r\nContent-Length: 5',
      'Content-Length: 0\r\nContent-Length: 5',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: cow',
      'Transfer-Encoding : chunked',
      'Transfer-Encoding:\r\n chunked',
    ]) {
      const before = back.received.join('').length;
      assert.match(await exchange(gate.port, post(doubtful, `0\r\n\r\n${INNER}`), 30), /^HTTP\/1.1 400 /, doubtful);
      assert.equal(back.received.join('').length, before, doubtful);
    }
  });

  it('refuses too many and too large headers', async () => {
    const many = `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(101)}\r\n`;
    assert.match(await exchange(gate.port, many), /^HTTP\/1.1 431 /);
    const hidden = `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(1_500)}X-BonFIRE-Asserted-ID: mallory\r\n\r\n`;
    assert.match(await exchange(gate.port, hidden), /^HTTP\/1.1 431 /);
    assert.match(
      await exchange(gate.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(65_536)}\r\n\r\n`),
      /^HTTP\/1.1 431 /,
    );
  });

  it('answers CONNECT and unknown expectations itself', async () => {
    assert.match(await exchange(gate.port, 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n'), /^HTTP\/1.1 405 /);
    assert.match(
      await exchange(gate.port, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: something\r\n\r\n'),
      /^HTTP\/1.1 417 /,
    );
  });
});

describe('requestFault', () => {
  const fault = (rawHeaders: string[], httpVersion = '1.1') => requestFault({ rawHeaders, httpVersion });

  it('does not rest on the parser', () => {
    assert.equal(fault(['Host', 'a', 'Content-Length', '5']), undefined);
    assert.equal(fault(['Transfer-Encoding', 'Chunked']), undefined);
    for (const headers of [
      ['Content-Length', '5', 'content-length', '5'],
      ['Content-Length', '+5'],
      ['Content-Length', '5', 'Transfer-Encoding', 'chunked'],
      ['Transfer-Encoding', 'gzip, chunked'],
      ['A b', 'c'],
      ['A', 'b\nc'],
      ['A', 'b\0'],
      ['', 'x'],
    ]) {
      assert.equal(fault(headers), 400, headers.join());
    }
    assert.equal(fault(['Transfer-Encoding', 'chunked'], '1.0'), 400);
    assert.equal(fault([], '2.0'), 505);
    assert.equal(fault(Array(202).fill('x')), 431);
  });
});

describe('a WebSocket', () => {
  const KEY =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
  const OPEN = `GET /ws HTTP/1.1\r\nHost: a\r\n${KEY}`;
  const SWITCH =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

  async function pair(answer: string, echo: boolean) {
    const back = await new RawBackEnd((text, socket) => {
      const head = text.indexOf('\r\n\r\n');
      if (text.length === head + 4) socket.write(answer);
      else if (echo) socket.write(text.slice(-4));
    }).start();
    const gate = await new GateUnderTest(back.url).start();
    after(async () => {
      await gate.stop();
      await back.stop();
    });
    return { back, gate };
  }

  it('goes both ways and ends on both sides when its handle is closed (S12)', async () => {
    const { back, gate } = await pair(SWITCH, true);
    const socket = connect(gate.port, '127.0.0.1', () => socket.write(OPEN));
    let got = '';
    let closed = false;
    socket.on('data', (octets) => {
      got += octets.toString('latin1');
    });
    socket.on('close', () => {
      closed = true;
    });
    await until(() => got.endsWith('\r\n\r\n'));
    assert.match(
      got,
      /^HTTP\/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3p[^\r]*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/,
    );
    assert.match(
      back.received[0]!,
      /Sec-WebSocket-Key: dGhl[\s\S]*X-BonFIRE-Asserted-ID: alice[\s\S]*Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/,
    );
    socket.write('ping');
    await until(() => got.endsWith('ping'));
    gate.tunnels[0]!.close();
    gate.tunnels[0]!.close();
    await until(() => closed && back.sockets.size === 0);
    assert.deepEqual(await gate.tunnels[0]!.ended, { kind: 'ended' });
  });

  it('ends when either side does', async () => {
    const { back, gate } = await pair(SWITCH, true);
    for (const side of ['client', 'back end']) {
      const socket = connect(gate.port, '127.0.0.1', () => socket.write(OPEN));
      await new Promise((resolve) => socket.once('data', resolve));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      if (side === 'client') socket.destroy();
      else for (const other of back.sockets) other.destroy();
      await closed;
      await until(() => back.sockets.size === 0);
      assert.deepEqual(await gate.tunnels.at(-1)!.ended, { kind: 'ended' });
    }
  });

  it('that is refused carries nothing but the refusal, and smuggles no request', async () => {
    const { back, gate } = await pair(
      'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2\r\n\r\nno',
      false,
    );
    const got = await exchange(gate.port, OPEN + INNER);
    assert.equal(
      got,
      'HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno',
    );
    assert.doesNotMatch(back.received.join(''), /smuggled/);
    assert.deepEqual(await gate.tunnels[0]!.ended, { kind: 'declined', status: 426 });
  });

  it('is nothing else: other upgrades are ordinary requests, a 101 to another protocol is 502', async () => {
    const { back, gate } = await pair(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
      false,
    );
    assert.match(await exchange(gate.port, OPEN), /^HTTP\/1.1 502 /);
    await exchange(gate.port, OPEN.replace('websocket', 'h2c'));
    assert.equal(gate.tunnels.length, 1);
    assert.doesNotMatch(back.received.at(-1)!, /Upgrade/);
  });

  it('is refused by the tunnel itself when it is none, and not begun for a client that has left', async () => {
    const { back } = await pair(SWITCH, true);
    const upstream = createUpstream({ url: back.url, clock: systemClock });
    const handles: UpgradeHandle[] = [];
    const server = createServer();
    server.on('upgrade', (req, socket, head) => {
      if (req.url === '/left') socket.destroy();
      handles.push(proxyUpgrade(req, socket, head, upstream, { headers: ['Host', 'a'], path: '/ws' }));
    });
    const port = await listen(server);
    after(() => {
      upstream.close();
      server.closeAllConnections();
      server.close();
    });
    const h2c = connect(port, '127.0.0.1', () => h2c.write(OPEN.replace('websocket', 'h2c')));
    await until(() => handles.length === 1);
    await exchange(port, OPEN.replace('/ws', '/left'));
    assert.deepEqual(await handles[0]!.ended, { kind: 'failed', status: 400, reason: 'not-a-websocket' });
    assert.deepEqual(await handles[1]!.ended, { kind: 'ended' });
    assert.equal(back.received.length, 0);
    handles[0]!.close();
  });
});
