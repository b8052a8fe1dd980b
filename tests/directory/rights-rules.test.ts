/** What rules of the configuration give, and what must never follow from them. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ANONYMOUS, accessConfigurationSchema, accessProblems, type RolePort } from '../../src/directory/index.ts';
import { group, may, mayAdd, mayRename, NOW, person, Site, SUFFIX, seen } from './rights-fixture.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});

describe('a rule', () => {
  const people = `ou=People,${SUFFIX}`;

  it('gives to who is named, in each way of naming', () => {
    const rule = (who: unknown) => ({ rules: [{ who: [who], may: ['read'], attributes: ['mail'], base: people }] });
    const reads = (asker: Parameters<Site['rights']>[0], who: unknown) =>
      may(site, site.rights(asker, rule(who)), person('bob'), 'mail') !== '';
    for (const [who, those] of [
      [{ dn: person('carol') }, ['carol']],
      [{ group: group('labs') }, ['alice']],
      [{ subtree: `ou=People,${SUFFIX}` }, ['alice', 'carol', 'helpdesk']],
      [{ subtree: person('carol') }, ['carol']],
      [{ is: 'users' }, ['alice', 'carol', 'helpdesk']],
      [{ is: 'anonymous' }, []],
      [{ is: 'self' }, []],
      [{ dn: 'uid=nobody,dc=example,dc=org' }, []],
      [{ group: 'cn=nothing,dc=example,dc=org' }, []],
    ] as const) {
      for (const uid of ['alice', 'carol', 'helpdesk']) {
        assert.equal(
          reads(person(uid), who),
          (those as readonly string[]).includes(uid),
          `${JSON.stringify(who)} ${uid}`,
        );
      }
    }
    assert.equal(reads(ANONYMOUS, { is: 'anonymous' }), true);
    assert.equal(reads(ANONYMOUS, { is: 'users' }), false);
  });

  it('for oneself and for others keeps the two apart', () => {
    const rules = {
      rules: [{ who: [{ is: 'self' }, { group: group('desk') }], may: ['write'], attributes: ['mail'], base: people }],
    };
    assert.match(may(site, site.rights(person('carol'), rules), person('carol'), 'mail'), /write/);
    assert.equal(may(site, site.rights(person('carol'), rules), person('bob'), 'mail'), '');
    assert.equal(may(site, site.rights(person('helpdesk'), rules), person('bob'), 'mail'), 'write');
  });

  it('reaches the entries of its base, scope and filter', () => {
    const rule = (more: object) => ({ rules: [{ who: [{ dn: person('carol') }], may: ['read'], ...more }] });
    const reached = (more: object) =>
      seen(site, site.rights(person('carol'), rule(more))).filter((dn) => dn !== 'uid=carol,ou=People');
    assert.deepEqual(reached({ base: people, scope: 'base' }), ['ou=People']);
    assert.deepEqual(reached({ base: SUFFIX, scope: 'one' }), ['ou=People', 'ou=Groups', 'ou=Hosts']);
    assert.equal(reached({ base: people }).length, 5);
    assert.equal(reached({}).length, 13);
    assert.deepEqual(reached({ filter: '(mail=bob@*)' }), ['uid=bob,ou=People']);
    assert.deepEqual(reached({ filter: `(memberOf=${group('labs')})` }), ['uid=alice,ou=People']);
    assert.deepEqual(reached({ base: people, filter: '(!(uid=*))' }), ['ou=People']);
    assert.deepEqual(reached({ base: 'ou=Nowhere,dc=example,dc=org' }), []);
  });

  it('is about the attributes that it names, with their subtypes, and no secret by a wildcard', () => {
    const rule = (attributes: readonly string[], may: readonly string[] = ['read']) => ({
      rules: [{ who: [{ dn: person('carol') }], may, attributes, base: people }],
      secrets: ['employeeNumber'],
    });
    const given = (attributes: readonly string[], attribute: string, right?: readonly string[]) =>
      may(site, site.rights(person('carol'), rule(attributes, right)), person('bob'), attribute);
    assert.equal(given(['mail'], 'mail'), 'read compare');
    assert.equal(given(['mail'], 'cn'), '');
    assert.equal(given(['name'], 'cn'), 'read compare');
    assert.equal(given(['*'], 'mail'), 'read compare');
    assert.equal(given(['*'], 'entryUUID'), '');
    assert.equal(given(['+'], 'entryUUID'), 'read compare');
    assert.equal(given(['*', '+'], 'employeeNumber'), '');
    assert.equal(given(['employeeNumber'], 'employeeNumber'), 'read compare');
    assert.equal(given(['*'], 'userPassword', ['write']), '');
    assert.equal(given(['userPassword'], 'userPassword', ['write']), 'write');
    assert.equal(given(['mail'], 'mail', ['compare']), 'compare');
    assert.equal(given(['mail'], 'mail', ['write']), 'write');
  });

  it('lets add below its base what it names, and delete and move', () => {
    const rules = {
      rules: [
        {
          who: [{ group: group('desk') }],
          may: ['add', 'delete', 'write', 'read'],
          attributes: ['objectClass', 'uid', 'cn', 'mail', 'userPassword'],
          base: people,
        },
        {
          who: [{ group: group('desk') }],
          may: ['add'],
          attributes: ['cn', 'uid', 'objectClass'],
          base: `ou=Groups,${SUFFIX}`,
          scope: 'one',
        },
      ],
    };
    const rights = site.rights(person('helpdesk'), rules);
    assert.equal(mayAdd(site, rights, person('new'), 'uid', 'cn', 'userPassword'), true);
    assert.equal(mayAdd(site, rights, person('new'), 'uid', 'employeeNumber'), false);
    assert.equal(mayAdd(site, rights, `cn=x,${person('alice')}`, 'cn'), true);
    assert.equal(mayAdd(site, rights, group('new'), 'cn'), true);
    assert.equal(mayAdd(site, rights, `cn=x,${group('labs')}`, 'cn'), false);
    assert.equal(mayAdd(site, rights, `ou=new,${SUFFIX}`, 'cn'), false);
    assert.equal(mayAdd(site, rights, 'uid=new', 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), true);
    assert.equal(rights.mayDelete(site.entry(group('labs'))), false);
    assert.equal(mayRename(site, rights, person('alice'), person('alicia')), true);
    assert.equal(mayRename(site, rights, person('alice'), `mail=a,${people}`), true);
    assert.equal(mayRename(site, rights, person('alice'), `sn=a,${people}`), false);
    assert.equal(mayRename(site, rights, person('alice'), `uid=alice,ou=Groups,${SUFFIX}`), true);
    assert.equal(mayRename(site, rights, person('alice'), `uid=alice,ou=Hosts,${SUFFIX}`), false);
    assert.equal(mayRename(site, rights, group('labs'), `cn=labs,${people}`), false);
    // Adding shows nothing of what is there.
    assert.equal(rights.sees(site.entry(group('empty'))), false);
    assert.equal(rights.knows(site.entry(`ou=Groups,${SUFFIX}`)), true);
  });

  it('makes nobody an administrator', () => {
    const rules = {
      administrators: [{ group: group('administrators') }, { dn: person('chief') }],
      rules: [
        {
          who: [{ group: group('desk') }],
          may: ['read', 'write', 'add', 'delete'],
          attributes: ['*', '+', 'userPassword'],
        },
      ],
    };
    const rights = site.rights(person('helpdesk'), rules);
    assert.match(may(site, rights, person('alice'), 'userPassword'), /write/);
    for (const attribute of ['userPassword', 'mail', 'uid', 'pwdAccountLockedTime']) {
      assert.doesNotMatch(may(site, rights, person('root'), attribute), /write/, attribute);
    }
    assert.match(may(site, rights, person('root'), 'mail'), /read/);
    for (const attribute of ['member', 'memberUid', 'owner']) {
      assert.doesNotMatch(may(site, rights, group('administrators'), attribute), /write/, attribute);
      assert.match(may(site, rights, group('labs'), attribute), /write/);
    }
    for (const dn of [person('root'), group('administrators')]) {
      assert.equal(rights.mayDelete(site.entry(dn)), false);
      assert.equal(mayRename(site, rights, dn, person('elsewhere')), false);
    }
    assert.equal(mayAdd(site, rights, person('chief'), 'uid', 'userPassword'), false);
    assert.equal(mayAdd(site, rights, person('CHIEF'), 'uid'), false);
    assert.equal(mayRename(site, rights, person('alice'), person('chief')), false);
    assert.equal(mayAdd(site, rights, person('other'), 'uid', 'userPassword'), true);
    site.leave(group('administrators'), person('root'));
    assert.match(may(site, site.rights(person('helpdesk'), rules), person('root'), 'userPassword'), /write/);
  });

  it('never gives what another setting forbids: there is nothing that takes away', () => {
    const without = seen(site, site.rights(person('carol')));
    const rules = { rules: [{ who: [{ is: 'users' }], may: ['read'], attributes: ['mail'], base: people }] };
    const withRule = seen(site, site.rights(person('carol'), rules));
    for (const dn of without) assert.ok(withRule.includes(dn));
  });
});

describe('roles', () => {
  it('make administrators, and protect who has them', () => {
    const roles: RolePort = {
      names: (principals) => roles.holds('admin', principals),
      holds: (role, principals) =>
        role === 'admin' &&
        principals.some(
          ({ type, name, aliases }) =>
            (type === 'user' && name === 'carol') ||
            (type === 'group' && (name === 'chiefs' || aliases.includes(group('empty')))),
        ),
    };
    const configuration = {
      administrators: [{ role: 'admin' }],
      rules: [
        { who: [{ role: 'admin' }], may: ['read'] },
        { who: [{ group: group('desk') }], may: ['write', 'add'] },
      ],
    };
    const rightsOf = (dn: string) => site.rules(configuration, { roles }).rightsOf(site.view, site.asker(dn), NOW);
    assert.equal(rightsOf(person('carol')).readsAll, true);
    assert.equal(rightsOf(person('root')).readsAll, false);
    site.join(group('empty'), person('alice'));
    assert.equal(rightsOf(person('alice')).readsAll, true);
    const desk = rightsOf(person('helpdesk'));
    for (const dn of [person('carol'), person('alice'), group('empty')]) {
      assert.doesNotMatch(may(site, desk, dn, 'description'), /write/, dn);
    }
    assert.match(may(site, desk, person('bob'), 'description'), /write/);
    assert.equal(mayAdd(site, desk, group('chiefs'), 'cn'), false);
    assert.equal(mayAdd(site, desk, group('others'), 'cn'), true);
    // Without anybody who knows roles nobody has any.
    assert.equal(site.rights(person('carol'), configuration).readsAll, false);
  });
});

describe('names of the configuration', () => {
  it('are found wherever the tree has them now', () => {
    const rules = site.rules({ administrators: [{ dn: person('carol') }], services: [`ou=Groups,${SUFFIX}`] });
    const rightsOf = (dn: string) => rules.rightsOf(site.view, site.asker(dn), NOW);
    assert.equal(rightsOf(person('carol')).storesHashedPasswords, true);
    assert.equal(rightsOf(group('labs')).readsAll, true);
    site.remove(person('carol'));
    site.add(person('carol'), { objectClass: ['inetOrgPerson'], uid: ['carol'] });
    assert.equal(rightsOf(person('carol')).storesHashedPasswords, true);
    site.add(person('zoe'), { objectClass: ['inetOrgPerson'], uid: ['zoe'] });
    assert.equal(rightsOf(person('zoe')).storesHashedPasswords, false);
  });

  it('that mean nothing are said', () => {
    const parse = (configuration: unknown) => accessConfigurationSchema.safeParse(configuration);
    for (const wrong of [
      { rules: [{ who: [], may: ['read'] }] },
      { rules: [{ who: [{}], may: ['read'] }] },
      { rules: [{ who: [{ dn: person('a'), is: 'self' }], may: ['read'] }] },
      { rules: [{ who: [{ is: 'everybody' }], may: ['read'] }] },
      { rules: [{ who: [{ is: 'users' }], may: [] }] },
      { rules: [{ who: [{ is: 'users' }], may: ['read'], base: 'no name' }] },
      { rules: [{ who: [{ is: 'users' }], may: ['read'], filter: '(uid=' }] },
      { rules: [{ who: [{ is: 'users' }], may: ['add'], filter: '(uid=*)' }] },
      { rules: [{ who: [{ is: 'users' }], may: ['read'], scope: 'one' }] },
      { administrators: [{ is: 'users' }] },
      { administrators: [{ dn: '' }] },
      { selfservice: [] },
    ]) {
      assert.equal(parse(wrong).success, false, JSON.stringify(wrong));
    }
    const problems = accessProblems(
      accessConfigurationSchema.parse({
        selfService: ['sshPublicKey', 'nope'],
        secrets: ['mail', 'nopw'],
        services: ['zz=1,dc=org'],
        administrators: [{ role: 'x' }, { dn: 'zz=1' }],
        rules: [
          {
            who: [{ is: 'users' }, { group: 'zz=2' }],
            may: ['read'],
            attributes: ['*', 'cn', 'zz'],
            base: 'zz=3',
            filter: '(&(cn=a)(!(zz=*)))',
          },
        ],
      }),
      site.schema,
    );
    assert.deepEqual(
      problems.map(({ path }) => path.join('.')),
      [
        'selfService.1',
        'secrets.1',
        'administrators.1.dn',
        'services.0',
        'rules.0.attributes.2',
        'rules.0.base',
        'rules.0.who.1.group',
        'rules.0.filter',
      ],
    );
  });
});
