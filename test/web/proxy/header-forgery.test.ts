/**
 * S01 and S02 on the wire: spellings x names x kinds of request, and a raw back end that reads header names as loosely as
 * any container does. Real cases: CVE-2025-64484 oauth2-proxy, CVE-2015-0219 Django, CVE-2024-45410 Traefik.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HEADER_PRESETS } from '../../../src/web/http/header-presets.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RawBackEnd } from '../../support/raw-http.ts';
import { GateUnderTest } from './gate-under-test.ts';

const NAMES = [
  ...Object.values(HEADER_PRESETS).flatMap((preset) => preset.map(([name]) => name)),
  'X-Realmgate-Assertion',
  'X-Forwarded-For',
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
];
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}: mallory`,
  (name) => `${name.toLowerCase()}: mallory`,
  (name) => `${name.toUpperCase()}: mallory`,
  (name) => `${name.replaceAll('-', '_')}: mallory`,
  (name) => `${name.replaceAll('-', '.')}: mallory`,
  (name) => `${name.replace('-', '--')}: mallory`,
  (name) => `${name};x: mallory`,
  (name) => `${name} : mallory`,
  (name) => `${name}\t: mallory`,
  (name) => `X-Any: thing\r\n ${name}: mallory`,
  (name) => `${name}\0: mallory`,
  (name) => `\x0b${name}: mallory`,
  (name) => `${name}: alice, mallory`,
  (name) => `${name}: mallory\r\n${name}: mallory`,
  (name) => `${name}: mallory\r\nConnection: keep-alive, ${name}`,
  (name) => `X-Any: thing\n${name}: mallory`,
  (name) => `X-Any: thing\r${name}: mallory`,
  (name) => `${name}:mallory${'y'.repeat(15_000)}`,
  (name) => `${name}:\r\n mallory`,
];
const KINDS: readonly ((header: string) => string)[] = [
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\n${header}\r\nHost: a\r\n\r\n`,
  (header) => `GET /x HTTP/1.0\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `OPTIONS /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n${header}\r\n\r\na`,
  (header) =>
    `POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n1\r\na\r\n0\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
];

describe('forged headers', () => {
  let back: RawBackEnd;
  let gate: GateUnderTest;
  before(async () => {
    back = await new RawBackEnd((text, socket) => {
      if (/\r\n\r\n(?:a|1\r\na\r\n0\r\n\r\n)?$/.test(text))
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    }).start();
    gate = await new GateUnderTest(back.url, { maxSockets: 32 }).start();
  });
  after(async () => {
    await gate.stop();
    await back.stop();
  });

  it('reach no back end, in no spelling, on no kind of request', { timeout: 60_000 }, async () => {
    const forgeries = NAMES.flatMap((name) => SPELLINGS.flatMap((spell) => KINDS.map((kind) => kind(spell(name)))));
    let at = 0;
    const worker = async () => {
      for (let forgery = forgeries[at++]; forgery !== undefined; forgery = forgeries[at++]) {
        const client = new RawClient(gate.port);
        await client.send(forgery);
        client.close();
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    assert.ok(
      forgeries.length > 3_500 && back.received.length > forgeries.length / 3,
      `${back.received.length} of ${forgeries.length} arrived`,
    );
    for (const wire of back.received) {
      if (wire === '') continue; // the client had left before the connection was made
      assert.doesNotMatch(wire, /mallory/);
      const head = wire.slice(0, wire.indexOf('\r\n\r\n')).split('\r\n').slice(1);
      const loose = head.map((line) =>
        line
          .slice(0, line.indexOf(':'))
          .toLowerCase()
          .replace(/[^a-z0-9]/g, ''),
      );
      for (const name of ['xbonfireassertedid', 'xbonfireassertedgroups', 'xrealmgateassertion', 'host']) {
        assert.equal(loose.filter((found) => found === name).length, 1, wire);
      }
      assert.ok(head.includes('X-BonFIRE-Asserted-ID: alice'), wire);
    }
  });
});
