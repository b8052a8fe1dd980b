/** Passwords bound to one service, from the command line to the doors that they open and do not open. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { AccountSite, person } from '../../support/account-site.ts';
import { basic, send, TestBrowser } from '../../support/test-browser.ts';

const HOUR = 3_600_000;
const OWN = 'nine quiet boats at dawn';
const LDAP_CLOSED = 'InvalidCredentialsError';

const SERVICES = `trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 8, within: 5m, lock: 30m }
      - { use: directory, flag: sufficient, domain: local }
services:
  wiki: { match: { host: wiki.localhost }, realm: staff }
  mail: { match: { host: mail.localhost }, realm: staff }
`;

interface Row {
  readonly id: number;
  readonly service: string;
  readonly label: string;
  readonly created: string;
  readonly lastUsed?: string;
}

describe('an app-bound password', () => {
  let site: AccountSite;
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };

  before(async () => {
    site = await AccountSite.start({ clock, more: SERVICES });
    await site.runWith(OWN, 'user', 'add', 'alice', '--common-name', 'Alice', '--password-stdin');
    await site.runWith(OWN, 'user', 'add', 'bob', '--common-name', 'Bob', '--password-stdin');
  });
  after(() => site.close());

  const add = async (service: string, label = 'phone') => {
    const args = ['user', 'app-password', 'add', 'alice', '--service', service, '--label', label];
    return site.ask<{ id: number; password: string }>(...args);
  };
  const list = () => site.ask<readonly Row[]>('user', 'app-password', 'list', 'alice');
  const remove = (id: number) => site.run('user', 'app-password', 'remove', 'alice', String(id));
  const door = async (service: string, name: string, password: string) => {
    const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', `${service}.localhost`, 'X-Forwarded-Uri', '/'];
    const headers = [...host, ...basic(name, password)];
    return (await send(`http://127.0.0.1:${site.whole.port}/authz/forward`, { headers })).status;
  };

  it('opens its service by Basic, and no other one, no login page, no LDAP bind', async () => {
    const { id, password } = await add('wiki');
    assert.equal(await door('wiki', 'alice', password), 200);
    assert.equal(await door('mail', 'alice', password), 401);
    assert.equal(await door('wiki', 'bob', password), 401);
    assert.equal(await site.bind(person('alice'), password), LDAP_CLOSED);
    const browser = new TestBrowser();
    const isIn = async (typed: string) => {
      await browser.logIn(site.whole.at('wiki'), 'alice', typed);
      return browser.setCookies.some((line) => line.includes('.sso.'));
    };
    assert.equal(await isIn(password), false);
    assert.equal(await isIn(OWN), true);
    assert.equal(await door('mail', 'alice', OWN), 200);
    await remove(id);
  });

  it('of the service ldap binds, reads, and changes nothing', async () => {
    const { id, password } = await add('ldap', 'mail program');
    assert.equal(await door('wiki', 'alice', password), 401);
    await site.ldap(person('alice'), password, async (client) => {
      const { searchEntries } = await client.search(person('alice'), { scope: 'base', attributes: ['uid'] });
      assert.equal(searchEntries[0]?.['uid'], 'alice');
      await assert.rejects(
        client.modify(
          person('alice'),
          new Change({ operation: 'replace', modification: new Attribute({ type: 'sshPublicKey', values: [] }) }),
        ),
        { name: 'InsufficientAccessError' },
      );
      await assert.rejects(client.exop('1.3.6.1.4.1.4203.1.11.1'), { name: 'InsufficientAccessError' });
    });
    assert.equal(await site.bind(person('bob'), password), LDAP_CLOSED);
    await remove(id);
    assert.equal(await site.bind(person('alice'), password), LDAP_CLOSED);
  });

  it('is shown once, listed with its last use to the hour, and leaves by no export', async () => {
    const { id, password } = await add('wiki', 'the old phone');
    const [row] = await list();
    assert.deepEqual([row?.id, row?.service, row?.label, row?.lastUsed], [id, 'wiki', 'the old phone', undefined]);
    const used = async () => {
      assert.equal(await door('wiki', 'alice', password), 200);
      // The next change is written after it.
      await remove((await add('wiki', 'another')).id);
      return Date.parse((await list())[0]?.lastUsed ?? '');
    };
    const first = await used();
    assert.ok(Math.abs(first - clock.now()) < 60_000);
    ahead += HOUR / 2;
    assert.equal(await used(), first);
    ahead += HOUR / 2;
    assert.ok((await used()) >= first + HOUR);
    for (const text of [
      await site.export(),
      await site.export('--with-passwords'),
      await site.run('user', 'show', 'alice'),
    ]) {
      assert.match(text, /alice/);
      assert.equal(text.includes(password) || text.includes('old phone'), false);
    }
    assert.match(await site.run('user', 'app-password', 'list', 'alice'), /1 +wiki +the old phone/);
    await remove(id);
    assert.deepEqual(await list(), []);
  });

  it('survives a restart and goes with its owner', async () => {
    await site.runWith(OWN, 'user', 'add', 'carol', '--common-name', 'Carol', '--password-stdin');
    const made = await site.ask<{ password: string }>(
      ...['user', 'app-password', 'add', 'carol', '--service', 'wiki', '--label', 'x'],
    );
    await site.whole.stop();
    await site.whole.start();
    assert.equal(await door('wiki', 'carol', made.password), 200);
    await site.run('user', 'disable', 'carol');
    assert.equal(await door('wiki', 'carol', made.password), 401);
    await site.run('user', 'delete', 'carol');
    await site.runWith(OWN, 'user', 'add', 'carol', '--common-name', 'Carol', '--password-stdin');
    assert.deepEqual(await site.ask('user', 'app-password', 'list', 'carol'), []);
    assert.equal(await door('wiki', 'carol', made.password), 401);
  });

  it('is counted by the lockout when it is wrong, as any password', async () => {
    await site.runWith(OWN, 'user', 'add', 'dave', '--common-name', 'Dave', '--password-stdin');
    const [name, password] = ['dave', 'aaaaa-bbbbb-ccccc-ddddd-eeeee-f'];
    for (let guess = 0; guess < 8; guess += 1) assert.equal(await door('wiki', name, password), 401);
    assert.equal(await door('wiki', name, OWN), 401);
    assert.equal(await site.bind(person(name), OWN), LDAP_CLOSED);
  });

  it('is refused for what cannot be, and a dry run makes none', async () => {
    const base = ['user', 'app-password'];
    assert.match(
      await site.refused(...base, 'add', 'alice', '--service', 'nonsense', '--label', 'x'),
      /no service is called "nonsense"; there are wiki, mail, ldap \(ADMIN_UNKNOWN_SERVICE\)/,
    );
    assert.match(
      await site.refused(...base, 'add', 'nobody', '--service', 'wiki', '--label', 'x'),
      /ADMIN_UNKNOWN_ACCOUNT/,
    );
    assert.match(
      await site.refused(...base, 'add', 'alice', '--service', 'wiki', '--label', ' '),
      /must be text on one line/,
    );
    assert.match(
      await site.refused(...base, 'remove', 'alice', '7'),
      /has no app-bound password 7.*ADMIN_APP_PASSWORD/,
    );
    const dry = await site.run(...base, 'add', 'alice', '--service', 'wiki', '--label', 'x', '--dry-run');
    assert.equal(dry, `would add password 1 of ${person('alice')} for wiki\n`);
    assert.deepEqual(await list(), []);
    const { id } = await add('wiki');
    await site.run(...base, 'remove', 'alice', String(id), '--dry-run');
    assert.equal((await list()).length, 1);
    await remove(id);
  });

  it('is an act of the audit trail, without the password', async () => {
    const { id, password } = await add('wiki', 'tablet');
    await remove(id);
    const found = await site.ask<{ records: readonly { action?: string; detail?: object }[] }>('audit', 'search');
    const text = JSON.stringify(found);
    assert.match(text, /user\.app-password\.add/);
    assert.match(text, /user\.app-password\.remove/);
    assert.match(text, /tablet/);
    assert.equal(text.includes(password), false);
  });
});
