/** `ldif import` and `ldif export`, beside a server that runs and without one. */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AccountSite, generatedIn, groupDn, person, SUFFIX } from '../../support/account-site.ts';

const TREE = `dn: ${SUFFIX}
objectClass: organization
objectClass: dcObject
dc: example
o: Example

dn: ou=People,${SUFFIX}
objectClass: organizationalUnit
ou: People

dn: ou=Groups,${SUFFIX}
objectClass: organizationalUnit
ou: Groups
`;

function entryOf(name: string, more = ''): string {
  return `
dn: ${person(name)}
objectClass: inetOrgPerson
uid: ${name}
cn: ${name}
sn: Example
${more}`;
}

interface Report {
  readonly entries: number;
  readonly present: number;
  readonly problemCount: number;
  readonly problems: readonly { readonly line: number; readonly dn: string; readonly message: string }[];
  readonly changed: boolean;
}

describe('ldif', () => {
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start();
  });
  after(() => site.close());

  /** Writes a file of the site and returns its path. */
  function file(name: string, text: string): string {
    site.whole.write(name, text);
    return join(site.whole.folder, name);
  }
  async function report(...args: readonly string[]): Promise<Report> {
    return JSON.parse((await site.whole.command('--output', 'json', 'ldif', 'import', ...args)).stdout) as Report;
  }

  it('goes into a directory that holds no more than its first tree without a further word', async () => {
    const tree = file('tree.ldif', `${TREE}${['alice', 'bob', 'carol'].map((name) => entryOf(name)).join('')}`);
    const empty = await site.export();
    assert.equal(await site.run('ldif', 'import', tree, '--dry-run'), 'would take 6 entries; nothing was changed\n');
    assert.equal(await site.export(), empty);
    assert.equal(await site.run('ldif', 'import', tree), 'took 6 entries\n');
    assert.match(
      await site.refused('ldif', 'import', tree),
      /there are 6 entries already: say --replace .* or --continue .*\(ADMIN_LDIF_NOT_EMPTY\)/,
    );
    const { code, stderr } = await site.whole.command('ldif', 'import', tree, '--replace', '--continue');
    assert.deepEqual([code, /say one/.test(stderr)], [2, true]);
  });

  it('comes out and goes in again as the same text, into this server and into an empty one', async () => {
    await site.run('group', 'add', 'labs', '--member', 'alice', '--owner', 'bob');
    await site.run('group', 'members', 'labs', '--add', 'bob', '--end', '2035-01-31');
    await site.run('user', 'add', 'a,b+c', '--given-name', 'J\u00fcrgen ', '--surname', ' \u5c0f\u7b20\u539f');
    await site.run('user', 'disable', 'bob');
    const former = generatedIn(await site.run('user', 'passwd', 'alice', '--generate'));
    const password = generatedIn(await site.run('user', 'passwd', 'alice', '--generate'));
    const exported = await site.export('--with-passwords');
    assert.match(exported, /^pwdAccountLockedTime: 000001010000Z$/m);
    assert.match(exported, /^pwdHistory: \d{14}Z#1\.3\.6\.1\.4\.1\.1466\.115\.121\.1\.40#\d+#\{ARGON2\}/m);
    assert.match(exported, /^member;x-end-20350201000000Z: uid=bob,/m);

    const other = await AccountSite.start();
    try {
      other.whole.write('tree.ldif', exported);
      await other.run('ldif', 'import', join(other.whole.folder, 'tree.ldif'), '--replace');
      assert.equal(await other.export('--with-passwords'), exported);
      assert.equal(await other.bind(person('alice'), password), 'bound');
      assert.equal(await other.bind(person('alice'), former), 'InvalidCredentialsError');
      assert.equal(await other.bind(person('bob'), password), 'InvalidCredentialsError');
      await other.whole.stop();
      await other.whole.start();
      assert.equal(await other.export('--with-passwords'), exported);
      assert.equal(await other.bind(person('alice'), password), 'bound');
    } finally {
      await other.close();
    }

    await site.run('ldif', 'import', file('again.ldif', exported), '--replace');
    assert.equal(await site.export('--with-passwords'), exported);
    assert.equal(await site.bind(person('alice'), password), 'bound');
  });

  it('leaves without passwords unless they are asked for, in a file that only its owner reads', async () => {
    const path = join(site.whole.folder, 'export.ldif');
    assert.match(await site.run('ldif', 'export', path), /^wrote \d+ entries to .*export\.ldif\n$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.doesNotMatch(await site.export(), /userPassword|ARGON2/);
    assert.match(await site.refused('ldif', 'export', path), /cannot write .*EEXIST.*\(ADMIN_LDIF_FILE\)/);
    const nowhere = join(site.whole.folder, 'nowhere', 'x.ldif');
    assert.match(await site.refused('ldif', 'export', nowhere), /ENOENT.*\(ADMIN_LDIF_FILE\)/);
    assert.equal(existsSync(nowhere), false);
  });

  it('names the line of everything that is wrong, and changes nothing', async () => {
    const before = await site.export('--with-passwords');
    const faulty = [
      TREE,
      entryOf('carol'),
      entryOf('dave', 'uidNumber: many\n'),
      entryOf('carol'),
      `\ndn: ${person('eve')}\nobjectClass: inetOrgPerson\nuid: eve\ncn: eve\n`,
      '\nthis is no LDIF\n',
      `\ndn: uid=lost,ou=Nowhere,${SUFFIX}\nobjectClass: account\nuid: lost\n`,
    ].join('');
    const path = file('faulty.ldif', faulty);
    const lineOf = (text: string, nth = 0) => {
      const lines = faulty.split('\n').flatMap((line, index) => (line === text ? [index + 1] : []));
      return lines[nth];
    };
    for (const mode of [['--replace'], ['--replace', '--dry-run']]) {
      const { code, stdout } = await site.whole.command('ldif', 'import', path, ...mode);
      assert.equal(code, 1);
      const said = stdout.replaceAll(`${path}:`, '');
      assert.match(said, new RegExp(`^${lineOf(`dn: ${person('dave')}`)}: ${person('dave')}: uidNumber: `, 'm'));
      assert.match(said, new RegExp(`^${lineOf(`dn: ${person('carol')}`, 1)}: ${person('carol')}: `, 'm'));
      assert.match(said, new RegExp(`^${lineOf(`dn: ${person('eve')}`)}: ${person('eve')}: .*sn`, 'm'));
      assert.match(said, new RegExp(`^${lineOf('this is no LDIF')}: : `, 'm'));
      assert.match(said, new RegExp(`^${lineOf(`dn: uid=lost,ou=Nowhere,${SUFFIX}`)}: uid=lost,`, 'm'));
      assert.match(said, /nothing was changed(?:: mend the file, or take the rest with --skip-problems)?\n$/);
      assert.equal(await site.export('--with-passwords'), before);
    }
  });

  it('takes what is right of a faulty file with --skip-problems', async () => {
    const { entries, problemCount, changed } = await report(
      join(site.whole.folder, 'faulty.ldif'),
      '--replace',
      '--skip-problems',
    );
    assert.deepEqual([entries, problemCount, changed], [4, 5, true]);
    assert.deepEqual(
      (await site.ask<{ name: string }[]>('user', 'list')).map(({ name }) => name),
      ['carol'],
    );
  });

  it('goes on where a --continue was broken off', async () => {
    await site.run('ldif', 'import', file('tree.ldif', TREE), '--replace');
    const people = Array.from({ length: 300 }, (_, index) => entryOf(`p${index}`));
    const whole = file('people.ldif', `${TREE}${people.join('')}`);
    // As if the first had been broken off: what it took is durable, the rest was never read.
    const part = file('part.ldif', `${TREE}${people.slice(0, 120).join('')}`);
    assert.equal(await site.run('ldif', 'import', part, '--continue'), 'took 120 entries, 3 were there already\n');
    const half = await site.export();
    assert.match(
      await site.run('ldif', 'import', whole, '--continue', '--dry-run'),
      /^would take 180 entries, 123 were there already; nothing was changed\n$/,
    );
    assert.equal(await site.export(), half);
    assert.equal(await site.run('ldif', 'import', whole, '--continue'), 'took 180 entries, 123 were there already\n');
    assert.equal(
      await site.run('ldif', 'import', whole, '--continue'),
      'nothing was changed, 303 were there already\n',
    );
    assert.equal((await site.ask<unknown[]>('user', 'list')).length, 300);
  });

  it('adds children of entries that come with it, and keeps the order of what changes them', async () => {
    const records = `dn: cn=parent,ou=Hosts2,${SUFFIX}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: parent
userPassword: three lanterns under water

dn: cn=child,cn=parent,ou=Hosts2,${SUFFIX}
objectClass: device
cn: child

dn: cn=child,cn=parent,ou=Hosts2,${SUFFIX}
changetype: modify
replace: description
description: first
-

dn: cn=child,cn=parent,ou=Hosts2,${SUFFIX}
changetype: modify
add: description
description: second
-

dn: cn=child,cn=parent,ou=Hosts2,${SUFFIX}
changetype: modrdn
newrdn: cn=grown
deleteoldrdn: 1

dn: ${person('p7')}
changetype: delete
`;
    const unit = `dn: ou=Hosts2,${SUFFIX}\nobjectClass: organizationalUnit\nou: Hosts2\n\n`;
    const path = file('changes.ldif', `${unit}${records}`);
    const { entries, problemCount } = await report(path, '--continue');
    assert.deepEqual([entries, problemCount], [7, 0]);
    const exported = await site.export();
    assert.match(
      exported,
      new RegExp(`^dn: cn=grown,cn=parent,ou=Hosts2,${SUFFIX}\n[^]*?description: first\ndescription: second$`, 'm'),
    );
    assert.doesNotMatch(exported, /^dn: uid=p7,/m);
    const { code, stdout } = await site.whole.command('ldif', 'import', path, '--replace');
    assert.equal(code, 1);
    assert.match(stdout, /changes an entry: import the file with --continue/);
    assert.equal(await site.export(), exported);
  });

  it('says how a dry run of --continue would go, also below entries that are not there yet', async () => {
    const below = file(
      'below.ldif',
      `dn: ou=New,${SUFFIX}\nobjectClass: organizationalUnit\nou: New\n\ndn: ou=Newer,ou=New,${SUFFIX}\nobjectClass: organizationalUnit\nou: Newer\n\ndn: ou=x,ou=Nowhere,${SUFFIX}\nobjectClass: organizationalUnit\nou: x\n`,
    );
    const { entries, problems } = await report(below, '--continue', '--dry-run');
    assert.deepEqual([entries, problems.map(({ line, dn }) => [line, dn])], [2, [[9, `ou=x,ou=Nowhere,${SUFFIX}`]]]);
  });

  it('takes no record without its entries, no file that is not there, and one import at a time', async () => {
    const before = await site.export();
    assert.match(
      await site.refused('ldif', 'import', '/nowhere/x.ldif', '--replace'),
      /cannot read .*\(ADMIN_LDIF_FILE\)/,
    );
    assert.match(await site.refused('ldif', 'import', site.whole.folder, '--replace'), /EISDIR.*\(ADMIN_LDIF_FILE\)/);
    assert.equal(
      await site.run('ldif', 'import', file('empty.ldif', 'version: 1\n'), '--replace'),
      'nothing was changed\n',
    );
    const path = join(site.whole.folder, 'people.ldif');
    const runs = await Promise.all(
      [1, 2].map(() => site.whole.command('ldif', 'import', path, '--replace', '--dry-run')),
    );
    assert.deepEqual(runs.map(({ code }) => code).sort(), [0, 1]);
    assert.match(runs.map(({ stderr }) => stderr).join(''), /another import is under way \(ADMIN_LDIF_UNDER_WAY\)/);
    assert.equal(await site.export(), before);
  });
});

describe('5,000 people', () => {
  const NAMES = Array.from({ length: 5_000 }, (_, index) => `u${index}`);
  const HOSTS = `\ndn: ou=Hosts,${SUFFIX}\nobjectClass: organizationalUnit\nou: Hosts\n`;
  const GROUP = `\ndn: ${groupDn('all')}\nobjectClass: posixGroup\ncn: all\ngidNumber: 30000\n${NAMES.map((name) => `memberUid: ${name}\n`).join('')}`;
  const SSHA = 'userPassword: {SSHA}8GzkUZqtUa/b9iJUEKfQKVDVp+dzYWx0\n';
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start();
    const tree = `${TREE}${HOSTS}${NAMES.map((name) => entryOf(name, SSHA)).join('')}${GROUP}`;
    // Texts are hashed one after the other, and so take long enough to be told of.
    const slow = Array.from({ length: 240 }, (_, index) => entryOf(`slow${index}`, 'userPassword: secret\n'));
    site.whole.write('people.ldif', tree);
    site.whole.write('slow.ldif', `${tree}${slow.join('')}`);
  });
  after(() => site.close());

  it('go in at once, say how far they are, and are there after a restart', async () => {
    const path = join(site.whole.folder, 'slow.ldif');
    const { code, stdout, stderr } = await site.whole.command('ldif', 'import', path, '--replace');
    assert.deepEqual([code, stdout], [0, 'took 5245 entries\n']);
    assert.match(stderr, /^(?:\d+000 entries\n)+$/);
    const exported = await site.export('--with-passwords');
    assert.equal(exported.match(/^dn: /gm)?.length, 5_245);
    await site.whole.stop();
    await site.whole.start();
    assert.equal(await site.export('--with-passwords'), exported);
    const [all] = await site.ask<{ members: number }[]>('group', 'list');
    assert.equal(all?.members, 5_000);
    assert.match(await site.run('user', 'add', 'next'), /uid number 10000$/m);
    assert.match(await site.run('user', 'list', '--limit', '10', '--group', 'all'), /^NAME.*\n(?:u\d+ .*\n){10}$/);
  });

  it('are in nobody\u2019s way while they go in', async () => {
    const path = join(site.whole.folder, 'people.ldif');
    let running = true;
    const importing = site.whole.command('ldif', 'import', path, '--replace').finally(() => {
      running = false;
    });
    let answers = 0;
    while (running) {
      const { name } = await site.ask<{ name: string }>('user', 'show', 'u4999');
      assert.equal(name, 'u4999');
      answers += 1;
    }
    assert.equal((await importing).code, 0);
    assert.ok(answers > 3, `${answers} answers meanwhile`);
    assert.match(await site.refused('user', 'show', 'next'), /ADMIN_UNKNOWN_ACCOUNT/);
  });

  it('are not replaced when somebody changes one of them meanwhile', async () => {
    const path = join(site.whole.folder, 'people.ldif');
    const [importing] = await Promise.all([
      site.whole.command('ldif', 'import', path, '--replace'),
      site.run('user', 'set', 'u1', 'description', 'kept'),
    ]);
    if (importing.code === 0) return; // it was quicker
    assert.match(importing.stderr, /changed during the import, and stays as it is; try again \(ADMIN_LDIF_CHANGED\)/);
    assert.match(await site.run('user', 'show', 'u1'), /description +kept/);
  });
});
