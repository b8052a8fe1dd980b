/** docs/operations/directory.md: every configuration that it shows is served, and does what the page says. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Attribute, Change, type Client } from 'ldapts';
import { generatedIn, groupDn, person, SUFFIX } from '../../support/account-site.ts';
import { adapted } from '../../support/documented.ts';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { freePort } from '../../support/free-port.ts';
import { clientOf } from '../../support/ldap-client.ts';
import { repositoryText } from '../../support/repository.ts';
import { basic, send } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

const PAGE = repositoryText('docs/operations/directory.md');
const CONFIGURATIONS = [...PAGE.matchAll(/^```yaml realmgate\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
const [SCHEMA = ''] = [...PAGE.matchAll(/^```\n(attributetype[\s\S]*?)^```$/gm)].map(([, text = '']) => text);
const [FIRST = '', ACCESS = '', SITE_SCHEMA = '', PASSWORDS = ''] = CONFIGURATIONS;

class Documented {
  readonly whole: WholeServer;
  readonly ldapPort: number;

  private constructor(whole: WholeServer, ldapPort: number) {
    this.whole = whole;
    this.ldapPort = ldapPort;
  }

  static async start(configuration: string, files: Record<string, string> = {}): Promise<Documented> {
    const ldapPort = await freePort();
    const listens = configuration.includes('listen:') ? '' : `listen: { ldap: { address: "127.0.0.1:${ldapPort}" } }\n`;
    const text = `data: ./data\n${listens}${configuration.replace('127.0.0.1:3890', `127.0.0.1:${ldapPort}`)}`;
    return new Documented(await WholeServer.start({ configuration: text, files }), ldapPort);
  }

  async run(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.whole.command(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async add(kind: 'user' | 'host', name: string, ...more: readonly string[]): Promise<string> {
    return generatedIn(await this.run(kind, 'add', name, ...(kind === 'user' ? ['--generate'] : []), ...more));
  }

  /** What comes of it: a result, or the name of the error that the directory answers with. */
  as<Result>(dn: string, password: string, act: (client: Client) => Promise<Result>): Promise<Result | string> {
    return clientOf(this.ldapPort, dn, password, act);
  }
}

const names = async (client: Client, filter: string, attributes: string[] = [], base = SUFFIX) =>
  (await client.search(base, { filter, attributes })).searchEntries;
const replace = (type: string, ...values: string[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) });

describe('the configurations of docs/operations/directory.md', () => {
  it('are four', () => assert.deepEqual([CONFIGURATIONS.length, SCHEMA.includes('labPerson')], [4, true]));

  it('serve LDAP, LDAPS and logins over HTTP', async () => {
    const backEnd = await EchoBackEnd.start();
    const site = await Documented.start(
      adapted(FIRST, {
        '127.0.0.1:6360': `127.0.0.1:${await freePort()}`,
        '127.0.0.1:8080': '127.0.0.1:PORT',
        'login.localhost:8080': 'login.localhost:PORT',
        'http://127.0.0.1:8082': backEnd.url,
      }),
    );
    try {
      const alice = await site.add('user', 'alice', '--group', 'administrators');
      assert.equal(await site.as(person('alice'), alice, async () => 'bound'), 'bound');
      const wiki = () => send(site.whole.at('wiki'), { headers: basic('alice', alice) });
      assert.equal((await wiki()).status, 403);
      await site.run('group', 'add', 'labs', '--member', 'alice');
      assert.equal((await wiki()).status, 200);
    } finally {
      await site.whole.close();
      await backEnd.stop();
    }
  });

  describe('about access', () => {
    let site: Documented;
    const passwords = new Map<string, string>();
    before(async () => {
      site = await Documented.start(ACCESS);
      for (const name of ['alice', 'bob', 'olive', 'boss', 'desk']) {
        passwords.set(name, await site.add('user', name, '--mail', `${name}@example.org`));
      }
      for (const [group, member] of [
        ['operators', 'olive'],
        ['bosses', 'boss'],
        ['helpdesk', 'desk'],
      ]) {
        await site.run('group', 'add', group!, '--member', member!);
      }
      passwords.set('Grouper', await site.add('host', 'Grouper'));
    });
    after(() => site.whole.close());

    const as = <Result>(name: string, act: (client: Client) => Promise<Result>) =>
      site.as(name === 'Grouper' ? `cn=Grouper,ou=Hosts,${SUFFIX}` : person(name), passwords.get(name)!, act);
    const write = (name: string, dn: string, ...changes: Change[]) =>
      as(name, async (client) => {
        await client.modify(dn, changes);
        return 'written';
      });

    it('make administrators of operators and chiefs', async () => {
      for (const name of ['olive', 'boss']) {
        assert.equal(await write(name, person('alice'), replace('description', name)), 'written', name);
      }
      assert.notEqual(await write('alice', person('bob'), replace('description', 'x')), 'written');
    });

    it('let people write what selfService names in their own entry', async () => {
      assert.equal(await write('alice', person('alice'), replace('telephoneNumber', '+49 711 1')), 'written');
      assert.equal(await write('alice', person('alice'), replace('uidNumber', '0')), 'InsufficientAccessError');
    });

    it('give everybody the telephone list and no more', async () => {
      const found = await as('bob', (client) => names(client, '(uid=alice)'));
      assert.ok(typeof found !== 'string');
      assert.deepEqual(Object.keys(found[0] ?? {}).sort(), ['cn', 'dn', 'sn', 'telephoneNumber', 'uid']);
      assert.deepEqual(await as('bob', (client) => names(client, '(mail=alice@example.org)')), []);
    });

    it('let the help desk reset a password, but not that of an administrator', async () => {
      const next = 'seven birds on a roof';
      assert.equal(
        await write('desk', person('bob'), replace('userPassword', next), replace('pwdReset', 'TRUE')),
        'written',
      );
      assert.equal(await site.as(person('bob'), next, async () => 'bound'), 'bound');
      passwords.set('bob', next);
      assert.equal(await write('desk', person('bob'), replace('pwdAccountLockedTime', '000001010000Z')), 'written');
      assert.equal(await as('bob', async () => 'bound'), 'InvalidCredentialsError');
      assert.notEqual(await write('desk', person('olive'), replace('userPassword', next)), 'written');
      assert.notEqual(await write('desk', person('alice'), replace('mail', 'x@example.org')), 'written');
    });

    it('let one program make and remove groups, and nothing else', async () => {
      const made = await as('Grouper', async (client) => {
        await client.add(groupDn('new'), { objectClass: 'groupOfMembers', cn: 'new', member: person('alice') });
        await client.del(groupDn('new'));
        return 'made';
      });
      assert.equal(made, 'made');
      assert.notEqual(await write('Grouper', person('alice'), replace('mail', 'x@example.org')), 'written');
      assert.notEqual(await write('Grouper', groupDn('operators'), replace('member', person('alice'))), 'written');
    });

    it('give machines without an account the SSH keys of Unix accounts', async () => {
      const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq5vXB6bYxS2Zl8R5cDfQ5xq0X0k3h6uJ2m0v1w9x8y alice@laptop';
      await site.run('user', 'keys', 'alice', '--add', key);
      const found = await site.as('', '', (client) => names(client, '(uid=alice)'));
      assert.ok(typeof found !== 'string');
      assert.deepEqual(found, [{ dn: person('alice'), uid: 'alice', sshPublicKey: key }]);
      assert.deepEqual(await site.as('', '', (client) => names(client, '(cn=alice)')), []);
    });
  });

  it('add the schema of the site', async () => {
    const site = await Documented.start(SITE_SCHEMA, { 'lab.schema': SCHEMA });
    try {
      await site.add('user', 'alice');
      await site.add('user', 'bob');
      await site.run('user', 'set', 'alice', 'objectClass', 'labPerson', '--add');
      await site.run('user', 'set', 'bob', 'objectClass', 'labPerson', '--add');
      await site.run('user', 'set', 'alice', 'labBadge', 'A-17');
      const { code, stderr } = await site.whole.command('user', 'set', 'bob', 'labBadge', 'a-17');
      assert.deepEqual([code, /labBadge/.test(stderr)], [1, true], stderr);
      assert.equal((await site.whole.command('user', 'set', 'bob', 'labBadge', '1', '2')).code, 1);
    } finally {
      await site.whole.close();
    }
  });

  it('hold people to the password policy', async () => {
    const site = await Documented.start(PASSWORDS, { 'never-these.txt': 'seven birds on a roof\n' });
    try {
      const alice = await site.add('user', 'alice', '--group', 'administrators');
      let bob = await site.add('user', 'bob');
      const change = (name: string, password: string, next: string) =>
        site.as(person(name), password, async (client) => {
          await client.modify(person('bob'), [replace('userPassword', next)]);
          return 'written';
        });
      for (const next of ['elevenchars', 'seven birds on a roof', bob]) {
        assert.equal(await change('bob', bob, next), 'ConstraintViolationError', next);
      }
      assert.equal(await change('bob', bob, 'nine boats in a bay'), 'written');
      bob = 'nine boats in a bay';
      assert.equal(await change('alice', alice, 'ten hats upon a hook'), 'written');
      assert.equal(
        await site
          .as(person('bob'), 'ten hats upon a hook', (client) => names(client, '(uid=bob)', ['mail']))
          .then((found) => typeof found === 'string' || found.length === 0),
        true,
      );
      assert.equal(await change('bob', 'ten hats upon a hook', bob), 'ConstraintViolationError');
      assert.equal(await change('bob', 'ten hats upon a hook', 'eleven keys in a box'), 'written');
      await site.run('user', 'set', 'bob', 'employeeType', 'left');
      assert.equal(
        await site.as(person('bob'), 'eleven keys in a box', async () => 'bound'),
        'InvalidCredentialsError',
      );
    } finally {
      await site.whole.close();
    }
  });
});
