/** Who may do what by default, and with a credential that is good for less. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ANONYMOUS, SYSTEM } from '../../src/directory/index.ts';
import { group, host, may, mayAdd, mayRename, NOW, person, Site, SUFFIX, seen } from './rights-fixture.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
});

describe('by default', () => {
  it('nobody reads without a login', () => {
    const rights = site.rights(ANONYMOUS);
    assert.deepEqual(seen(site, rights), []);
    assert.equal(rights.readsAll, false);
    for (const dn of [SUFFIX, person('alice'), group('labs')]) {
      assert.equal(rights.knows(site.entry(dn)), false);
      for (const attribute of ['objectClass', 'uid', 'entryUUID', 'userPassword'])
        assert.equal(may(site, rights, dn, attribute), '');
    }
    assert.equal(mayAdd(site, rights, person('mallory'), 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
  });

  it('people read themselves and their groups, and know what stands above', () => {
    const rights = site.rights(person('alice'));
    assert.deepEqual(seen(site, rights), ['uid=alice,ou=People', 'cn=labs,ou=Groups', 'cn=desk,ou=Groups']);
    assert.equal(rights.readsAll, false);
    for (const attribute of ['cn', 'mail', 'objectClass', 'entryUUID', 'memberOf', 'createTimestamp']) {
      assert.equal(may(site, rights, person('alice'), attribute), 'read compare', attribute);
    }
    assert.equal(may(site, rights, group('labs'), 'member'), 'read compare');
    assert.equal(may(site, rights, person('bob'), 'cn'), '');
    for (const dn of [SUFFIX, `ou=People,${SUFFIX}`, `ou=Groups,${SUFFIX}`]) {
      assert.equal(rights.knows(site.entry(dn)), true, dn);
      assert.equal(may(site, rights, dn, 'objectClass'), '', dn);
    }
    for (const dn of [`ou=Hosts,${SUFFIX}`, person('bob'), group('empty')]) {
      assert.equal(rights.knows(site.entry(dn)), false, dn);
    }
  });

  it('people write their password and SSH keys, and nothing else', () => {
    const rights = site.rights(person('alice'));
    assert.equal(may(site, rights, person('alice'), 'userPassword'), 'write');
    assert.equal(may(site, rights, person('alice'), 'sshPublicKey'), 'read compare write');
    for (const attribute of ['cn', 'uid', 'uidNumber', 'objectClass', 'pwdAccountLockedTime', 'pwdReset', 'memberOf']) {
      assert.doesNotMatch(may(site, rights, person('alice'), attribute), /write/, attribute);
    }
    assert.equal(may(site, rights, person('bob'), 'userPassword'), '');
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
    assert.equal(mayRename(site, rights, person('alice'), person('root2')), false);
    assert.equal(rights.storesHashedPasswords, false);
  });

  it('services read all but secrets, and write nothing', () => {
    const rights = site.rights(host('portal'));
    assert.equal(rights.readsAll, true);
    assert.equal(seen(site, rights).length, 14);
    assert.equal(may(site, rights, person('alice'), 'mail'), 'read compare');
    assert.equal(may(site, rights, person('alice'), 'cn'), 'read compare');
    assert.equal(rights.mayWrite(site.entry(person('alice')), site.type('userPassword')), false);
    assert.equal(mayAdd(site, rights, person('mallory'), 'uid'), false);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), false);
    // The container itself is no service, nor is who is elsewhere.
    assert.equal(site.rights(`ou=Hosts,${SUFFIX}`).readsAll, false);
  });

  it('services lose the quick way, and the secret, where somebody has one', () => {
    site.add(person('dave'), { objectClass: ['inetOrgPerson'], uid: ['dave'], userPKCS12: ['private key'] });
    const rights = site.rights(host('portal'));
    assert.equal(rights.readsAll, false);
    assert.equal(may(site, rights, person('dave'), 'userPKCS12'), '');
    assert.equal(may(site, rights, person('dave'), 'uid'), 'read compare');
    assert.equal(rights.sees(site.entry(person('dave'))), true);
    assert.equal(may(site, site.rights(person('dave')), person('dave'), 'userPKCS12'), '');
    site.remove(person('dave'));
    assert.equal(site.rights(host('portal')).readsAll, true);
  });

  it('members of the group of administrators do everything, while they are', () => {
    const rights = site.rights(person('root'));
    assert.equal(rights.readsAll, true);
    assert.equal(rights.storesHashedPasswords, true);
    assert.equal(may(site, rights, person('alice'), 'userPassword'), 'read compare write');
    assert.equal(mayAdd(site, rights, person('new'), 'uid', 'userPassword'), true);
    assert.equal(mayAdd(site, rights, 'dc=elsewhere', 'dc'), true);
    assert.equal(rights.mayDelete(site.entry(person('alice'))), true);
    assert.equal(mayRename(site, rights, person('alice'), host('alice')), true);
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
      assert.equal(may(site, bob, group('labs'), attribute), 'read compare write', attribute);
    }
    for (const attribute of ['owner', 'cn', 'objectClass'])
      assert.equal(may(site, bob, group('labs'), attribute), 'read compare');
    assert.equal(may(site, bob, group('empty'), 'member'), '');
    assert.equal(bob.mayDelete(site.entry(group('labs'))), false);
    assert.equal(bob.knows(site.entry(`ou=Groups,${SUFFIX}`)), true);
    assert.equal(may(site, site.rights(person('alice')), group('desk'), 'member'), 'read compare write');
    assert.equal(may(site, site.rights(person('bob'), { groupOwners: false }), group('labs'), 'member'), '');
  });

  it('the program itself does everything, and who is gone nothing', () => {
    assert.equal(site.rights(SYSTEM).readsAll, true);
    const asker = site.asker(person('alice'));
    site.remove(person('alice'));
    const rights = site.rights(asker, { rules: [{ who: [{ is: 'anonymous' }, { is: 'users' }], may: ['read'] }] });
    for (const dn of [SUFFIX, person('bob'), group('labs')]) assert.equal(rights.sees(site.entry(dn)), false);
  });
});

describe('a limited credential', () => {
  it('of which the password has to be changed does that and nothing else', () => {
    for (const dn of [person('alice'), person('root'), host('portal')]) {
      const rights = site.rights(site.asker(dn, 'must-change'), {
        rules: [{ who: [{ is: 'users' }], may: ['read', 'write', 'add', 'delete'] }],
      });
      assert.equal(rights.readsAll, false);
      assert.equal(may(site, rights, dn, 'userPassword'), 'write');
      assert.equal(may(site, rights, dn, 'cn'), '');
      assert.equal(may(site, rights, person('bob'), 'userPassword'), '');
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
      assert.equal(may(site, rights, dn, 'cn'), 'read compare');
      for (const attribute of ['userPassword', 'sshPublicKey', 'cn'])
        assert.doesNotMatch(may(site, rights, dn, attribute), /write/);
      assert.doesNotMatch(may(site, rights, group('labs'), 'member'), /write/);
      assert.equal(mayAdd(site, rights, person('mallory'), 'uid'), false);
      assert.equal(rights.mayDelete(site.entry(person('carol'))), false);
      assert.equal(mayRename(site, rights, person('carol'), person('dora')), false);
      assert.equal(rights.storesHashedPasswords, false);
    }
    assert.equal(site.rights(site.asker(person('root'), 'app-password')).readsAll, true);
  });
});
