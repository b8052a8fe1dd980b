/**
 * Can a refusal be told from another by its time (RELIABILITY S22)? Seven kinds of refusals, interleaved, through the
 * door of a whole server over one kept connection, against the wrong password of a user that exists.
 */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { sha256 } from '../support/lab-site.ts';
import { basic } from '../support/test-browser.ts';
import { areaUnderCurve, median } from '../support/told-apart.ts';
import { WholeServer } from '../support/whole-server.ts';

const SAMPLES = 2_000;
const KINDS = {
  known: 'wrong',
  unknown: 'wrong',
  disabled: 'wrong',
  locked: 'wrong',
  empty: '',
  unhashed: 'wrong',
  second: 'wrong',
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];
/**
 * How far from 0.5 the area under the curve may be. What skips the modules is a few tenths of a millisecond sooner, and
 * says nothing of an account: names that do not exist are locked like others, and an empty password is not even looked
 * up. Whoever sent one knows it, so that only the gap counts.
 */
const AREA: Readonly<Partial<Record<Kind, number>>> = { locked: 0.1, empty: 0.5 };

let server: WholeServer;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

before(async () => {
  const keys = createKeyDerivation({ clock: systemClock, random: systemRandom });
  const stored = await keys.hash(new Secret('right'));
  await keys.close();
  const lines = (kind: Kind, form: string) =>
    Array.from({ length: SAMPLES }, (_, index) => `${kind}${index}:${form}\n`).join('');
  server = await WholeServer.start({
    configuration: `data: ./data
listen: { web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" } }
trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 1, lock: 24h }
      - { use: htpasswd, flag: sufficient, domain: first, file: htpasswd }
      - { use: properties, flag: sufficient, domain: second, usersFile: users, groupsFile: groups, digest: sha-256 }
services:
  app: { match: { host: app.localhost }, realm: staff }
`,
    files: {
      // A name is tried once, because one failure locks it; "locked" is one name that is locked before.
      htpasswd:
        lines('known', stored) +
        lines('empty', stored) +
        lines('disabled', `!${stored}`) +
        lines('unhashed', '') +
        `locked:${stored}\n`,
      users: Array.from({ length: SAMPLES }, (_, index) => `second${index}=${sha256('right')}\n`).join(''),
      groups: '',
    },
  });
  await ask('locked', 'wrong');
});

after(async () => {
  agent.destroy();
  await server?.close();
});

/** Milliseconds until a login is refused. */
function ask(name: string, password: string): Promise<number> {
  const asked = ['X-Original-URL', 'http://app.localhost/', 'X-Original-Method', 'GET', ...basic(name, password)];
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      path: '/authz/nginx',
      headers: ['Host', 'x', ...asked],
      agent,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 401) resolve(performance.now() - began);
        else reject(new Error(`${name} was answered ${response.statusCode}`));
      });
    });
    outgoing.end();
  });
}

describe('the time of a refusal', { timeout: 3_600_000 }, () => {
  it(`tells nothing, by ${SAMPLES} samples of each of ${NAMES.length} kinds`, async () => {
    const times = new Map<Kind, number[]>(NAMES.map((kind) => [kind, []]));
    for (let index = 0; index < SAMPLES; index += 1) {
      // In another order each round, so that no kind always follows the same other one.
      for (let step = 0; step < NAMES.length; step += 1) {
        const kind = NAMES[(step * (1 + (index % (NAMES.length - 1))) + index) % NAMES.length]!;
        const name = kind === 'locked' ? 'locked' : `${kind}${index}`;
        times.get(kind)!.push(await ask(name, KINDS[kind]));
      }
    }
    const known = times.get('known')!;
    const rows = NAMES.map((kind) => {
      const own = times.get(kind)!;
      return {
        kind,
        samples: own.length,
        median: median(own),
        gap: median(own) - median(known),
        auc: areaUnderCurve(own, known),
      };
    });
    console.table(
      rows.map((row) => ({ ...row, median: row.median.toFixed(2), gap: row.gap.toFixed(3), auc: row.auc.toFixed(3) })),
    );
    for (const { kind, samples, gap, auc } of rows) {
      assert.equal(samples, SAMPLES);
      assert.ok(Math.abs(gap) < 2, `${kind}: ${gap.toFixed(2)} ms`);
      assert.ok(Math.abs(auc - 0.5) <= (AREA[kind] ?? 0.05), `${kind}: ${auc.toFixed(3)}`);
    }
  });
});
