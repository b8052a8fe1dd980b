/** Who may do what: the default rights, configured rules, and what must never follow from them (RELIABILITY S38). */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  ANONYMOUS,
  accessConfigurationSchema,
  accessProblems,
  type Rights,
  SYSTEM,
} from '../../src/directory/index.ts';
import { dnOf, group, host, NOW, person, Site, SUFFIX } from './rights-fixture.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});

/** The names that are seen, in short. */
function seen(rights: Rights): string[] {
  const all = [
    SUFFIX,
    ...['People', 'Groups', 'Hosts'].map((ou) => `ou=${ou},${SUFFIX}`),
    ...['alice', 'bob', 'carol', 'root', 'helpdesk'].map(person),
    ...['administrators', 'labs', 'desk', 'empty'].map(group),
    host('portal'),
  ];
  return all.filter((dn) => rights.sees(site.entry(dn))).map((dn) => dn.replace(`,${SUFFIX}`, ''));
}

function may(rights: Rights, dn: string, attribute: string): string {
  const [entry, type] = [site.entry(dn), site.type(attribute)];
  return [
    rights.mayRead(entry, type) ? 'read' : '',
    rights.mayCompare(entry, type) ? 'compare' : '',
    rights.mayWrite(entry, type) ? 'write' : '',
  ]
    .filter((right) => right !== '')
    .join(' ');
}

function mayAdd(rights: Rights, dn: string, ...attributes: string[]): boolean {
  const parsed = dnOf(dn);
  const parent = site.view.find({ rdns: parsed.rdns.slice(1) });
  return rights.mayAdd(
    parent,
    parsed,
    attributes.map((name) => site.type(name)),
  );
}

function mayRename(rights: Rights, from: string, to: string): boolean {
  const parsed = dnOf(to);
  return rights.mayRename(site.entry(from), site.view.find({ rdns: parsed.rdns.slice(1) }), parsed);
}

describe('by default', () => {
  it('nobody reads without a login', () => {
    const rights = site.rights(ANONYMOUS);
    assert.deepEqual(seen(rights), []);
    assert.equal(rights.readsAll, false);
    for (const dn of [SUFFIX, person('alice'), group('labs')]) {
      assert.equal(rights.knows(site.entry(dn)), false);
      for (const attribute of ['objectClass', 'uid', 'entryUUID', 'userPassword'])
        assert.equal(may(rights, dn, attribute), '');
    }
    assert.equal(mayAdd(rights, person('mallory'), 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
  });

  it('people read themselves and their groups, and know what stands above', () => {
    const rights = site.rights(person('alice'));
    assert.deepEqual(seen(rights), ['uid=alice,ou=People', 'cn=labs,ou=Groups', 'cn=desk,ou=Groups']);
    assert.equal(rights.readsAll, false);
    for (const attribute of ['cn', 'mail', 'objectClass', 'entryUUID', 'memberOf', 'createTimestamp']) {
      assert.equal(may(rights, person('alice'), attribute), 'read compare', attribute);
    }
    assert.equal(may(rights, group('labs'), 'member'), 'read compare');
    assert.equal(may(rights, person('bob'), 'cn'), '');
    for (const dn of [SUFFIX, `ou=People,${SUFFIX}`, `ou=Groups,${SUFFIX}`]) {
      assert.equal(rights.knows(site.entry(dn)), true, dn);
      assert.equal(may(rights, dn, 'objectClass'), '', dn);
    }
    for (const dn of [`ou=Hosts,${SUFFIX}`, person('bob'), group('empty')]) {
      assert.equal(rights.knows(site.entry(dn)), false, dn);
    }
  });

  it('people write their password and SSH keys, and nothing else', () => {
    const rights = site.rights(person('alice'));
    assert.equal(may(rights, person('alice'), 'userPassword'), 'write');
    assert.equal(may(rights, person('alice'), 'sshPublicKey'), 'read compare write');
    for (const attribute of ['cn', 'uid', 'uidNumber', 'objectClass', 'pwdAccountLockedTime', 'pwdReset', 'memberOf']) {
      assert.doesNotMatch(may(rights, person('alice'), attribute), /write/, attribute);
    }
    assert.equal(may(rights, person('bob'), 'userPassword'), '');
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
    assert.equal(mayRename(rights, person('alice'), person('root2')), false);
    assert.equal(rights.storesHashedPasswords, false);
  });

  it('services read all but secrets, and write nothing', () => {
    const rights = site.rights(host('portal'));
    assert.equal(rights.readsAll, true);
    assert.equal(seen(rights).length, 14);
    assert.equal(may(rights, person('alice'), 'mail'), 'read compare');
    assert.equal(may(rights, person('alice'), 'cn'), 'read compare');
    assert.equal(rights.mayWrite(site.entry(person('alice')), site.type('userPassword')), false);
    assert.equal(mayAdd(rights, person('mallory'), 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
    // The container itself is no service, nor is who is elsewhere.
    assert.equal(site.rights(`ou=Hosts,${SUFFIX}`).readsAll, false);
  });

  it('services lose the quick way, and the secret, where somebody has one', () => {
    site.add(person('dave'), { objectClass: ['inetOrgPerson'], uid: ['dave'], userPKCS12: ['private key'] });
    const rights = site.rights(host('portal'));
    assert.equal(rights.readsAll, false);
    assert.equal(may(rights, person('dave'), 'userPKCS12'), '');
    assert.equal(may(rights, person('dave'), 'uid'), 'read compare');
    assert.equal(rights.sees(site.entry(person('dave'))), true);
    assert.equal(may(site.rights(person('dave')), person('dave'), 'userPKCS12'), '');
    site.remove(person('dave'));
    assert.equal(site.rights(host('portal')).readsAll, true);
  });

  it('members of the group of administrators do everything, while they are', () => {
    const rights = site.rights(person('root'));
    assert.equal(rights.readsAll, true);
    assert.equal(rights.storesHashedPasswords, true);
    assert.equal(may(rights, person('alice'), 'userPassword'), 'read compare write');
    assert.equal(mayAdd(rights, person('new'), 'uid', 'userPassword'), true);
    assert.equal(mayAdd(rights, 'dc=elsewhere', 'dc'), true);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), true);
    assert.equal(mayRename(rights, person('alice'), host('alice')), true);
    site.leave(group('administrators'), person('root'));
    assert.equal(site.rights(person('root')).readsAll, false);
    site.join(group('administrators'), person('root'), { start: NOW - 1000, end: NOW + 1000 });
    assert.equal(site.rights(person('root'), {}, NOW + 999).readsAll, true);
    assert.equal(site.rights(person('root'), {}, NOW + 1000).readsAll, false);
    assert.equal(site.rights(person('root'), {}, NOW - 1001).readsAll, false);
  });

  it('owners of a group, in person or as members of one, write its membership', () => {
    const bob = site.rights(person('bob'));
    for (const attribute of ['member', 'memberUid', 'uniqueMember']) {
      assert.equal(may(bob, group('labs'), attribute), 'read compare write', attribute);
    }
    for (const attribute of ['owner', 'cn', 'objectClass'])
      assert.equal(may(bob, group('labs'), attribute), 'read compare');
    assert.equal(may(bob, group('empty'), 'member'), '');
    assert.equal(bob.mayDelete(site.entry(group('labs'))), false);
    assert.equal(bob.knows(site.entry(`ou=Groups,${SUFFIX}`)), true);
    assert.equal(may(site.rights(person('alice')), group('desk'), 'member'), 'read compare write');
    assert.equal(may(site.rights(person('bob'), { groupOwners: false }), group('labs'), 'member'), '');
  });

  it('the program itself does everything, and who is gone nothing', () => {
    assert.equal(site.rights(SYSTEM).readsAll, true);
    const asker = site.asker(person('alice'));
    site.remove(person('alice'));
    assert.deepEqual(
      seen2(site.rights(asker, { rules: [{ who: [{ is: 'anonymous' }, { is: 'users' }], may: ['read'] }] })),
      [],
    );
  });

  function seen2(rights: Rights): string[] {
    return [SUFFIX, person('bob'), group('labs')].filter((dn) => rights.sees(site.entry(dn)));
  }
});

describe('a limited credential', () => {
  it('of which the password has to be changed does that and nothing else', () => {
    for (const dn of [person('alice'), person('root'), host('portal')]) {
      const rights = site.rights(site.asker(dn, 'must-change'), {
        rules: [{ who: [{ is: 'users' }], may: ['read', 'write', 'add', 'delete'] }],
      });
      assert.equal(rights.readsAll, false);
      assert.equal(may(rights, dn, 'userPassword'), 'write');
      assert.equal(may(rights, dn, 'cn'), '');
      assert.equal(may(rights, person('bob'), 'userPassword'), '');
      assert.equal(rights.sees(site.entry(dn)), true);
      assert.equal(rights.sees(site.entry(person('bob'))), false);
      assert.equal(rights.mayDelete(site.entry(person('bob'))), false);
      assert.equal(rights.storesHashedPasswords, false);
    }
  });

  it('that is bound to a service reads as its owner, and changes nothing', () => {
    const rules = {
      rules: [{ who: [{ is: 'users' }], may: ['write', 'add', 'delete'], attributes: ['*', 'userPassword'] }],
    };
    for (const dn of [person('alice'), person('root'), person('bob')]) {
      const rights = site.rights(site.asker(dn, 'app-password'), rules);
      assert.equal(may(rights, dn, 'cn'), 'read compare');
      for (const attribute of ['userPassword', 'sshPublicKey', 'cn'])
        assert.doesNotMatch(may(rights, dn, attribute), /write/);
      assert.doesNotMatch(may(rights, group('labs'), 'member'), /write/);
      assert.equal(mayAdd(rights, person('mallory'), 'uid'), false);
      assert.equal(rights.mayDelete(site.entry(person('carol'))), false);
      assert.equal(mayRename(rights, person('carol'), person('dora')), false);
      assert.equal(rights.storesHashedPasswords, false);
    }
    assert.equal(site.rights(site.asker(person('root'), 'app-password')).readsAll, true);
  });
});

describe('a rule', () => {
  const people = `ou=People,${SUFFIX}`;

  it('gives to who is named, in each way of naming', () => {
    const rule = (who: unknown) => ({ rules: [{ who: [who], may: ['read'], attributes: ['mail'], base: people }] });
    const reads = (asker: Parameters<Site['rights']>[0], who: unknown) =>
      may(site.rights(asker, rule(who)), person('bob'), 'mail') !== '';
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
    assert.match(may(site.rights(person('carol'), rules), person('carol'), 'mail'), /write/);
    assert.equal(may(site.rights(person('carol'), rules), person('bob'), 'mail'), '');
    assert.equal(may(site.rights(person('helpdesk'), rules), person('bob'), 'mail'), 'write');
  });

  it('reaches the entries of its base, scope and filter', () => {
    const rule = (more: object) => ({ rules: [{ who: [{ dn: person('carol') }], may: ['read'], ...more }] });
    const reached = (more: object) =>
      seen(site.rights(person('carol'), rule(more))).filter((dn) => dn !== 'uid=carol,ou=People');
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
      may(site.rights(person('carol'), rule(attributes, right)), person('bob'), attribute);
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
    assert.equal(mayAdd(rights, person('new'), 'uid', 'cn', 'userPassword'), true);
    assert.equal(mayAdd(rights, person('new'), 'uid', 'employeeNumber'), false);
    assert.equal(mayAdd(rights, `cn=x,${person('alice')}`, 'cn'), true);
    assert.equal(mayAdd(rights, group('new'), 'cn'), true);
    assert.equal(mayAdd(rights, `cn=x,${group('labs')}`, 'cn'), false);
    assert.equal(mayAdd(rights, `ou=new,${SUFFIX}`, 'cn'), false);
    assert.equal(mayAdd(rights, 'uid=new', 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), true);
    assert.equal(rights.mayDelete(site.entry(group('labs'))), false);
    assert.equal(mayRename(rights, person('alice'), person('alicia')), true);
    assert.equal(mayRename(rights, person('alice'), `mail=a,${people}`), true);
    assert.equal(mayRename(rights, person('alice'), `sn=a,${people}`), false);
    assert.equal(mayRename(rights, person('alice'), `uid=alice,ou=Groups,${SUFFIX}`), true);
    assert.equal(mayRename(rights, person('alice'), `uid=alice,ou=Hosts,${SUFFIX}`), false);
    assert.equal(mayRename(rights, group('labs'), `cn=labs,${people}`), false);
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
    assert.match(may(rights, person('alice'), 'userPassword'), /write/);
    for (const attribute of ['userPassword', 'mail', 'uid', 'pwdAccountLockedTime']) {
      assert.doesNotMatch(may(rights, person('root'), attribute), /write/, attribute);
    }
    assert.match(may(rights, person('root'), 'mail'), /read/);
    for (const attribute of ['member', 'memberUid', 'owner']) {
      assert.doesNotMatch(may(rights, group('administrators'), attribute), /write/, attribute);
      assert.match(may(rights, group('labs'), attribute), /write/);
    }
    for (const dn of [person('root'), group('administrators')]) {
      assert.equal(rights.mayDelete(site.entry(dn)), false);
      assert.equal(mayRename(rights, dn, person('elsewhere')), false);
    }
    assert.equal(mayAdd(rights, person('chief'), 'uid', 'userPassword'), false);
    assert.equal(mayAdd(rights, person('CHIEF'), 'uid'), false);
    assert.equal(mayRename(rights, person('alice'), person('chief')), false);
    assert.equal(mayAdd(rights, person('other'), 'uid', 'userPassword'), true);
    site.leave(group('administrators'), person('root'));
    assert.match(may(site.rights(person('helpdesk'), rules), person('root'), 'userPassword'), /write/);
  });

  it('never gives what another setting forbids: there is nothing that takes away', () => {
    const without = seen(site.rights(person('carol')));
    const rules = { rules: [{ who: [{ is: 'users' }], may: ['read'], attributes: ['mail'], base: people }] };
    const withRule = seen(site.rights(person('carol'), rules));
    for (const dn of without) assert.ok(withRule.includes(dn));
  });
});

describe('roles', () => {
  it('make administrators, and protect who has them', () => {
    const roles = {
      holds: (role: string, principals: readonly { type: string; name: string; aliases: readonly string[] }[]) =>
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
      assert.doesNotMatch(may(desk, dn, 'description'), /write/, dn);
    }
    assert.match(may(desk, person('bob'), 'description'), /write/);
    assert.equal(mayAdd(desk, group('chiefs'), 'cn'), false);
    assert.equal(mayAdd(desk, group('others'), 'cn'), true);
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
