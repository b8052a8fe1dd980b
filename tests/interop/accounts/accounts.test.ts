/** People, groups and services on the command line, beside a server that runs and without one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AccountSite, generatedIn, groupDn, person, SUFFIX } from '../../support/account-site.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq5vXB6bYxS2Zl8R5cDfQ5xq0X0k3h6uJ2m0v1w9x8y alice@laptop';
const PASSWORD = 'three lanterns under water';

interface ShownUser {
  readonly dn: string;
  readonly uidNumber: string;
  readonly disabled: boolean;
  readonly mustChange: boolean;
  readonly groups: readonly string[];
  readonly keys: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

describe('accounts', () => {
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start();
  });
  after(() => site.close());

  const show = (name: string) => site.ask<ShownUser>('user', 'show', name);

  /** What the change prints, having made sure that its dry run says the same and changes nothing. */
  async function change(...args: readonly string[]): Promise<string> {
    const before = await site.export();
    assert.match(await site.run(...args, '--dry-run'), /^would |^(?:MEMBER|OWNER)|^ssh-|^$/);
    assert.equal(await site.export(), before, `${args.join(' ')} --dry-run`);
    return site.run(...args);
  }

  it('begin with the first tree', async () => {
    assert.deepEqual(await site.ask('user', 'list'), []);
    const groups = await site.ask<{ name: string; members: number }[]>('group', 'list');
    assert.deepEqual(
      groups.map(({ name, members }) => [name, members]),
      [['administrators', 0]],
    );
  });

  it('adds people with numbers from 10000 on', async () => {
    const said = await change('user', 'add', 'alice', '--given-name', 'Alice', '--surname', 'Ayre', '--key', KEY);
    assert.equal(said, `added ${person('alice')} with uid number 10000\n`);
    await change('user', 'add', 'bob', '--common-name', 'Bob Beek', '--mail', 'bob@example.org');
    await change('user', 'add', 'carol', '--uid-number', '20000', '--home', '/srv/carol', '--shell', '/bin/zsh');
    await change('user', 'add', 'dave', '--gid-number', '100');
    const { attributes, uidNumber, keys } = await show('alice');
    assert.deepEqual([uidNumber, keys], ['10000', [KEY]]);
    assert.deepEqual(attributes['sn'], ['Ayre']);
    assert.deepEqual((await show('carol')).attributes['homeDirectory'], ['/srv/carol']);
    assert.deepEqual(
      [(await show('dave')).uidNumber, (await show('dave')).attributes['gidNumber']],
      ['20001', ['100']],
    );
  });

  it('lists people, those who match and those of a group', async () => {
    const names = async (...args: string[]) =>
      (await site.ask<{ name: string }[]>('user', 'list', ...args)).map(({ name }) => name);
    assert.deepEqual(await names(), ['alice', 'bob', 'carol', 'dave']);
    assert.deepEqual(await names('BEEK'), ['bob']);
    assert.deepEqual(await names('--limit', '2').then((found) => found.length), 2);
    assert.deepEqual(await names('--group', 'administrators'), []);
    assert.match(
      await site.run('user', 'list'),
      /^NAME {3}UID {4}COMMON NAME\s+MAIL\s+STATE\nalice {2}10000 {2}Alice Ayre/,
    );
  });

  it('sets, adds to and takes away an attribute', async () => {
    const shell = async () => (await show('bob')).attributes['loginShell'];
    assert.equal(
      await change('user', 'set', 'bob', 'loginShell', '/bin/zsh'),
      `changed loginShell of ${person('bob')}\n`,
    );
    assert.deepEqual(await shell(), ['/bin/zsh']);
    await change('user', 'set', 'bob', 'description', 'one', 'two');
    await change('user', 'set', 'bob', 'description', 'three', '--add');
    await change('user', 'set', 'bob', 'description', 'one', '--remove');
    assert.deepEqual((await show('bob')).attributes['description'], ['two', 'three']);
    await change('user', 'set', 'bob', 'description');
    assert.equal((await show('bob')).attributes['description'], undefined);
  });

  it('adds and removes SSH keys', async () => {
    const second = KEY.replace('alice@laptop', 'alice@desk').replace('9x8y', '9x8z');
    assert.equal(await site.run('user', 'keys', 'alice'), `${KEY}\n`);
    assert.equal(await change('user', 'keys', 'alice', '--add', second), `${KEY}\n${second}\n`);
    assert.equal(await change('user', 'keys', 'alice', '--remove', 'alice@laptop'), `${second}\n`);
    assert.equal(await change('user', 'keys', 'alice', '--remove', second), '');
  });

  it('makes groups with members and owners', async () => {
    assert.equal(
      await change('group', 'add', 'labs', '--description', 'The laboratories', '--member', 'alice', '--owner', 'bob'),
      `added ${groupDn('labs')} with gid number 10000\n`,
    );
    await change('group', 'members', 'labs', '--add', 'bob', '--add', person('carol'));
    assert.match(
      await site.run('group', 'show', 'labs'),
      /member {7}alice\nmember {7}bob\nmember {7}carol\nowner {8}uid=bob/,
    );
    assert.match(await change('group', 'members', 'labs', '--remove', 'carol'), /uid=alice.*\nuid=bob.*\n$/);
    assert.match(await change('group', 'owners', 'labs', '--add', 'alice', '--remove', 'bob'), /^OWNER\nuid=alice,/);
    assert.deepEqual((await show('alice')).groups, [groupDn('labs')]);
    assert.deepEqual(
      (await site.ask<{ name: string }[]>('user', 'list', '--group', 'labs')).map(({ name }) => name),
      ['alice', 'bob'],
    );
  });

  it('disables, enables and deletes', async () => {
    const { disabled } = await show('dave');
    assert.equal(disabled, false);
    assert.equal(await change('user', 'disable', 'dave'), `disabled ${person('dave')}\n`);
    assert.equal((await show('dave')).disabled, true);
    assert.match(await site.run('user', 'list', 'dave'), /disabled/);
    await change('user', 'enable', 'dave');
    assert.equal((await show('dave')).disabled, false);
    await change('user', 'delete', 'bob');
    assert.match(await site.run('group', 'members', 'labs'), /^MEMBER.*\nuid=alice,[^\n]*\n$/);
    await change('group', 'delete', 'labs');
    assert.deepEqual((await show('alice')).groups, []);
  });

  it('makes services, each with a password', async () => {
    assert.match(await site.run('host', 'add', 'Portal', '--dry-run'), /^would add cn=Portal,/);
    assert.deepEqual(await site.ask('host', 'list'), []);
    const made = await site.run('host', 'add', 'Portal', '--description', 'The web portal');
    assert.match(made, /^added cn=Portal,ou=Hosts,dc=example,dc=org\npassword: \S{20}\nit is shown this once\n$/);
    assert.match(await site.run('host', 'list'), /Portal {2}cn=Portal,ou=Hosts,dc=example,dc=org {2}The web portal/);
    const next = generatedIn(await site.run('host', 'passwd', 'Portal', '--generate'));
    assert.notEqual(next, generatedIn(made));
    await site.runWith(`${PASSWORD}\n`, 'host', 'add', 'Gateway', '--password-stdin');
    assert.equal(await site.bind(`cn=Portal,ou=Hosts,${SUFFIX}`, next), 'bound');
    assert.equal(await site.bind(`cn=Portal,ou=Hosts,${SUFFIX}`, generatedIn(made)), 'InvalidCredentialsError');
    assert.equal(await site.bind(`cn=Gateway,ou=Hosts,${SUFFIX}`, PASSWORD), 'bound');
    assert.equal(await change('host', 'delete', 'Gateway'), `deleted cn=Gateway,ou=Hosts,${SUFFIX}\n`);
  });

  it('takes a login name that has to be escaped in a distinguished name', async () => {
    const escaped: Record<string, string> = {
      "o'neil+x": "o'neil\\+x",
      'a,b': 'a\\,b',
      ' lead': '\\20lead',
      'x=y': 'x=y',
      '#1': '\\#1',
      'back\\slash': 'back\\\\slash',
    };
    for (const [name, value] of Object.entries(escaped)) {
      assert.match(await site.run('user', 'add', name), /^added uid=/);
      const { dn } = await show(name);
      assert.ok([value, value.replace('\\20', '\\ ')].map((text) => person(text)).includes(dn), `${name}: ${dn}`);
      await site.run('group', 'members', 'administrators', '--add', name);
      assert.deepEqual((await show(name)).groups, [groupDn('administrators')]);
      assert.equal((await show(dn)).dn, dn);
      await site.run('user', 'delete', name);
    }
    assert.match(await site.run('group', 'members', 'administrators'), /^\(none\)\n$/);
  });

  it('says what to do about a name that there is not, and exits with 1', async () => {
    for (const args of [
      ['user', 'show', 'zed'],
      ['user', 'set', 'zed', 'mail', 'x@example.org'],
      ['user', 'keys', 'zed'],
      ['user', 'passwd', 'zed', '--generate'],
      ['user', 'disable', 'zed'],
      ['user', 'delete', 'zed'],
      ['group', 'members', 'administrators', '--add', 'zed'],
      ['group', 'owners', 'administrators', '--add', 'zed'],
      ['group', 'add', 'new', '--member', 'zed'],
    ]) {
      const says = 'realmgate: there is no user "zed"; `realmgate user list` shows all (ADMIN_UNKNOWN_ACCOUNT)\n';
      assert.equal(await site.refused(...args), says, args.join(' '));
    }
    for (const args of [
      ['group', 'show', 'zed'],
      ['group', 'members', 'zed', '--add', 'alice'],
      ['group', 'delete', 'zed'],
      ['user', 'add', 'eve', '--group', 'zed'],
      ['user', 'list', '--group', 'zed'],
    ]) {
      assert.match(await site.refused(...args), /there is no group "zed"; `realmgate group list` shows all/);
    }
    assert.match(await site.refused('host', 'delete', 'zed'), /there is no host "zed"; `realmgate host list`/);
    assert.match(await site.refused('user', 'show', 'eve'), /ADMIN_UNKNOWN_ACCOUNT/);
    assert.match(await site.refused('group', 'show', 'new'), /ADMIN_UNKNOWN_ACCOUNT/);
    assert.match(
      await site.refused('group', 'members', 'administrators', '--remove', 'alice'),
      /"alice" is not in the group; `realmgate group members administrators` shows who is \(ADMIN_UNKNOWN_MEMBER\)/,
    );
  });

  it('says what is wrong with a value, and changes nothing', async () => {
    const before = await site.export();
    for (const [args, says] of [
      [['user', 'add', 'alice'], /ADMIN_REFUSED/],
      [['user', 'add', 'ALICE'], /ADMIN_REFUSED/],
      [['host', 'add', 'alice'], /ADMIN_REFUSED/],
      [['user', 'set', 'alice', 'shoeSize', '43'], /the schema has no attribute "shoeSize" \(ADMIN_UNKNOWN_ATTRIBUTE/],
      [['user', 'set', 'alice', 'uidNumber', 'many'], /uidNumber.*ADMIN_REFUSED/],
      [['user', 'set', 'alice', 'sn'], /sn.*ADMIN_REFUSED/],
      [['user', 'set', 'alice', 'userPassword', 'x'], /`realmgate user passwd`, so that it stays out of the list/],
      [['user', 'set', 'alice', '2.5.4.35', 'x'], /`realmgate user passwd`/],
      [['user', 'keys', 'alice', '--add', 'nonsense'], /no SSH public key; give a line of authorized_keys/],
      [['user', 'keys', 'alice', '--remove', 'nobody@nowhere'], /alice has no key "nobody@nowhere"/],
      [['user', 'passwd', 'alice'], /--password-stdin, or let one be made with --generate/],
      [
        [
          'group',
          'members',
          'administrators',
          '--add',
          'alice',
          '--start',
          '2027-01-02',
          '--end',
          '2027-01-01T00:00:00Z',
        ],
        /end before it starts/,
      ],
      [['user', 'add', 'x'.repeat(2000)], /ADMIN_INPUT/],
    ] as const) {
      assert.match(await site.refused(...args), says, args.join(' '));
    }
    assert.equal(await site.export(), before);
  });
});

describe('members without an entry', () => {
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start();
    await site.run('user', 'add', 'alice');
    await site.run('group', 'add', 'labs', '--member', 'alice');
    await site.run('group', 'members', 'administrators', '--add', 'alice');
    const password = generatedIn(await site.run('user', 'passwd', 'alice', '--generate'));
    await site.ldap(person('alice'), password, async (client) => {
      const { Attribute, Change } = await import('ldapts');
      const add = (type: string, ...values: string[]) =>
        client.modify(groupDn('labs'), [
          new Change({ operation: 'add', modification: new Attribute({ type, values }) }),
        ]);
      await add('memberUid', 'gone', 'Gone2');
      await add('member', 'uid=Other,dc=elsewhere');
    });
  });
  after(() => site.close());

  it('are listed as the group has them, and taken out by that name', async () => {
    const members = async () =>
      (await site.ask<{ members: { dn: string }[] }>('group', 'members', 'labs')).members.map(({ dn }) => dn);
    assert.deepEqual(await members(), ['Gone2', 'gone', person('alice'), 'uid=Other,dc=elsewhere'].sort());
    await site.run('group', 'members', 'labs', '--remove', 'gone');
    await site.run('group', 'members', 'labs', '--remove', 'UID=other, DC=elsewhere');
    assert.match(await site.refused('group', 'members', 'labs', '--remove', 'gone2'), /"gone2" is not in the group/);
    assert.deepEqual(await members(), ['Gone2', person('alice')]);
  });
});

describe('accounts without a server', () => {
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start();
    await site.whole.stop();
  });
  after(() => site.close());

  it('take every command, and are there when the server starts', async () => {
    const before = await site.export();
    for (const args of [
      ['user', 'add', 'alice', '--group', 'administrators'],
      ['group', 'add', 'labs'],
      ['host', 'add', 'Portal'],
      ['group', 'delete', 'administrators'],
    ]) {
      assert.match(await site.run(...args, '--dry-run'), /^would /);
    }
    assert.equal(await site.export(), before);
    const password = generatedIn(await site.run('user', 'add', 'alice', '--group', 'administrators', '--generate'));
    await site.run('user', 'add', 'bob');
    await site.run('user', 'set', 'bob', 'mail', 'bob@example.org');
    await site.run('user', 'keys', 'bob', '--add', KEY);
    const next = generatedIn(await site.run('user', 'passwd', 'bob', '--generate'));
    await site.run('user', 'disable', 'alice');
    await site.run('group', 'add', 'labs', '--member', 'bob');
    await site.run('group', 'members', 'labs', '--add', 'alice');
    await site.run('group', 'owners', 'labs', '--add', 'bob');
    const portal = generatedIn(await site.run('host', 'add', 'Portal'));
    await site.run('host', 'add', 'Gateway');
    await site.run('host', 'delete', 'Gateway');
    await site.run('user', 'enable', 'alice');
    assert.match(
      await site.refused('user', 'show', 'zed'),
      /`realmgate user list` shows all \(ADMIN_UNKNOWN_ACCOUNT\)/,
    );
    assert.match(await site.refused('user', 'add', 'x'.repeat(2000)), /ADMIN_INPUT/);
    const { groups, keys } = await site.ask<ShownUser>('user', 'show', 'bob');
    assert.deepEqual([groups, keys], [[groupDn('labs')], [KEY]]);

    await site.whole.start();
    assert.equal(await site.bind(person('alice'), password), 'bound');
    assert.equal(await site.bind(person('bob'), next), 'bound');
    assert.equal(await site.bind(`cn=Portal,ou=Hosts,${SUFFIX}`, portal), 'bound');
    assert.match(await site.run('group', 'show', 'labs'), /member +alice\nmember +bob\nowner +uid=bob/);
    assert.match(await site.run('host', 'list'), /^NAME.*\nPortal [^\n]*\n$/);
  });

  it('bring a lost administrator back', async () => {
    await site.run('user', 'disable', 'alice');
    await site.run('group', 'members', 'administrators', '--remove', 'alice');
    await site.whole.stop();
    const password = generatedIn(await site.run('user', 'passwd', 'alice', '--generate'));
    await site.run('user', 'enable', 'alice');
    await site.run('group', 'members', 'administrators', '--add', 'alice');
    await site.whole.start();
    const { searchEntries } = await site.ldap(person('alice'), password, (client) =>
      client.search(SUFFIX, { filter: '(uid=bob)', attributes: ['mail'] }),
    );
    assert.deepEqual(
      searchEntries.map(({ mail }) => mail),
      ['bob@example.org'],
    );
    const { stdout } = await site.whole.command('--output', 'json', 'audit', 'search', '--limit', '100');
    assert.match(stdout, /"action": ?"user\.passwd"/);
  });
});
