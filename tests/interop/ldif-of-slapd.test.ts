/**
 * What `slapcat` of Debian's slapd prints goes into Realmgate as it is, and everything that slapd answered about it is
 * answered by Realmgate: user attributes, operational attributes that are kept, and passwords.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'ldapts';
import { AccountSite } from '../support/account-site.ts';
import { saltedSha1 } from '../support/interop-tree.ts';
import { Slapd } from '../support/slapd.ts';
import { SlapdTools } from '../support/slapd-tools.ts';

const SUFFIX = 'dc=example,dc=org';
const PORTAL = `cn=Portal,ou=Hosts,${SUFFIX}`;
const PASSWORDS = { alice: 'alice-secret-1', Bob: 'bob-secret-1' };

const unit = (name: string) => `
dn: ou=${name},${SUFFIX}
objectClass: organizationalUnit
ou: ${name}
`;
const person = (name: string, more: string) => `
dn: uid=${name},ou=People,${SUFFIX}
objectClass: inetOrgPerson
objectClass: posixAccount
uid: ${name}
cn: ${name}
sn: Example
uidNumber: ${10_000 + name.length}
gidNumber: 100
homeDirectory: /srv/${name}
${more}`;

/** Names in several spellings, values that need base64, passwords hashed and as text, groups of both forms. */
const LDIF = `dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example
${['People', 'Groups', 'Hosts'].map(unit).join('')}
dn: ${PORTAL}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: Portal
userPassword: portal-secret
${person('alice', `description:: ${Buffer.from(' J\u00fcrgen \u5c0f\u7b20\u539f ').toString('base64')}\njpegPhoto:: ${Buffer.from([0, 255, 13, 10]).toString('base64')}\ndescription: ${'long '.repeat(60)}end\nuserPassword: ${saltedSha1(PASSWORDS.alice, 'salt')}\n`)}${person('Bob', `mail: bob@example.org\nuserPassword: ${PASSWORDS.Bob}\n`)}
dn: cn=Carol\\, C.+uid=carol,ou=People,${SUFFIX}
objectClass: inetOrgPerson
uid: carol
cn: Carol, C.
sn;lang-de: Beispiel
sn: Example

dn: cn=experimenters,ou=Groups,${SUFFIX}
objectClass: posixGroup
cn: experimenters
gidNumber: 30001
memberUid: alice
memberUid: Bob
memberUid: gone

dn: cn=labs,ou=Groups,${SUFFIX}
objectClass: groupOfNames
cn: labs
member: uid=alice,ou=People,${SUFFIX}
member: cn=Carol\\2C C.+uid=carol,ou=People,${SUFFIX}
owner: uid=Bob,ou=People,${SUFFIX}
`;

/** What an importer computes anew, and what only slapd has. */
const NOT_COMPARED = new Set(['entryDN', 'subschemaSubentry', 'hasSubordinates', 'numSubordinates', 'memberOf']);

type Entries = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

async function entriesOf(url: string): Promise<Entries> {
  const client = new Client({ url });
  try {
    await client.bind(PORTAL, 'portal-secret');
    const { searchEntries } = await client.search(SUFFIX, {
      attributes: ['*', '+'],
      explicitBufferAttributes: ['jpegPhoto'],
    });
    return new Map(
      searchEntries.map(({ dn, ...attributes }) => [
        dn.replaceAll('\\2C', '\\,'),
        new Map(
          Object.entries(attributes)
            .filter(([name]) => !NOT_COMPARED.has(name))
            .map(([name, values]) => [
              name,
              [values]
                .flat()
                .map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value)))
                .sort(),
            ]),
        ),
      ]),
    );
  } finally {
    await client.unbind();
  }
}

describe('what slapcat printed', () => {
  let slapd: Slapd;
  let site: AccountSite;
  let printed = '';
  before(async () => {
    slapd = await Slapd.start({ suffix: SUFFIX, ldif: LDIF, readers: [PORTAL] });
    const tools = new SlapdTools(SUFFIX);
    assert.equal(tools.add(LDIF), '');
    printed = tools.cat().toString('utf8');
    tools.close();
    site = await AccountSite.start();
    site.whole.write('slapcat.ldif', printed);
  });
  after(async () => {
    await site.close();
    await slapd.close();
  });

  it('goes in as it is', async () => {
    assert.match(printed, /^entryCSN: /m);
    const said = await site.run('ldif', 'import', join(site.whole.folder, 'slapcat.ldif'), '--replace');
    assert.equal(said, 'took 10 entries\n');
  });

  it('is answered as slapd answers it', async () => {
    const [ours, theirs] = [await entriesOf(`ldap://127.0.0.1:${site.ldapPort}`), await entriesOf(slapd.url)];
    assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
    for (const [dn, attributes] of theirs) {
      const own = ours.get(dn)!;
      for (const [name, values] of attributes) {
        // This slapd loaded the same LDIF at another instant than slapadd beside it, so who, when and identities differ here.
        if (/^(?:entryUUID|entryCSN|createTimestamp|modifyTimestamp|creatorsName|modifiersName)$/.test(name)) continue;
        if (name === 'objectClass') {
          for (const value of values) assert.ok(own.get(name)?.includes(value), `${dn} ${name}: ${value}`);
        } else
          assert.deepEqual(
            own.get(name),
            values.map((value) => value.replaceAll('\\2C', '\\,')),
            `${dn} ${name}`,
          );
      }
    }
  });

  it('keeps the operational attributes that it printed', async () => {
    const ours = await entriesOf(`ldap://127.0.0.1:${site.ldapPort}`);
    const unfolded = printed.replaceAll('\n ', '');
    for (const record of unfolded.trim().split('\n\n')) {
      const base64 = /^dn:: (.*)$/m.exec(record)?.[1];
      const dn =
        base64 === undefined ? /^dn: (.*)$/m.exec(record)?.[1] : Buffer.from(base64, 'base64').toString('utf8');
      const own = ours.get((dn ?? '').replaceAll('\\2C', '\\,'));
      assert.ok(own !== undefined, dn);
      for (const name of [
        'entryUUID',
        'entryCSN',
        'creatorsName',
        'createTimestamp',
        'modifiersName',
        'modifyTimestamp',
        'structuralObjectClass',
      ]) {
        const values = [...record.matchAll(new RegExp(`^${name}:(?: (.*))?$`, 'gm'))].map(([, value = '']) => value);
        assert.deepEqual(own.get(name), values, `${dn} ${name}`);
      }
    }
  });

  it('logs the people in whom it came with, whatever form their password has', async () => {
    for (const [name, password] of Object.entries(PASSWORDS)) {
      const dn = `uid=${name},ou=People,${SUFFIX}`;
      assert.equal(await site.bind(dn, password), 'bound', name);
      assert.equal(await site.bind(dn, `${password}-not`), 'InvalidCredentialsError', name);
    }
    assert.deepEqual((await site.ask<{ groups: string[] }>('user', 'show', 'bob')).groups, [
      `cn=experimenters,ou=Groups,${SUFFIX}`,
    ]);
  });

  it('goes in batch by batch as well, and comes to the same', async () => {
    const whole = await site.export();
    const other = await AccountSite.start();
    try {
      other.whole.write('slapcat.ldif', printed);
      const file = join(other.whole.folder, 'slapcat.ldif');
      // The first tree is there already, with identities of its own.
      assert.match(await other.run('ldif', 'import', file, '--continue'), /^took 6 entries, 4 were there already\n$/);
      const people = (text: string) =>
        text
          .replace(/^pwdChangedTime: .*\n/gm, '')
          .split('\n\n')
          .filter((record) => /^dn: (?!dc=|ou=|cn=Portal,|cn=administrators,)/.test(record));
      assert.equal(people(await other.export()).length, 5);
      assert.deepEqual(people(await other.export()), people(whole));
    } finally {
      await other.close();
    }
  });

  it('comes out as what slapadd takes, but for what only its overlay of password policies knows', async () => {
    const tools = new SlapdTools(SUFFIX);
    try {
      const exported = (await site.export('--with-passwords')).replace(/^pwdChangedTime: .*\n/gm, '');
      assert.equal(tools.add(exported), '');
      assert.equal(tools.cat().toString('utf8').match(/^dn:/gm)?.length, 10);
    } finally {
      tools.close();
    }
  });
});
