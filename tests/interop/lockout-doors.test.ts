/**
 * The lockout at every door of a server that runs: however a name is spelled and however many guess at a time, no more
 * passwords are looked at than the limit says (RELIABILITY S20). What was looked at is counted in the audit trail.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditRecord } from '../../src/audit/index.ts';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { recordFigure } from '../support/figure.ts';
import { htpasswdLine } from '../support/lab-site.ts';
import { ALICIA_SPELLINGS } from '../support/login-spellings.ts';
import { RealmgateSite } from '../support/realmgate-site.ts';
import { Slapd } from '../support/slapd.ts';
import { basic, type Page, send, TestBrowser } from '../support/test-browser.ts';
import { runCommand } from '../support/whole-server.ts';

const LIMIT = 5;
const GUESSES = 200;
const DOORS = ['form', 'basic', 'nginx', 'forward'] as const;
type Door = (typeof DOORS)[number];
const REALMS = [...DOORS, 'mixed', 'tested'];

const realm = (name: string) => `
  ${name}:
    modules:
      - { use: lockout, flag: requisite, failures: ${LIMIT}, lock: 30m }
      - { use: htpasswd, flag: sufficient, domain: campus, file: htpasswd }`;
const service = (name: string, upstream = '') =>
  `
  ${name}: { match: { host: ${name}.localhost }, realm: ${name}${upstream} }`;

const configuration = (slapd: Slapd) => `data: ./data
listen: { web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" } }
trustedProxies: [ "127.0.0.1/32" ]
domains: { SCX: { dns: scx.example.org } }
realms:${REALMS.map(realm).join('')}
  directory:
    modules:
      - { use: lockout, flag: requisite, failures: 3, lock: 30m }
      - use: ldap
        flag: sufficient
        domain: ldap
        timeout: 500ms
        urls: [ "${slapd.url}" ]
        bindDn: "${PORTAL_DN}"
        bindPasswordFile: portal-password
        userBase: "ou=People,${BONFIRE_SUFFIX}"
services:${[...REALMS, 'directory'].map((name) => service(name)).join('')}
`;

let slapd: Slapd;
let site: RealmgateSite;

before(async () => {
  slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
  site = await RealmgateSite.start({
    files: {
      'realmgate.yaml': configuration(slapd),
      'portal-password': PORTAL_PASSWORD,
      htpasswd: htpasswdLine('alicia', 'right') + htpasswdLine('bob', 'bob-secret'),
    },
  });
});

after(async () => {
  await site?.stop();
  await slapd?.close();
});

/** Logs in at a door of a realm; true when let in. */
type Guess = (name: string, password: string) => Promise<boolean>;

async function guesser(door: Door, at: string): Promise<Guess> {
  const url = `http://${at}.localhost:${site.port}/`;
  const authz = (path: string, headers: readonly string[]): Guess => {
    const address = `http://127.0.0.1:${site.port}/authz/${path}`;
    return async (name, password) =>
      (await send(address, { headers: [...headers, ...basic(name, password)] })).status === 200;
  };
  const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', `${at}.localhost`, 'X-Forwarded-Uri', '/'];
  switch (door) {
    case 'form': {
      const browser = new TestBrowser();
      const page = await browser.visit(url);
      const isIn = ({ headers }: Page) => headers['set-cookie']?.some((line) => line.includes('.sso.')) === true;
      return async (name, password) => isIn(await browser.post(page, { name, password }));
    }
    case 'basic':
      // Without an upstream of its own, whoever may pass gets 404 with the id of the decision.
      return async (name, password) => (await send(url, { headers: basic(name, password) })).status === 404;
    case 'nginx':
      return authz('nginx', ['X-Original-URL', url, 'X-Original-Method', 'GET']);
    case 'forward':
      return authz('forward', host);
  }
}

/** How many passwords of alicia were looked at in a realm since it began, as the audit trail has it. */
async function evaluated(inRealm: string): Promise<number> {
  const { stdout } = await site.command('audit', 'search', '--realm', inRealm, '--limit', '10000', '--output', 'json');
  const all = JSON.parse(stdout) as readonly AuditRecord[];
  let count = 0;
  for (const record of all) {
    if (record.kind === 'attempt' && record.name === 'alicia') {
      count += record.modules.filter(({ use, result }) => use === 'htpasswd' && result !== 'ignored').length;
    }
    if (record.kind === 'refusals' && record.where === inRealm) {
      assert.equal(record.reason, 'locked', 'only refusals that looked at no password were folded');
    }
  }
  return count;
}

describe('guesses at one user', { timeout: 120_000 }, () => {
  let guesses = 0;
  let extra = 0;

  after(() => recordFigure('lockout-extra-guesses', guesses, extra));

  const assertLimited = async (inRealm: string) => {
    const looked = await evaluated(inRealm);
    extra += Math.max(0, looked - LIMIT);
    assert.equal(looked, LIMIT);
  };

  for (const door of DOORS) {
    it(`${GUESSES} at a time in ${ALICIA_SPELLINGS.length} spellings at the door ${door}: ${LIMIT} are looked at`, async () => {
      const guess = await guesser(door, door);
      const spelling = (index: number) => ALICIA_SPELLINGS[index % ALICIA_SPELLINGS.length]!;
      const answers = await Promise.all(
        Array.from({ length: GUESSES }, (_, index) => guess(spelling(index), `x${index}`)),
      );
      guesses += GUESSES;
      assert.ok(!answers.includes(true));
      assert.equal(await guess('alicia', 'right'), false, 'the right password comes too late');
      await assertLimited(door);
      assert.ok(await guess('bob', 'bob-secret'), 'nobody else is locked');
    });
  }

  it('are counted together over all doors', async () => {
    const all = await Promise.all(DOORS.map((door) => guesser(door, 'mixed')));
    const answers = await Promise.all(
      Array.from({ length: GUESSES }, (_, index) =>
        all[index % all.length]!(ALICIA_SPELLINGS[index % ALICIA_SPELLINGS.length]!, `x${index}`),
      ),
    );
    guesses += GUESSES;
    assert.ok(!answers.includes(true));
    await assertLimited('mixed');
    for (const guess of all) assert.equal(await guess('alicia', 'right'), false);
  });

  it('are not counted when an operator makes them with `login test`', async () => {
    const file = join(site.folder, 'realmgate.yaml');
    const asked = ['--config', file, 'login', 'test', '--service', 'tested', '--user', 'alicia', '--password-stdin'];
    const test = () => runCommand(asked, 'wrong');
    for (let count = 0; count < LIMIT + 2; count += 1) assert.equal((await test()).code, 1);
    const guess = await guesser('basic', 'tested');
    assert.ok(await guess('alicia', 'right'));
    for (let count = 0; count < LIMIT; count += 1) assert.equal(await guess('alicia', 'wrong'), false);
    assert.equal(await guess('alicia', 'right'), false);
    assert.match((await test()).stdout, /locked/, 'and see the lock that there is');
  });
});

describe('an outage', { timeout: 120_000 }, () => {
  it('locks nobody out', async () => {
    const address = `http://127.0.0.1:${site.port}/authz/nginx`;
    const asked = ['X-Original-URL', 'http://directory.localhost/', 'X-Original-Method', 'GET'];
    const login = (password: string) => send(address, { headers: [...asked, ...basic('alice', password)] });
    assert.equal((await login('alice-secret')).status, 200);
    const attempts = 100;
    for (const outage of ['stopped', 'hung'] as const) {
      if (outage === 'stopped') await slapd.stop('SIGKILL');
      else slapd.pause();
      const answers = await Promise.all(
        Array.from({ length: attempts }, (_, index) => login(index % 2 === 0 ? 'alice-secret' : 'wrong')),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503]);
      if (outage === 'stopped') await slapd.start();
      else slapd.resume();
      let status = 503;
      for (let tries = 0; status === 503 && tries < 100; tries += 1) {
        await wait(100);
        ({ status } = await login('alice-secret'));
      }
      recordFigure('lockout-outage', attempts, status === 200 ? 0 : 1);
      assert.equal(status, 200, outage);
    }
  });
});
