/**
 * Breaks every part that a decision needs, one at a time, in a server that runs, and asks over every route who passes
 * (RELIABILITY S07, F05; the clock and what only code can break: tests/web/gate/fail-open.test.ts).
 *
 * Expected of every fault: nobody passes who must not, the process lives on, and works again without a restart.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { askEverywhere, type Caller, type Finding, garbageCallers, strangers } from '../support/fail-open.ts';
import { recordFigure } from '../support/figure.ts';
import { htpasswdLine } from '../support/lab-site.ts';
import { Postgres } from '../support/postgres.ts';
import { RealmgateSite } from '../support/realmgate-site.ts';
import { Slapd } from '../support/slapd.ts';
import { basic, send, TestBrowser } from '../support/test-browser.ts';

const PEOPLE = { alice: 'alice-secret', sam: 'sam-secret', pat: 'pat-secret', carol: 'carol-local-secret' };
const MEGABYTE = 1024 * 1024;

let slapd: Slapd;
let postgres: Postgres;
let backEnd: EchoBackEnd;
let site: RealmgateSite;
let mounts: string;
let callers: readonly Caller[];
let pid = 0;
const asked = { questions: 0, wrong: 0 };

const configuration = () => `data: ${mounts}/store/data
audit: { folder: ${mounts}/audit/trail }
listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" }
trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 1000, lock: 1s }
      - { use: groups, flag: required, file: groups, memberDomain: people }
      - use: ldap
        flag: sufficient
        domain: campus
        timeLimit: 1500ms
        timeout: 700ms
        connectTimeout: 500ms
        urls: [ "${slapd.url}" ]
        bindDn: "${PORTAL_DN}"
        bindPasswordFile: portal-password
        userBase: "ou=People,${BONFIRE_SUFFIX}"
      - use: sql
        flag: sufficient
        domain: tables
        timeLimit: 1500ms
        url: "postgres://app@127.0.0.1:${postgres.port}/postgres"
        passwordFile: sql-password
        userQuery: "SELECT name, password FROM users WHERE name = $1"
      - { use: htpasswd, flag: sufficient, domain: people, file: htpasswd }
services:
  app:
    match: { host: app.localhost, path: /idm/ }
    realm: staff
    unauthorizedGroups: [ games ]
    assert: { preset: bonfire }
    upstream: "${backEnd.url}"
`;

before(async () => {
  mounts = mkdtempSync(join(tmpdir(), 'realmgate-fail-open-'));
  for (const [name, size] of [
    ['store', 16],
    ['audit', 4],
  ] as const) {
    execFileSync('mkdir', [join(mounts, name)]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', join(mounts, name)]);
  }
  slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
  postgres = await Postgres.start();
  postgres.sql(`CREATE ROLE app LOGIN PASSWORD 'app-secret'; CREATE TABLE users (name text, password text);
    INSERT INTO users VALUES ('sam', '${htpasswdLine('sam', PEOPLE.sam).trim().slice(4)}'); GRANT ALL ON users TO app;`);
  backEnd = await EchoBackEnd.start();
  site = await RealmgateSite.start({
    files: {
      'realmgate.yaml': configuration(),
      'portal-password': PORTAL_PASSWORD,
      'sql-password': 'app-secret',
      htpasswd: htpasswdLine('pat', PEOPLE.pat) + htpasswdLine('carol', PEOPLE.carol),
      groups: 'games:x:1001:carol\n',
    },
  });
  pid = servingPid();
  callers = [
    ...strangers(['alice', 'sam', 'pat']),
    ...garbageCallers('staff'),
    { what: 'carol, who is denied, by Basic', headers: basic('carol', PEOPLE.carol) },
    { what: 'carol, who is denied, by her session', headers: await sessionOf('carol', PEOPLE.carol) },
    { what: 'a session that has ended', headers: await endedSession() },
    { what: 'alice', headers: basic('alice', PEOPLE.alice), may: 'alice' },
    { what: 'sam', headers: basic('sam', PEOPLE.sam), may: 'sam' },
    { what: 'pat', headers: basic('pat', PEOPLE.pat), may: 'pat' },
    { what: 'the session of pat', headers: await sessionOf('pat', PEOPLE.pat), may: 'pat' },
  ];
});

after(async () => {
  recordFigure('fail-open', asked.questions, asked.wrong);
  await site?.stop();
  await backEnd?.stop();
  await postgres?.close();
  await slapd?.close();
  for (const name of ['store', 'audit']) execFileSync('umount', ['--lazy', join(mounts, name)]);
  rmSync(mounts, { recursive: true, force: true });
});

const app = () => `http://app.localhost:${site.port}/idm/`;
const servingPid = () => Number(/"pid":(\d+)/.exec(site.log)?.[1] ?? 0);

async function loggedIn(name: string, password: string): Promise<TestBrowser> {
  const browser = new TestBrowser();
  await browser.logIn(app(), name, password);
  assert.ok(browser.cookies(app()).has('realmgate-staff'), `${name} has a session`);
  return browser;
}

async function sessionOf(name: string, password: string): Promise<readonly string[]> {
  const browser = await loggedIn(name, password);
  return ['Cookie', `realmgate-staff=${browser.cookies(app()).get('realmgate-staff')}`];
}

async function endedSession(): Promise<readonly string[]> {
  const browser = await loggedIn('sam', PEOPLE.sam);
  const headers = ['Cookie', `realmgate-staff=${browser.cookies(app()).get('realmgate-staff')}`];
  await browser.logOut(app());
  return headers;
}

/** Asks everywhere; fails on the first that is wrong. */
async function nobodyPasses(who: readonly Caller[] = callers): Promise<readonly Finding[]> {
  const findings = await askEverywhere(site.port, who);
  const wrong = findings.filter((finding) => finding.wrong !== undefined);
  asked.questions += findings.length;
  asked.wrong += wrong.length;
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} wrong answers`);
  return findings;
}

/** Everybody who may is let in again, by the process that was there all along. */
async function worksAgain(): Promise<void> {
  for (const name of ['alice', 'sam', 'pat'] as const) {
    let page = await send(app(), { headers: basic(name, PEOPLE[name]) });
    for (let tries = 0; page.status !== 200 && tries < 100; tries += 1) {
      await wait(100);
      page = await send(app(), { headers: basic(name, PEOPLE[name]) });
    }
    assert.equal(page.status, 200, `${name}: ${page.body}`);
  }
  await loggedIn('pat', PEOPLE.pat);
  process.kill(pid, 0);
  assert.equal(site.log.match(/"serving"/g)?.length ?? 1, 1, 'started once');
}

/** The statuses that a caller got on the guarded routes. */
function statusesOf(findings: readonly Finding[], caller: string): readonly number[] {
  const of = findings.filter(
    (finding) => finding.caller === caller && /^(?:proxy GET|\/authz.* GET)$/.test(finding.route),
  );
  return [...new Set(of.map(({ status }) => status))].sort();
}

/** Writes until the file system has no octet left. */
function fill(folder: string): () => void {
  const ballast = join(folder, 'ballast');
  for (const size of [MEGABYTE, 4096, 1]) {
    try {
      for (;;) writeFileSync(ballast, new Uint8Array(size), { flag: 'a' });
    } catch {
      // Full for this size; the rest is filled with smaller ones.
    }
  }
  return () => rmSync(ballast);
}

describe('nobody passes who must not', { timeout: 600_000 }, () => {
  it('while nothing is broken, and everybody else does', async () => {
    const findings = await nobodyPasses();
    for (const name of ['alice', 'sam', 'pat', 'the session of pat'])
      assert.deepEqual(statusesOf(findings, name), [200]);
    assert.deepEqual(statusesOf(findings, 'carol, who is denied, by her session'), [403]);
  });

  it('while the disk of the store is full', async () => {
    const undo = fill(join(mounts, 'store'));
    await nobodyPasses();
    undo();
    await worksAgain();
  });

  it('while the disk of the audit trail is full: then nobody at all', async () => {
    const undo = fill(join(mounts, 'audit'));
    const findings = await nobodyPasses();
    for (const name of ['alice', 'sam', 'pat']) assert.deepEqual(statusesOf(findings, name), [503], name);
    undo();
    await worksAgain();
  });

  it('while the folder of the audit trail is gone', async () => {
    renameSync(join(mounts, 'audit/trail'), join(mounts, 'audit/elsewhere'));
    await nobodyPasses();
    rmSync(join(mounts, 'audit/trail'), { recursive: true, force: true });
    renameSync(join(mounts, 'audit/elsewhere'), join(mounts, 'audit/trail'));
    await worksAgain();
  });

  it('while the directory is stopped: then its users get 503', async () => {
    await slapd.stop('SIGKILL');
    const findings = await nobodyPasses();
    assert.deepEqual(statusesOf(findings, 'alice'), [503]);
    assert.deepEqual(statusesOf(findings, 'alice, wrong password'), [503], 'never "wrong password"');
    assert.deepEqual(statusesOf(findings, 'pat'), [200], 'JAAS: the next source is asked');
    await slapd.start();
    await worksAgain();
  });

  it('while the directory hangs', async () => {
    slapd.pause();
    await nobodyPasses();
    slapd.resume();
    await worksAgain();
  });

  it('while PostgreSQL is stopped', async () => {
    await postgres.stop();
    const findings = await nobodyPasses();
    assert.deepEqual(statusesOf(findings, 'sam'), [503]);
    await postgres.start();
    await worksAgain();
  });

  it('while the files of users and groups are gone or broken', async () => {
    for (const [name, text] of [
      ['htpasswd', '\u0000\u0001 not a line\n'],
      ['groups', 'games:x\n:::\n'],
    ] as const) {
      const path = join(site.folder, name);
      renameSync(path, `${path}.kept`);
      await wait(1_200);
      await nobodyPasses();
      writeFileSync(path, text);
      await wait(1_200);
      await nobodyPasses();
      renameSync(`${path}.kept`, path);
      await wait(1_200);
    }
    await worksAgain();
  });

  it('while the configuration is broken, gone, half saved, or without its deny line for less than a second', async () => {
    const text = configuration();
    const withoutDeny = text.replace(/\n *unauthorizedGroups.*/, '');
    const halves = [
      text.slice(0, text.indexOf('unauthorizedGroups')),
      'realms: [',
      '',
      '\u0000',
      `${text}services: {}\n`,
    ];
    for (const half of halves) {
      site.write('realmgate.yaml', half.replaceAll('PORT', String(site.port)));
      await wait(300);
      site.write('realmgate.yaml', text.replaceAll('PORT', String(site.port)));
    }
    for (const broken of halves.filter((_, index) => index > 0)) {
      site.write('realmgate.yaml', broken.replaceAll('PORT', String(site.port)));
      await wait(1_500);
      await nobodyPasses(callers.filter(({ what }) => what.startsWith('carol')));
    }
    for (let round = 0; round < 3; round += 1) {
      site.write('realmgate.yaml', withoutDeny.replaceAll('PORT', String(site.port)));
      await wait(600);
      await nobodyPasses(callers.filter(({ what }) => what.startsWith('carol')));
      site.write('realmgate.yaml', text.replaceAll('PORT', String(site.port)));
      await wait(50);
      await nobodyPasses(callers.filter(({ what }) => what.startsWith('carol')));
    }
    await wait(1_500);
    await nobodyPasses();
    await worksAgain();
  });

  it('while the audit trail is full and the configuration changes', async () => {
    const undo = fill(join(mounts, 'audit'));
    site.write('realmgate.yaml', `${configuration().replaceAll('PORT', String(site.port))}# changed\n`);
    await wait(2_000);
    await nobodyPasses(callers.filter(({ may }) => may !== undefined));
    site.write('realmgate.yaml', configuration().replaceAll('PORT', String(site.port)).replace('1500ms', '1501ms'));
    await wait(2_500);
    await nobodyPasses(callers.filter(({ may }) => may !== undefined));
    undo();
    await worksAgain();
  });

  it('while more passwords are to be checked than can be', async () => {
    let flooding = true;
    const flood = async (): Promise<void> => {
      while (flooding) await send(app(), { headers: basic('nobody', 'x') }).catch(() => undefined);
    };
    const floods = Array.from({ length: 300 }, flood);
    try {
      await wait(500);
      const few = callers.filter(({ what }) => /^(?:nobody|unknown user|pat|pat, wrong password|carol.*)$/.test(what));
      const findings = await nobodyPasses(few);
      assert.ok(
        findings.some(({ status }) => status === 503),
        'the queue was full',
      );
    } finally {
      flooding = false;
      await Promise.all(floods);
    }
    const written = readdirSync(join(mounts, 'audit/trail')).map(
      (name) => statSync(join(mounts, 'audit/trail', name)).size,
    );
    assert.ok(Math.max(...written) < 2 * MEGABYTE, 'a flood does not fill the disk of the audit trail');
    await worksAgain();
  });

  it('while the files of the store are deleted', async () => {
    rmSync(join(mounts, 'store/data/store.db'));
    await nobodyPasses();
    process.kill(pid, 0);
  });
});
