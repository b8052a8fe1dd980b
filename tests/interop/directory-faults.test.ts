/**
 * The disk of the directory of a server that runs is full, becomes read-only, or fails to sync (RELIABILITY F03, F04, F06, R17): people
 * log in and read as before, a write says that it was not made, nothing acknowledged is lost, and it goes on by itself where that is safe.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryExt4, temporaryFolder, temporaryMount } from '../store/temporary-folder.ts';
import { DirectoryProcess } from '../support/directory-process.ts';
import { DirectoryWriters } from '../support/directory-writers.ts';
import { recordFigure } from '../support/figure.ts';
import { filter, searchRequest } from '../support/ldap-wire.ts';
import { WireClient } from '../support/ldap-wire-client.ts';
import { basic, send, TestBrowser } from '../support/test-browser.ts';

const SUFFIX = 'dc=example,dc=org';
const PEOPLE = `ou=People,${SUFFIX}`;
const [UNWILLING, OTHER] = [53, 80];
const MEGABYTE = 1024 * 1024;
/** Who logs in while the disk fails; the first is an administrator and writes. */
const NAMES = ['alice', 'bob', 'carol', 'dave'] as const;
const dnOf = (name: string) => `uid=${name},${PEOPLE}`;
const passwordOf = (name: string) => `the plain secret of ${name}`;

const REALM = `trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 5, lock: 30m }
      - { use: directory, flag: sufficient, domain: local }
services:
  wiki: { match: { host: wiki.localhost }, realm: staff }
`;

const TREE = `dn: ${SUFFIX}
objectClass: organization
objectClass: dcObject
dc: example
o: Example

${['People', 'Groups'].map((ou) => `dn: ou=${ou},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${ou}\n\n`).join('')}dn: cn=administrators,ou=Groups,${SUFFIX}
objectClass: groupOfMembers
cn: administrators
member: ${dnOf('alice')}

${NAMES.map((uid) => `dn: ${dnOf(uid)}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nuserPassword: ${passwordOf(uid)}\n\n`).join('')}`;

class Site {
  readonly server: DirectoryProcess;
  readonly writers: DirectoryWriters;

  private constructor(server: DirectoryProcess, writers: DirectoryWriters) {
    this.server = server;
    this.writers = writers;
  }

  /** Data on the file system of `disk`; configuration and trail are elsewhere. */
  static async start(
    test: TestContext,
    disk: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Site> {
    const folder = temporaryFolder(test);
    const server = await DirectoryProcess.prepare({
      folder,
      data: join(disk, 'data'),
      suffix: SUFFIX,
      more: REALM,
      environment,
    });
    const [dn, password] = [dnOf('alice'), passwordOf('alice')];
    const writers = new DirectoryWriters({ port: server.ldapPort, dn, password, base: PEOPLE, count: 8 });
    writeFileSync(join(folder, 'tree.ldif'), TREE + writers.ldif());
    await server.command('ldif', 'import', '--replace', join(folder, 'tree.ldif'));
    await server.start();
    test.after(() => server.stop());
    return new Site(server, writers);
  }

  /** Everybody binds, reads and gets in; a wrong password does not. */
  async serves(): Promise<void> {
    for (const name of NAMES) {
      const client = await WireClient.connect(this.server.ldapPort);
      await client.bind(dnOf(name), passwordOf(name));
      const own = searchRequest({ base: PEOPLE, scope: 'one', filter: filter.equal('uid', name) });
      const found = await client.ask(own);
      assert.deepEqual([found?.result.code, found?.entries.map(({ dn }) => dn)], [0, [dnOf(name)]]);
      await assert.rejects(client.bind(dnOf(name), 'a wrong one'));
      client.close();
      assert.equal(await this.byBasic(name, passwordOf(name)), 200);
      assert.equal(await this.byBasic(name, 'another wrong one'), 401);
      assert.ok(await this.byForm(name, passwordOf(name)), `${name} has a session`);
    }
  }

  async byBasic(name: string, password: string): Promise<number> {
    const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'wiki.localhost', 'X-Forwarded-Uri', '/'];
    const address = `http://127.0.0.1:${this.server.webPort}/authz/forward`;
    return (await send(address, { headers: [...host, ...basic(name, password)] })).status;
  }

  /** Logs in at the login page; whether that made a session at the service. */
  async byForm(name: string, password: string): Promise<boolean> {
    const browser = new TestBrowser();
    const address = `http://wiki.localhost:${this.server.webPort}/`;
    await browser.logIn(address, name, password);
    const cookie = browser.cookies(address).get('realmgate-staff');
    if (cookie === undefined) return false;
    const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'wiki.localhost', 'X-Forwarded-Uri', '/'];
    const headers = [...host, 'Cookie', `realmgate-staff=${cookie}`];
    return (await send(`http://127.0.0.1:${this.server.webPort}/authz/forward`, { headers })).status === 200;
  }

  /** Writes until one is refused; its result. */
  async refused() {
    for (let tries = 0; tries < 200; tries += 1) {
      const result = await this.writers.once();
      assert.ok(result !== undefined, 'the connection stays');
      if (result.code !== 0) return result;
    }
    return assert.fail('writing goes on');
  }

  /** Resolves when writing works again. */
  async writes(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.writers.once())?.code === 0) return;
      await wait(50);
    }
    assert.fail('writing does not work again');
  }

  /** Nothing acknowledged is lost, as the server says it. */
  async counted(): Promise<void> {
    const { acknowledged, lost, half } = await this.writers.toll();
    assert.deepEqual({ lost, half }, { lost: 0, half: 0 }, `of ${acknowledged}`);
  }
}

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

describe('a directory on a disk that fails', { timeout: 300_000 }, () => {
  it('that is full: serves, refuses writes, and goes on without a restart, 5 times', async (t) => {
    const disk = temporaryMount(t, 24);
    const site = await Site.start(t, disk);
    const { pid } = site.server;
    for (let round = 0; round < 5; round += 1) {
      site.writers.start();
      await wait(300);
      const empty = fill(disk);
      await wait(300);
      await site.writers.stop();
      const { code, message } = await site.refused();
      assert.equal(code, UNWILLING);
      assert.match(message, /no space left .* nothing was changed/);
      await site.serves();
      await site.counted();
      empty();
      await site.writes();
    }
    assert.equal(site.server.pid, pid);
    process.kill(pid, 0);
    const { acknowledged, lost, half } = await site.writers.toll();
    await site.server.kill();
    await site.server.start();
    await site.counted();
    recordFigure('directory-disk-faults', acknowledged, lost + half);
    assert.ok(acknowledged > 200, `only ${acknowledged} acknowledged writes prove little`);
    await site.serves();
  });

  it('that became read-only: serves and refuses writes; works on it again after it was mounted anew', async (t) => {
    const disk = temporaryExt4(t, 64);
    const site = await Site.start(t, disk);
    site.writers.start();
    await wait(500);
    execFileSync('mount', ['-o', 'remount,abort', disk]);
    await wait(300);
    await site.writers.stop();
    const { code, message } = await site.refused();
    assert.ok(code === UNWILLING || code === OTHER, `${code} ${message}`);
    await site.serves();
    await site.counted();
    await site.server.kill();
    execFileSync('umount', [disk]);
    execFileSync('mount', ['-o', 'loop', join(disk, '..', 'image'), disk]);
    await site.server.start();
    const { acknowledged, lost, half } = await site.writers.toll();
    recordFigure('directory-disk-faults', acknowledged, lost + half);
    assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
    await site.writes();
  });

  it('that fails to sync: serves and refuses writes until a restart, and then has everything', async (t) => {
    const base = temporaryFolder(t);
    const [library, fails] = [join(base, 'failing-disk.so'), join(base, 'fsync-fails')];
    const source = join(import.meta.dirname, '..', 'store', 'failing-disk.c');
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
    const disk = temporaryFolder(t);
    const site = await Site.start(t, disk, {
      LD_PRELOAD: library,
      FSYNC_FAILS: fails,
      FAULTS_BELOW: join(disk, 'data'),
    });
    site.writers.start();
    await wait(500);
    writeFileSync(fails, '');
    await wait(500);
    await site.writers.stop();
    for (let round = 0; round < 3; round += 1) {
      const { code, message } = await site.refused();
      assert.ok(code === OTHER || code === UNWILLING, `${code} ${message}`);
      assert.match(message, /until a restart|failed/);
      await site.serves();
      // What the kernel did with the pages is not known: that the disk works again does not make it right.
      rmSync(fails, { force: true });
    }
    await site.server.kill();
    await site.server.start();
    await site.serves();
    const { acknowledged, lost, half } = await site.writers.toll();
    recordFigure('directory-disk-faults', acknowledged, lost + half);
    assert.deepEqual({ lost, half }, { lost: 0, half: 0 });
    await site.writes();
  });
});
