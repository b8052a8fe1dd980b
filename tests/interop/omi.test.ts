/**
 * The group lines of OMI's omiserver.conf as the rule of a service, and its /etc/group line as it stands.
 *
 *   AuthorizedGroups=SCX\scx local admins, SCX\domain users, adm
 *   UnauthorizedGroups=games
 *   omi_access_group:x:1001:root, SCX\omi_test
 *
 * `adm` is written `unix\adm`: a bare name in an allow list is refused where several domains could be meant.
 * Semantics: spec/omi.md 2.2 and 2.3 (vectors O1 to O7). The two spellings of a domain group, which OMI does not match
 * with each other, are one group here.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { askGuarded, basic, guardedApp } from '../support/guarded-app.ts';
import { htpasswdLine, RealmgateSite } from '../support/realmgate-site.ts';
import type { ServerProcess } from '../support/server-process.ts';

/** The lines of the seed, and what makes the cases: who is in which group. Blanks after commas as there. */
const GROUP_FILE = `root:x:0:
adm:x:4:syslog, SCX\\adm_user
games:x:60:SCX\\gamer, both
scx local admins:x:1100:SCX\\admin
omi_access_group:x:1001:root, SCX\\omi_test
g1:x:1201:one, both
g2:x:1202:two, both
`;
const SCX_GROUPS = `scx\\ local\\ admins=scx_admin,scx_gamer
domain\\ users=scx_user
games=scx_gamer
`;
const LOCAL_USERS = ['root', 'syslog', 'one', 'two', 'both', 'omi_test'];
const SCX_USERS = ['omi_test', 'adm_user', 'gamer', 'admin', 'scx_admin', 'scx_user', 'scx_gamer', 'root'];

const service = (name: string, rule: string) => `  ${name}:
    match: { host: ${name}.localhost }
    realm: machines
    challenge: basic
${rule}    assert: { preset: bonfire, qualified: true }
    upstream: "http://127.0.0.1:APPLICATION"
`;
const CONFIGURATION = `listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" }
domains:
  SCX: { dns: scx.example.org }
realms:
  machines:
    modules:
      # A group file says who else belongs where: it stands before the sources, which end the login when they succeed.
      - { use: groups, flag: optional, domain: unix, memberDomain: local, file: group }
      - { use: htpasswd, flag: sufficient, domain: local, file: local-users }
      - { use: properties, flag: sufficient, domain: SCX, usersFile: scx-users.properties, groupsFile: scx-groups.properties }
services:
${service('seed', "    authorizedGroups: [ 'SCX\\scx local admins', 'SCX\\domain users', 'unix\\adm' ]\n    unauthorizedGroups: [ games ]\n")}${service('few', "    authorizedGroups: [ 'unix\\omi_access_group' ]\n")}${service('upn', "    authorizedGroups: [ 'domain users@scx.example.org' ]\n")}${service('o1', '')}${service('o2', "    authorizedGroups: [ 'unix\\g1' ]\n")}${service('o4', '    unauthorizedGroups: [ g2 ]\n')}${service('o6', "    authorizedGroups: [ 'unix\\g1' ]\n    unauthorizedGroups: [ g2 ]\n")}`;

describe('the group lines of OMI', { timeout: 60_000 }, () => {
  let application: ServerProcess;
  let site: RealmgateSite;

  before(async () => {
    application = await guardedApp();
    site = await RealmgateSite.start({
      files: {
        'realmgate.yaml': CONFIGURATION.replaceAll('APPLICATION', String(application.port)),
        group: GROUP_FILE,
        'local-users': LOCAL_USERS.map((name) => htpasswdLine(name, `local ${name}`)).join(''),
        'scx-users.properties': SCX_USERS.map((name) => `${name}=scx ${name}\n`).join(''),
        'scx-groups.properties': SCX_GROUPS,
      },
    });
  });

  after(async () => {
    await site?.stop();
    await application?.stop();
  });

  const ask = (host: string, domain: 'local' | 'scx', name: string) =>
    askGuarded(`http://${host}.localhost:${site.port}/`, { headers: basic(name, `${domain} ${name}`) });

  const status = async (host: string, domain: 'local' | 'scx', name: string) => (await ask(host, domain, name)).status;

  it('are taken without a warning', async () => {
    const { code, stdout, stderr } = await site.command('check');
    assert.equal(code, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /omi_access_group.*nothing|matches nothing/);
  });

  it("admit members of the seed's three groups and refuse members of games", async () => {
    assert.equal(await status('seed', 'scx', 'scx_admin'), 200);
    assert.equal(await status('seed', 'scx', 'scx_user'), 200);
    assert.equal(await status('seed', 'local', 'syslog'), 200);
    assert.equal(await status('seed', 'scx', 'scx_gamer'), 403, 'deny wins over allow');
    assert.equal(await status('seed', 'local', 'one'), 403, 'in none of them');
    assert.equal((await askGuarded(`http://seed.localhost:${site.port}/`)).status, 401);
  });

  it("read the seed's line of the group file as it stands, blank after the comma included", async () => {
    const line = await ask('few', 'scx', 'omi_test');
    assert.equal(line.status, 200);
    assert.deepEqual(line.received?.get('x-bonfire-asserted-id'), ['SCX\\omi_test']);
    assert.equal(await status('few', 'local', 'root'), 200);
    assert.equal(await status('few', 'local', 'omi_test'), 403, 'the line names the one of SCX');
    assert.equal(await status('few', 'scx', 'root'), 403, 'a bare name is a local user');
  });

  it('are the same in both spellings of a domain group', async () => {
    assert.equal(await status('upn', 'scx', 'scx_user'), 200);
    assert.equal(await status('upn', 'scx', 'scx_admin'), 403);
  });

  it('decide as OMI does in its vectors', async () => {
    const admitted = async (host: string) =>
      (
        await Promise.all(['one', 'two', 'both', 'root'].map(async (name) => [name, await status(host, 'local', name)]))
      ).flatMap(([name, code]) => (code === 200 ? [name] : []));
    assert.deepEqual(await admitted('o1'), ['one', 'two', 'both', 'root'], 'O1: both lists empty');
    assert.deepEqual(await admitted('o2'), ['one', 'both'], 'O2 and O3');
    assert.deepEqual(await admitted('o4'), ['one', 'root'], 'O4 and O5');
    assert.deepEqual(await admitted('o6'), ['one'], 'O6 and O7');
  });

  it('take a new member of the file without a restart', async () => {
    assert.equal(await status('few', 'local', 'one'), 403);
    site.write('group', GROUP_FILE.replace('root, SCX\\omi_test', 'root, SCX\\omi_test, one'));
    for (let tries = 0; tries < 50 && (await status('few', 'local', 'one')) !== 200; tries += 1) await wait(100);
    assert.equal(await status('few', 'local', 'one'), 200);
  });
});
