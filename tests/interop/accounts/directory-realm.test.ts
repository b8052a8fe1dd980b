/**
 * `use: directory` over HTTP: who gets in, by which groups; and that whoever is disabled or deleted, by whatever door, is
 * out within a second (security rule 10, RELIABILITY S10).
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { AccountSite, generatedIn, groupDn, person } from '../../support/account-site.ts';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { basic, type Page, received, send, TestBrowser } from '../../support/test-browser.ts';

const ASSERTED = 'remote-user';
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'] as const;

let backEnd: EchoBackEnd;
let site: AccountSite;
const passwords = new Map<string, string>();

before(async () => {
  backEnd = await EchoBackEnd.start();
  const service = (host: string, rule: string) =>
    `  ${host}: { match: { host: ${host}.localhost }, realm: staff, upstream: "${backEnd.url}", ${rule} }\n`;
  site = await AccountSite.start({
    more: `realms:
  staff: { modules: [ { use: lockout, flag: requisite, failures: 50 }, { use: directory, flag: required, domain: local } ] }
roles: { chief: [ { group: 'local\\chiefs' } ] }
services:
${service('app', 'unauthorizedGroups: [ games ]')}${service('lab', "authorizedGroups: [ 'local\\labs' ]")}${service(
  'dn',
  `authorizedGroups: [ "${groupDn('labs')}" ]`,
)}${service('office', 'requireRoles: [ chief ]')}`,
  });
  for (const name of NAMES) passwords.set(name, generatedIn(await site.run('user', 'add', name, '--generate')));
  await site.run('group', 'add', 'labs', '--member', 'alice', '--member', 'dave');
  await site.run('group', 'add', 'games', '--member', 'bob');
  await site.run('group', 'add', 'chiefs', '--member', 'alice');
  await site.run('group', 'members', 'administrators', '--add', 'alice');
});
after(async () => {
  await site.close();
  await backEnd.stop();
});

const passwordOf = (name: string) => passwords.get(name)!;
const asserted = (page: Page) => received(page, ASSERTED)?.join(' and ');
async function byBasic(host: string, name: string, password = passwordOf(name)): Promise<string> {
  const page = await send(site.whole.at(host), { headers: basic(name, password) });
  return page.status === 200 ? String(asserted(page)) : String(page.status);
}

describe('use: directory', () => {
  it('lets people in by any of their names, under the one that is theirs', async () => {
    assert.equal(await byBasic('app', 'alice'), 'alice');
    assert.equal(await byBasic('app', 'ALICE', passwordOf('alice')), 'alice');
    assert.equal(await byBasic('app', 'local\\alice', passwordOf('alice')), 'alice');
    await site.run('user', 'set', 'carol', 'uid', 'carol.alias', '--add');
    assert.equal(await byBasic('app', 'carol.alias', passwordOf('carol')), 'carol');
    assert.equal(await byBasic('app', 'alice', 'wrong'), '401');
    assert.equal(await byBasic('app', 'alice', ''), '401');
    assert.equal(await byBasic('app', 'nobody', passwordOf('alice')), '401');
  });

  it('decides by groups, by their names or their distinguished names, and by roles', async () => {
    assert.equal(await byBasic('app', 'bob'), '403');
    assert.equal(await byBasic('lab', 'alice'), 'alice');
    assert.equal(await byBasic('lab', 'carol'), '403');
    assert.equal(await byBasic('dn', 'alice'), 'alice');
    assert.equal(await byBasic('dn', 'carol'), '403');
    assert.equal(await byBasic('office', 'alice'), 'alice');
    assert.equal(await byBasic('office', 'dave'), '403');
  });

  it('takes a new password at once, and the old one no more', async () => {
    const old = passwordOf('dave');
    passwords.set('dave', generatedIn(await site.run('user', 'passwd', 'dave', '--generate')));
    assert.equal(await byBasic('lab', 'dave', old), '401');
    assert.equal(await byBasic('lab', 'dave'), 'dave');
  });

  it('lets nobody in who has to change the password first, has none, or is disabled', async () => {
    const once = generatedIn(await site.run('user', 'passwd', 'erin', '--generate', '--must-change'));
    assert.equal(await byBasic('app', 'erin', once), '401');
    await site.run('user', 'add', 'nopassword');
    assert.equal(await byBasic('app', 'nopassword', 'anything at all'), '401');
    await site.run('user', 'disable', 'dave');
    assert.equal(await byBasic('app', 'dave'), '401');
    await site.run('user', 'enable', 'dave');
    assert.equal(await byBasic('app', 'dave'), 'dave');
  });
});

describe('a live session', () => {
  async function loggedIn(name: string): Promise<TestBrowser> {
    const browser = new TestBrowser();
    assert.equal(asserted(await browser.logIn(site.whole.at('app'), name, passwordOf(name))), name);
    return browser;
  }
  /** A request that is under way when the session ends is cut off with it. */
  const isIn = (browser: TestBrowser, name: string) =>
    browser.visit(site.whole.at('app')).then(
      (page) => asserted(page) === name,
      (error: NodeJS.ErrnoException) => {
        assert.equal(error.code, 'ECONNRESET');
        return false;
      },
    );

  /** Ends within a second of the end of `act`, while that of another goes on. */
  async function ends(name: string, act: () => Promise<unknown>): Promise<void> {
    const [browser, other] = [await loggedIn(name), await loggedIn('alice')];
    assert.ok(await isIn(browser, name));
    await act();
    const since = performance.now();
    while (await isIn(browser, name)) assert.ok(performance.now() - since < 1_000, `${name} is in after a second`);
    assert.ok(await isIn(other, 'alice'));
  }

  it('ends with a disable on the command line', () => ends('dave', () => site.run('user', 'disable', 'dave')));

  it('ends with a disable over LDAP', () =>
    ends('carol', () =>
      site.ldap(person('alice'), passwordOf('alice'), (client) =>
        client.modify(person('carol'), [
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'pwdAccountLockedTime', values: ['000001010000Z'] }),
          }),
        ]),
      ),
    ));

  it('ends with a delete on the command line', () => ends('frank', () => site.run('user', 'delete', 'frank')));

  it('ends with a delete over LDAP', () =>
    ends('grace', () => site.ldap(person('alice'), passwordOf('alice'), (client) => client.del(person('grace')))));

  it('ends when an import leaves the account out', async () => {
    await site.run('user', 'add', 'heidi', '--generate').then((said) => passwords.set('heidi', generatedIn(said)));
    const without = (await site.export('--with-passwords'))
      .split('\n\n')
      .filter((record) => !record.startsWith(`dn: ${person('heidi')}`))
      .filter((record) => record !== '')
      .join('\n\n');
    site.whole.write('tree.ldif', `${without}\n`);
    await ends('heidi', () => site.run('ldif', 'import', join(site.whole.folder, 'tree.ldif'), '--replace'));
  });

  it('ends when a group is taken away that it began with', async () => {
    await site
      .run('user', 'add', 'judy', '--generate', '--group', 'labs')
      .then((said) => passwords.set('judy', generatedIn(said)));
    await ends('judy', () => site.run('group', 'members', 'labs', '--remove', 'judy'));
    assert.equal(await byBasic('app', 'judy'), 'judy');
    await site.run('group', 'add', 'guests', '--member', 'judy');
    await ends('judy', () => site.run('group', 'delete', 'guests'));
  });

  it('ends at the instant a membership does that it began with', async () => {
    await site.run('user', 'add', 'kim', '--generate').then((said) => passwords.set('kim', generatedIn(said)));
    const end = site.whole.installation.clock.now() + 2_500;
    await site.run('group', 'members', 'labs', '--add', 'kim', '--end', new Date(end).toISOString());
    const [browser, other] = [await loggedIn('kim'), await loggedIn('alice')];
    assert.equal(asserted(await browser.visit(site.whole.at('lab'))), 'kim');
    while (await isIn(browser, 'kim'))
      assert.ok(site.whole.installation.clock.now() < end + 1_000, 'kim is in a second after');
    assert.ok(site.whole.installation.clock.now() >= end);
    assert.ok(await isIn(other, 'alice'));
    assert.equal(await byBasic('lab', 'kim'), '403');
  });

  it('goes on through changes that keep the account', async () => {
    const browser = await loggedIn('alice');
    await site.run('user', 'set', 'alice', 'mail', 'alice@example.org');
    await site.run('user', 'add', 'ivan', '--group', 'labs');
    await site.run('group', 'members', 'labs', '--add', 'alice');
    await site.run('group', 'members', 'labs', '--remove', 'ivan');
    await site.run('group', 'add', 'more', '--member', 'alice');
    await site.run('group', 'members', 'more', '--remove', 'alice');
    passwords.set('alice', generatedIn(await site.run('user', 'passwd', 'alice', '--generate')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(await isIn(browser, 'alice'));
  });
});
