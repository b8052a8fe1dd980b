/** Adding entries: every rule of RFC 4511, 4.7 and RFC 4512 says in one sentence what is wanted. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ANONYMOUS } from '../../../src/directory/index.ts';
import { attributesOf, DirectorySite, dn, person, SUFFIX, type Written } from '../directory/directory-site.ts';

describe('adding an entry', () => {
  it('keeps what was given, with the values of its name and all superclasses', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd('uid=alice,ou=People', {
      objectClass: 'inetOrgPerson',
      cn: 'Alice',
      sn: 'Ash',
      mail: 'a@example.org',
    });
    assert.deepEqual(site.read('uid=alice,ou=People'), {
      objectClass: ['inetOrgPerson', 'organizationalPerson', 'person', 'top'],
      cn: ['Alice'],
      sn: ['Ash'],
      mail: ['a@example.org'],
      uid: ['alice'],
    });
  });

  it('says who made it, when, and which class it is', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    const values = (attribute: string) => site.values('uid=alice,ou=People', attribute);
    assert.deepEqual(values('createTimestamp'), ['20261122090000Z']);
    assert.deepEqual(values('modifyTimestamp'), ['20261122090000Z']);
    assert.deepEqual(values('creatorsName'), ['cn=Realmgate']);
    assert.deepEqual(values('structuralObjectClass'), ['inetOrgPerson']);
    assert.deepEqual(values('entryDN'), [`uid=alice,ou=People,${SUFFIX}`]);
    assert.match(values('entryUUID')[0]!, /^[0-9a-f-]{36}$/);
    assert.deepEqual(values('entryCSN'), [site.directory.contextCsn]);
  });

  it('spells types in names as the schema does, and values as they came', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd(`UID=Alice,OU=people,DC=Example,DC=org`, { objectClass: 'account', UserID: 'ALICE' });
    assert.deepEqual(site.values('uid=alice,ou=People', 'entryDN'), [`uid=Alice,ou=People,${SUFFIX}`]);
    assert.deepEqual(site.read('uid=alice,ou=People')?.['uid'], ['ALICE']);
  });

  const wrong: readonly [string, string, Written, string, RegExp][] = [
    ['an unknown attribute', 'uid=x,ou=People', person('x', { shoeSize: '42' }), 'undefinedAttributeType', /shoeSize/],
    [
      'an attribute of the directory',
      'uid=x,ou=People',
      person('x', { entryUUID: 'x' }),
      'constraintViolation',
      /entryUUID/,
    ],
    [
      'a value of another syntax',
      'uid=x,ou=People',
      person('x', { uidNumber: 'ten' }),
      'invalidAttributeSyntax',
      /uidNumber: value #0: .*wants/,
    ],
    [
      'two values for one',
      'uid=x,ou=People',
      person('x', { uidNumber: ['1', '2'] }),
      'constraintViolation',
      /uidNumber/,
    ],
    [
      'a value twice by its rule',
      'uid=x,ou=People',
      person('x', { cn: ['A  b', 'a B'] }),
      'attributeOrValueExists',
      /cn: value #1/,
    ],
    [
      'a class twice',
      'uid=x,ou=People',
      person('x', { objectClass: ['inetOrgPerson', 'INETORGPERSON'] }),
      'attributeOrValueExists',
      /objectClass: value #1/,
    ],
    ['no class', 'uid=x,ou=People', { cn: 'x' }, 'objectClassViolation', /objectClass/],
    [
      'an unknown class',
      'uid=x,ou=People',
      { objectClass: 'wizard' },
      'invalidAttributeSyntax',
      /objectClass: value #0/,
    ],
    ['no structural class', 'uid=x,ou=People', { objectClass: 'posixAccount' }, 'objectClassViolation', /structural/],
    [
      'two structural classes',
      'uid=x,ou=People',
      { objectClass: ['person', 'device'] },
      'objectClassViolation',
      /'person'.*'device'|'device'.*'person'/,
    ],
    [
      'a missing attribute',
      'uid=x,ou=People',
      { objectClass: 'inetOrgPerson', cn: 'x' },
      'objectClassViolation',
      /sn: is missing; inetOrgPerson/,
    ],
    [
      'an attribute of another class',
      'ou=x',
      { objectClass: 'organizationalUnit', mail: 'x@y' },
      'objectClassViolation',
      /mail.*organizationalUnit/,
    ],
    ['no parent', 'uid=x,ou=Nobody', person('x'), 'noSuchObject', /no entry/],
    ['a name that is taken', 'ou=PEOPLE', { objectClass: 'organizationalUnit' }, 'entryAlreadyExists', /./],
    ['a name outside the suffix', 'dc=other,dc=org', { objectClass: 'device' }, 'unwillingToPerform', /suffix/],
    ['an unknown type in the name', 'shoeSize=1', person('x'), 'invalidDNSyntax', /./],
    [
      'an operational type in the name',
      'pwdReset=TRUE',
      { objectClass: 'device', cn: 'x' },
      'namingViolation',
      /pwdReset/,
    ],
    [
      'a name without a place in its class',
      'mail=x@y',
      { objectClass: 'organizationalUnit', ou: 'x' },
      'objectClassViolation',
      /mail/,
    ],
  ];
  describe('that may not be', async () => {
    const site = await DirectorySite.open({ after });
    for (const [what, name, written, code, message] of wrong) {
      it(`refuses ${what}, and changes nothing`, async () => {
        const before = await site.content();
        const result = await site.add(name, written);
        assert.equal(result.code, code, result.message);
        assert.match(result.message, message);
        assert.equal(await site.content(), before);
        assert.equal(site.directory.view.size, 4);
      });
    }
  });

  it('says how far the name is known', async (t) => {
    const site = await DirectorySite.open(t);
    const result = await site.add('uid=x,ou=a,ou=b,ou=People', person('x'));
    assert.equal(result.matchedDn, `ou=People,${SUFFIX}`);
  });

  it('tells nobody more than they may know', async (t) => {
    const site = await DirectorySite.open(t);
    const change = { kind: 'add', dn: dn(`uid=x,ou=People,${SUFFIX}`), attributes: attributesOf(person('x')) } as const;
    const result = await site.directory.apply(change, ANONYMOUS);
    assert.equal(result.code, 'noSuchObject');
    assert.equal(result.matchedDn, undefined);
  });

  it('needs the top of the tree first', async (t) => {
    const site = await DirectorySite.open(t, { empty: true });
    assert.equal((await site.add('ou=People', { objectClass: 'organizationalUnit' })).code, 'noSuchObject');
    await site.plant();
    assert.equal(
      (await site.add(SUFFIX, { objectClass: ['dcObject', 'organization'], o: 'x' })).code,
      'entryAlreadyExists',
    );
  });

  it('refuses an entry above the limit', async (t) => {
    const site = await DirectorySite.open(t, { configuration: { limits: { entry: '64KiB' } } });
    const result = await site.add('uid=x,ou=People', person('x', { description: 'x'.repeat(70_000) }));
    assert.equal(result.code, 'adminLimitExceeded');
    assert.match(result.message, /65536/);
  });

  it('checks everything and writes nothing in a dry run', async (t) => {
    const site = await DirectorySite.open(t);
    const before = await site.content();
    assert.equal(
      (await site.add('uid=x,ou=People', person('x', { userPassword: 'correct horse battery' }), { dryRun: true }))
        .code,
      'success',
    );
    assert.equal((await site.add('uid=x,ou=People', { cn: 'x' }, { dryRun: true })).code, 'objectClassViolation');
    assert.equal(await site.content(), before);
  });

  it('takes options of languages, and certificates by their own', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd('uid=x,ou=People', person('x', { 'description;LANG-de': 'Leute', description: 'people' }));
    assert.deepEqual(site.read('uid=x,ou=People')?.['description;lang-de'], ['Leute']);
    const refused = await site.add('uid=y,ou=People', person('y', { 'cn;binary': 'y' }));
    assert.equal(refused.code, 'undefinedAttributeType');
  });

  it('passes over nothing that looks like a name of the runtime', async (t) => {
    const site = await DirectorySite.open(t);
    for (const attribute of ['__proto__', 'constructor', 'toString']) {
      const result = await site.apply({
        kind: 'add',
        dn: dn(`uid=x,ou=People,${SUFFIX}`),
        attributes: [{ attribute, values: [Buffer.from('x')] }],
      });
      assert.equal(result.code, 'undefinedAttributeType');
    }
    await site.mustAdd('uid=__proto__,ou=People', person('__proto__'));
    assert.deepEqual(site.read('uid=__proto__,ou=People')?.['uid'], ['__proto__']);
  });
});

describe('login names', () => {
  it('are one entry each, whatever their spelling, of people and hosts', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'straße');
    await site.mustAdd('cn=Portal,ou=Hosts', {
      objectClass: ['device', 'simpleSecurityObject'],
      userPassword: '{SSHA}DOyvOVTEBBeCVY4frQmBoCZJ4AvThKWl',
    });
    const taken: readonly [string, Written][] = [
      ['uid=Álice,ou=People', person('Álice')],
      ['uid=bob,ou=People', person('bob', { uid: ['bob', 'ALICE'] })],
      ['uid=strasse,ou=Hosts', person('strasse')],
      ['uid=portal,ou=People', person('portal')],
      ['cn=alice,ou=Hosts', { objectClass: ['applicationProcess', 'simpleSecurityObject'], userPassword: 'x' }],
    ];
    for (const [name, written] of taken) {
      const result = await site.add(name, written);
      assert.equal(result.code, 'constraintViolation', name);
      assert.match(result.message, /login name/);
    }
    const find = (name: string) => site.directory.logins.find(name);
    assert.equal(find('ALICE'), site.entry('uid=alice,ou=People'));
    assert.equal(find('STRASSE'), site.entry('uid=straße,ou=People'));
    assert.equal(find('PoRtAl'), site.entry('cn=Portal,ou=Hosts'));
    assert.equal(find('bob'), undefined);
  });

  it('are none of what cannot log in', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('hp');
    await site.mustAdd('cn=hp,ou=Hosts', { objectClass: 'device' });
    await site.mustAdd('cn=hp,ou=Groups', { objectClass: 'device' });
    assert.equal(site.directory.logins.find('hp'), site.entry('uid=hp,ou=People'));
  });

  it('are free again when their entry goes or is called otherwise', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('zoë', 'bob');
    await site.delete('uid=zoë,ou=People');
    await site.addPeople('zoe');
    assert.equal((await site.rename('uid=bob,ou=People', 'uid=rob')).code, 'success');
    await site.addPeople('bob');
  });

  it('are refused when they can be nobody’s', async (t) => {
    const site = await DirectorySite.open(t);
    assert.equal(
      (await site.add('cn=x,ou=People', person('x', { cn: 'x', uid: `x${'y'.repeat(300)}` }))).code,
      'constraintViolation',
    );
  });

  it('are not taken by two who ask for one at the same time', async (t) => {
    const site = await DirectorySite.open(t);
    const results = await Promise.all(
      ['carol', 'CAROL', 'Cárol'].map((uid) => site.add(`uid=${uid},ou=People`, person(uid))),
    );
    assert.deepEqual(results.map(({ code }) => code).sort(), ['constraintViolation', 'entryAlreadyExists', 'success']);
  });
});

describe('attributes whose values are unique', () => {
  it('are refused a second time, gidNumber among groups', async (t) => {
    const site = await DirectorySite.open(t, { configuration: { unique: ['uidNumber', 'gidNumber', 'mail'] } });
    await site.mustAdd('uid=a,ou=People', person('a', { uidNumber: '1', mail: 'a@x' }));
    await site.mustAdd('uid=b,ou=People', person('b', { uidNumber: '2', mail: 'b@x' }));
    await site.addGroup('g', { gidNumber: '100' });
    const same = await site.add('cn=h,ou=Groups', { objectClass: 'posixGroup', gidNumber: '100' });
    assert.equal(same.code, 'constraintViolation');
    for (const more of [{ uidNumber: '1' }, { uidNumber: '3', mail: 'A@X' }]) {
      assert.equal((await site.add('uid=c,ou=People', person('c', more))).code, 'constraintViolation');
    }
  });

  it('have to be known to the schema', async (t) => {
    await assert.rejects(DirectorySite.open(t, { configuration: { unique: ['shoeSize'] } }), {
      code: 'DIRECTORY_CONFIGURATION',
    });
  });
});
