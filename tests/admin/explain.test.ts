/**
 * `explain` and `login test` through the whole server: what they say, and that the smallest change that they offer
 * does what they promise, by making it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Explanation } from '../../src/admin/index.ts';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { htpasswdLine, labConfiguration, labFiles, PASSWORDS, sha256 } from '../support/lab-site.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { basic, codeOf, type Page, received, send, TestBrowser } from '../support/test-browser.ts';
import { WholeServer } from '../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
let clock: ManualClock;

const more = () => `  research:
    match: { host: research.localhost }
    realm: staff
    requireRoles: [ experimenter ]
    assert: { preset: bonfire }
    upstream: "${backEnd.url}"
  both:
    match: { host: both.localhost }
    realm: both
    upstream: "${backEnd.url}"
  dead:
    match: { host: dead.localhost }
    realm: dead
    upstream: "${backEnd.url}"
roles:
  experimenter: [ { group: 'campus\\labs' } ]
`;

const REALMS = `  both:
    modules:
      - { use: properties, flag: required, domain: campus, usersFile: users.properties, groupsFile: groups.properties, digest: sha-256 }
      - { use: htpasswd, flag: required, domain: guests, file: htpasswd }
  dead:
    modules:
      - { use: ldap, flag: required, domain: away, urls: [ "ldap://127.0.0.1:9" ], bindDn: "cn=x", bindPassword: y, userBase: "dc=x" }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
`;

before(async () => {
  backEnd = await EchoBackEnd.start();
});

beforeEach(async () => {
  clock = new ManualClock();
  const files = labFiles();
  const many = Array.from({ length: 1_000 }, (_, index) => `group-number-${index}-of-a-thousand=gus\n`);
  server = await WholeServer.start({
    configuration: labConfiguration({ upstream: backEnd.url, more: more() }).replace('realms:\n', `realms:\n${REALMS}`),
    files: {
      ...files,
      'users.properties': `${files['users.properties']}gus=${sha256('gus-in-many-groups')}\n`,
      'groups.properties': files['groups.properties']! + many.join(''),
      htpasswd: files['htpasswd']! + htpasswdLine('eve', 'eve-of-guests'),
    },
    clock,
  });
});

afterEach(() => server.close());
after(() => backEnd.stop());

const ask = (host: string, name: string, password: string) => send(server.at(host), { headers: basic(name, password) });
/** The id that the user is shown; who passes is not, but the back end is told. */
const idOf = (page: Page) => String(page.headers['x-realmgate-id'] ?? received(page, 'x-realmgate-id'));

async function explain(id: string): Promise<Explanation> {
  const { code, stdout, stderr } = await server.command('explain', id, '--output', 'json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Explanation;
}

/** Makes one change as an operator who reads it would; `service` is the one that was asked for. */
async function make(change: string, service: string): Promise<void> {
  const config = async (...args: string[]) => {
    const { code, stderr } = await server.command('config', ...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  };
  const [, user, group] = /^make (\S+) a member of campus\\(\S+)$/.exec(change) ?? [];
  const [, leaver, left] = /^remove (\S+) from campus\\(\S+)$/.exec(change) ?? [];
  const [, item, list] = /^add (.+) to (authorizedGroups|unauthorizedGroups)$/.exec(change) ?? [];
  const [, from, index] = /^remove .+ from (authorizedGroups|unauthorizedGroups) \(item (\d+)\)$/.exec(change) ?? [];
  const [, position, realm, flag] =
    /^make module (\d+) \(\S+\) of realm (\S+) (\S+) instead of \S+$/.exec(change) ?? [];
  const [, role, who] = /^give the role (\S+) to (.+)$/.exec(change) ?? [];
  if (index !== undefined) await config('remove', `services.${service}.${from}[${Number(index) - 1}]`);
  else if (group !== undefined) edit(group, (members) => [...members, user!]);
  else if (left !== undefined) edit(left, (members) => members.filter((member) => member !== leaver));
  else if (item !== undefined) await config('append', `services.${service}.${list}`, `'${item}'`);
  else if (flag !== undefined) await config('set', `realms.${realm}.modules[${Number(position) - 1}].flag`, flag);
  else if (who !== undefined) await config('append', `roles.${role}`, `{ user: '${/campus\\\w+/.exec(who)?.[0]}' }`);
  else assert.fail(`nobody knows how to ${change}`);
  await settle();
}

function edit(group: string, change: (members: readonly string[]) => readonly string[]): void {
  const lines = readFileSync(join(server.folder, 'groups.properties'), 'utf8').trimEnd().split('\n');
  const others = lines.filter((line) => !line.startsWith(`${group}=`));
  const members =
    lines
      .find((line) => line.startsWith(`${group}=`))
      ?.slice(group.length + 1)
      .split(',') ?? [];
  server.write('groups.properties', `${[...others, `${group}=${change(members).join(',')}`].join('\n')}\n`);
}

/** Lets the server take up what changed on the disk. */
async function settle(): Promise<void> {
  const reloaded = server.reload();
  let done = false;
  void reloaded.finally(() => {
    done = true;
  });
  for (let turns = 0; !done || turns < 20; turns += 1) {
    clock.advance(100);
    await new Promise((turn) => setTimeout(turn, 2));
  }
  assert.deepEqual((await reloaded).problems, []);
}

describe('explain', () => {
  it('says of a refused login each module with flag, result and time, and why', async () => {
    const page = await ask('app', 'alice', 'wrong');
    assert.equal(page.status, 401);
    const { code, stdout } = await server.command('explain', idOf(page));
    assert.equal(code, 0);
    assert.match(stdout, /^login 0\w{9}-a-\w{10} {2}\d{4}-\d\d-\d\dT/);
    assert.match(stdout, /REFUSED: the password or other credential of alice was wrong/);
    assert.match(stdout, /name +alice\nrealm +staff\ndoor +basic\nclient +127\.0\.0\.1/);
    assert.match(
      stdout,
      /\n1 +lockout +requisite +ignored .* ms\n2 +properties +campus +sufficient +failure +wrong-credential.* ms\n3 +htpasswd +guests +sufficient +failure +wrong-credential.* ms\n/,
    );
    assert.match(stdout, /no change of a membership, list item, flag or mapping alone/);
  });

  it('is given by the code on the page as by the header, in any spelling', async () => {
    const browser = new TestBrowser();
    const page = await browser.post(await browser.visit(server.at('app')), { name: 'alice', password: 'wrong' });
    const code = codeOf(page);
    for (const spelled of [code, code.toLowerCase(), code.replaceAll('-', ''), ` ${code} `]) {
      assert.equal((await explain(spelled)).login?.door, 'form');
    }
  });

  it('finds every id that is shown in a flood of refusals', async () => {
    const pages = await Promise.all(Array.from({ length: 40 }, () => ask('both', 'nobody', 'x')));
    const ids = new Set(pages.map(idOf));
    assert.ok(ids.size < 40, 'a flood is folded');
    for (const id of ids) assert.equal((await explain(id)).outcome, 'refused', id);
  });

  const FLIPS = [
    ['who is not in a group that is asked for', 'lab', 'dave', PASSWORDS.dave, 'denied'],
    ['who is in a denied group', 'app', 'carol', PASSWORDS.carol, 'denied'],
    ['who lacks a role', 'research', 'dave', PASSWORDS.dave, 'denied'],
    ['who was admitted by a group', 'lab', 'alice', PASSWORDS.alice, 'permitted'],
    ['who was admitted like everybody', 'app', 'dave', PASSWORDS.dave, 'permitted'],
    ['whom one of two modules does not know', 'both', 'eve', 'eve-of-guests', 'refused'],
    ['while a source is down', 'dead', 'eve', 'eve-of-guests', 'unavailable'],
  ] as const;
  for (const [whom, host, name, password, outcome] of FLIPS) {
    it(`offers a change that flips the answer for one ${whom}`, async () => {
      const page = await ask(host, name, password);
      const explanation = await explain(idOf(page));
      assert.equal(explanation.outcome, outcome);
      assert.ok(explanation.change.length > 0, `no change offered: ${explanation.because}`);
      for (const change of explanation.change) await make(change, host);
      const flipped = (await ask(host, name, password)).status;
      assert.equal(flipped === 200, outcome !== 'permitted', `${explanation.change.join(' and ')} gives ${flipped}`);
      assert.match(
        (await server.command('explain', idOf(page))).stdout,
        /the smallest change|decided under configuration|have changed since/,
      );
    });
  }

  it('says of a decision who asked for what, which rule decided, principals with their origin, roles', async () => {
    const page = await send(server.at('research', '/a/b?token=x'), { headers: basic('alice', PASSWORDS.alice) });
    assert.equal(page.status, 200);
    const { stdout } = await server.command('explain', idOf(page));
    assert.match(stdout, /^decision /);
    assert.match(stdout, /PERMITTED: /);
    assert.match(stdout, /service +research\nrequest +GET research\.localhost\/a\/b\n/);
    assert.match(stdout, /roles +experimenter/);
    assert.match(stdout, /user +alice +campus +2:properties\ngroup +labs +campus +2:properties/);
    assert.doesNotMatch(stdout, /token/);
    const { login, decision, kind } = await explain(idOf(page));
    assert.equal(kind, 'decision');
    assert.equal(login?.outcome, 'authenticated');
    assert.deepEqual(decision?.roles, ['experimenter']);
  });

  it('says of an outage which source did not answer, and never that the password was wrong', async () => {
    const page = await ask('dead', 'eve', 'eve-of-guests');
    assert.equal(page.status, 503);
    const { stdout } = await server.command('explain', idOf(page));
    assert.match(stdout, /UNAVAILABLE: away did not answer, and it could have let eve in/);
    assert.match(stdout, /1 +ldap +away +required +failure +unavailable/);
    assert.doesNotMatch(stdout, /wrong/);
  });

  it('does not judge a user of more groups than a record holds, and says so', async () => {
    const page = await ask('lab', 'gus', 'gus-in-many-groups');
    assert.equal(page.status, 403);
    assert.equal((await ask('app', 'gus', 'gus-in-many-groups')).status, 200, 'and is let in where that is right');
    const explanation = await explain(idOf(page));
    assert.equal(explanation.outcome, 'denied');
    assert.deepEqual(explanation.change, []);
    assert.match(explanation.notes.join(), /too long for one record/);
    const browser = new TestBrowser();
    assert.equal((await browser.logIn(server.at('app'), 'gus', 'gus-in-many-groups')).status, 200);
    await server.stop();
    await server.start();
    assert.equal((await browser.visit(server.at('app'))).status, 200, 'the session has all of them');
  });

  it('knows no id that was never made', async () => {
    for (const id of ['', 'x', '01M3TV6T80-a-7K3M9XQ2TV', '../../etc/passwd', '__proto__']) {
      const { code, stderr } = await server.command('explain', id);
      assert.equal(code, 1, id);
      assert.match(stderr, /no login or decision has the id|is not an id|is no id/, id);
    }
  });
});

describe('login test', () => {
  const test = (service: string, user: string, password: string, ...args: string[]) =>
    server.commandWith(
      `${password}\n`,
      'login',
      'test',
      '--service',
      service,
      '--user',
      user,
      '--password-stdin',
      ...args,
    );

  it('says what would happen at a service, with an exit code for it', async () => {
    assert.equal((await test('lab', 'alice', PASSWORDS.alice)).code, 0);
    assert.equal((await test('lab', 'dave', PASSWORDS.dave)).code, 1);
    assert.equal((await test('lab', 'alice', 'wrong')).code, 1);
    assert.equal((await test('dead', 'eve', 'eve-of-guests')).code, 3);
    const { stdout } = await test('lab', 'dave', PASSWORDS.dave, '--output', 'json');
    const report = JSON.parse(stdout) as { admitted: boolean; explanation: Explanation };
    assert.equal(report.admitted, false);
    assert.deepEqual(report.explanation.change, ['make dave a member of campus\\labs']);
  });

  it('leaves no session and does not count at the lockout', async () => {
    for (let count = 0; count < 12; count += 1) assert.equal((await test('app', 'alice', 'wrong')).code, 1);
    assert.equal((await test('app', 'alice', PASSWORDS.alice)).code, 0);
    assert.equal((await server.command('session', 'list')).stdout, '(none)\n');
    assert.equal((await ask('app', 'alice', PASSWORDS.alice)).status, 200);
  });

  it('names a service that is not there', async () => {
    const { code, stderr } = await test('nowhere', 'alice', 'x');
    assert.equal(code, 1);
    assert.match(stderr, /no service is called nowhere/);
  });
});
