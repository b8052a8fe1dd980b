/**
 * S01 and S02 end to end: spelling x route x protocol x front proxy x back end, and what the back end was told.
 *
 * Every request is sent by somebody logged in as bob (or nobody) and claims to be mallory. A forgery has reached the back
 * end when that reads anything but bob's own identity, complete. Real cases: CVE-2025-64484 oauth2-proxy, CVE-2015-0219
 * Django, CVE-2021-32777 Envoy, CVE-2024-45410 Traefik, Caddy GHSA-7r4p-vjf4-gxv4.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Browser } from '../../scripts/quickstart/browser.ts';
import { recordFigure } from '../support/figure.ts';
import { http1Forgeries, http2Forgeries } from '../support/forgery-matrix.ts';
import { freePort } from '../support/free-port.ts';
import { APACHE, CADDY, type FrontPlaces, HAPROXY, NGINX, siteBehind } from '../support/front-proxies.ts';
import { exchangeHttp2 } from '../support/raw-http2.ts';
import { htpasswdLine, RealmgateSite } from '../support/realmgate-site.ts';
import {
  BackEndSwitch,
  nginxBackEnd,
  nodeBackEnd,
  phpBackEnd,
  type ReceivedRequest,
  type RecordingBackEnd,
} from '../support/recording-back-ends.ts';
import type { ServerProcess } from '../support/server-process.ts';

const LEAST = 5_000;
const AT_ONCE = 12;

interface Entry {
  readonly name: string;
  readonly port: number;
  readonly http2: number | undefined;
}

describe('forged identity headers', { timeout: 300_000 }, () => {
  const backEnds: RecordingBackEnd[] = [];
  const entries: Entry[] = [];
  const opened: { stop(): Promise<void> }[] = [];
  let application: BackEndSwitch;
  let cookies: ReadonlyMap<string, string>;

  before(async () => {
    application = await new BackEndSwitch().start();
    backEnds.push(await nodeBackEnd(), await nginxBackEnd(), await phpBackEnd('nginx'), await phpBackEnd('Apache'));
    opened.push(...backEnds, application);
    const [direct, realmgate] = [await freePort(), await freePort()];
    const sites = await Promise.all([
      openSite(direct, application.port, false),
      openSite(realmgate, application.port, true),
    ]);
    opened.push(...sites);
    const place = async (): Promise<FrontPlaces> => ({
      realmgate,
      application: application.port,
      front: await freePort(),
      http2: await freePort(),
    });
    entries.push({ name: "Realmgate's own proxy", port: direct, http2: undefined });
    for (const kind of [NGINX, CADDY, HAPROXY, APACHE]) {
      const places = await place();
      const front: ServerProcess = await kind.start(places);
      opened.push(front);
      const http2 = kind === APACHE ? undefined : kind === CADDY ? places.front : places.http2;
      entries.push({ name: kind.name, port: places.front, http2 });
    }
    cookies = new Map([
      ["Realmgate's own proxy", await login(direct)],
      ['', await login(realmgate)],
    ]);
  });

  after(async () => {
    for (const thing of opened.reverse()) await thing.stop();
  });

  it('reach no back end, in no spelling, by no route, through nothing', async () => {
    const total = { tried: 0, arrived: 0, silent: 0 };
    const reached: string[] = [];
    for (const backEnd of backEnds) {
      application.to(backEnd.port);
      for (const entry of entries) {
        const cookie = cookies.get(entry.name) ?? cookies.get('')!;
        const texts = http1Forgeries(cookie, backEnd === backEnds[0]);
        const requests = entry.http2 === undefined ? [] : http2Forgeries(cookie);
        const batch = [
          ...texts.map((text) => () => send(entry.port, text)),
          ...requests.map((request) => () => exchangeHttp2(entry.http2!, request)),
        ];
        const results = await inParallel(batch);
        const records = backEnd.take();
        const silent = results.filter((result) => result === 'silent').length;
        console.log(
          `${entry.name.padEnd(22)} ${backEnd.name.padEnd(22)} ${batch.length} tried, ${records.length} requests arrived${silent > 0 ? `, ${silent} left unanswered` : ''}`,
        );
        assert.ok(records.length > batch.length / 8, `${entry.name} lets hardly anything through to ${backEnd.name}`);
        for (const record of records) {
          const what = forgeryIn(record);
          if (what === undefined) continue;
          const text = texts.find((candidate) => candidate.includes(` ${record.target} `));
          reached.push(
            `${entry.name} to ${backEnd.name}: ${what} by ${JSON.stringify(text ?? record.target).slice(-150)}`,
          );
        }
        total.tried += batch.length;
        total.arrived += records.length;
        total.silent += silent;
      }
    }
    console.log(`${total.arrived} requests arrived`);
    recordFigure('header-forgeries', total.tried, reached.length);
    assert.deepEqual([...new Set(reached)], []);
    assert.ok(total.tried >= LEAST, `${total.tried} tried`);
    assert.ok(total.silent < total.tried / 50, `${total.silent} left unanswered`);
  });
});

/** What a back end got wrong from a request; undefined when it knows bob, all of him, and nobody else. */
function forgeryIn({ said: record }: ReceivedRequest): string | undefined {
  const expected = { x_bonfire_asserted_id: 'bob', x_bonfire_asserted_groups: 'staff', x_bonfire_groups_id: 'staff' };
  for (const [name, value] of Object.entries(expected)) {
    const said = record.get(name) ?? [];
    if (said.length !== 1 || said[0] !== value) return `${name} is ${JSON.stringify(said)}`;
  }
  const [assertion, second] = record.get('x_realmgate_assertion') ?? [];
  const claims = assertion?.split('.')[1] ?? '';
  const sub = claims && (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: unknown }).sub;
  return sub === 'bob' && second === undefined ? undefined : 'not one assertion of bob';
}

/** Sends octets and reads until the other side closes, or has opened a tunnel. */
function send(port: number, text: string): Promise<'answered' | 'refused' | 'silent'> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const done = (result: 'answered' | 'refused' | 'silent') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => done(got === '' ? 'silent' : 'answered'), 2_000);
    const upgrade = text.includes('Upgrade: websocket');
    socket.setEncoding('latin1').on('data', (piece) => {
      got += piece as unknown as string;
      if (
        upgrade &&
        /\r\n\r\n/.test(got) &&
        (!text.startsWith('GET /first') || /\r\n\r\n[\s\S]*HTTP\/1\.[01] \d+[\s\S]*\r\n\r\n/.test(got))
      )
        done('answered');
    });
    socket.on('error', () => done('refused')).on('close', () => done(got === '' ? 'refused' : 'answered'));
  });
}

async function inParallel<T>(acts: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let at = 0;
  const worker = async () => {
    for (let act = acts[at++]; act !== undefined; act = acts[at++]) results.push(await act());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function openSite(port: number, application: number, trusting: boolean): Promise<RealmgateSite> {
  const documented = siteBehind(APACHE.page, { realmgate: port, application, front: port });
  return RealmgateSite.start({
    port,
    files: {
      'front.yaml': trusting ? documented : documented.replace('trustedProxies: [ "127.0.0.1/32" ]\n', ''),
      'site.yaml': `realms:
  staff:
    modules:
      - { use: groups, flag: optional, domain: unix, memberDomain: campus, file: group }
      - { use: htpasswd, flag: sufficient, domain: campus, file: htpasswd }
`,
      group: 'staff:x:50:bob\ngames:x:60:\n',
      htpasswd: htpasswdLine('bob', 'bob-secret'),
    },
  });
}

async function login(port: number): Promise<string> {
  const browser = new Browser();
  const address = `http://portal.localhost:${port}/`;
  await browser.submit(await browser.visit(address), { name: 'bob', password: 'bob-secret' });
  return browser.cookie(address);
}
