/**
 * S01 and S02 on the wire: spellings x names x kinds of request, and a raw back end that reads header names as loosely as
 * any container does. Real cases: CVE-2025-64484 oauth2-proxy, CVE-2015-0219 Django, CVE-2024-45410 Traefik.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { recordFigure } from '../../support/figure.ts';
import { HEADER_FORGERIES } from '../../support/header-forgeries.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RawBackEnd } from '../../support/raw-http.ts';
import { GateUnderTest } from './gate-under-test.ts';

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
    // Every third: three shares nothing with the numbers of kinds and spellings. The interop suite sends them all.
    const forgeries = HEADER_FORGERIES.filter((_, index) => index % 3 === 0);
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
      forgeries.length > 1_200 && back.received.length > forgeries.length / 3,
      `${back.received.length} of ${forgeries.length} arrived`,
    );
    const reached = back.received.filter((wire) => wire.includes('mallory'));
    recordFigure('header-forgeries', forgeries.length, reached.length);
    assert.deepEqual(reached.slice(0, 20), []);
    for (const wire of back.received) {
      if (wire === '') continue; // the client had left before the connection was made
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
