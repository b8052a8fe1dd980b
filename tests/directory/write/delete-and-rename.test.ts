/** Deleting and renaming entries: the tree, what hangs on the entries, and what knows them by name (RFC 4511, 4.8 and 4.9). */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DirectorySite, modification as mod, person, SUFFIX } from '../directory/directory-site.ts';

const ALICE = 'uid=alice,ou=People';

describe('deleting an entry', () => {
  it('takes its memberships and references with it, and lets the groups be newer', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.addGroup('labs', { memberUid: ['alice', 'bob'] });
    await site.mustAdd('cn=board,ou=Groups', {
      objectClass: 'groupOfNames',
      member: `${ALICE},${SUFFIX}`,
      owner: `${ALICE},${SUFFIX}`,
    });
    await site.addGroup('other', { memberUid: 'bob' });
    const csn = (group: string) => site.values(`cn=${group},ou=Groups`, 'entryCSN')[0]!;
    const before = { labs: csn('labs'), board: csn('board'), other: csn('other') };
    assert.equal((await site.delete(ALICE)).code, 'success');
    assert.equal(site.entry(ALICE), undefined);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'memberUid'), ['bob']);
    assert.deepEqual(site.values('cn=board,ou=Groups', 'member'), []);
    assert.deepEqual(site.values('cn=board,ou=Groups', 'owner'), []);
    assert.ok(csn('labs') > before.labs && csn('board') > before.board);
    assert.notEqual(csn('labs'), csn('board'));
    assert.equal(csn('other'), before.other);
    assert.ok(site.directory.contextCsn > csn('board') && site.directory.contextCsn > csn('labs'));
    // Whoever gets the name later gets none of it.
    await site.addPeople('alice');
    assert.deepEqual(site.values(ALICE, 'memberOf'), []);
  });

  it('leaves nothing in the store', async (t) => {
    const site = await DirectorySite.open(t);
    const before = await site.content();
    await site.mustAdd(ALICE, person('alice', { userPassword: '{SSHA}c2FsdGVkc2FsdGVkc2FsdGVkc2FsdA==' }));
    await site.mustAdd('cn=labs,ou=Groups', { objectClass: 'posixGroup', gidNumber: '1', memberUid: ['alice', 'raw'] });
    assert.notEqual(await site.content(), before);
    await site.delete('cn=labs,ou=Groups');
    await site.delete(ALICE);
    assert.equal(await site.content(), before);
  });

  it('takes all below it when told to', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.addGroup('labs', { memberUid: ['alice', 'bob'] });
    await site.mustAdd('ou=deep,ou=People', { objectClass: 'organizationalUnit' });
    await site.mustAdd('cn=inner,ou=deep,ou=People', {
      objectClass: 'groupOfNames',
      member: `cn=labs,ou=Groups,${SUFFIX}`,
    });
    const refused = await site.delete('ou=People');
    assert.equal(refused.code, 'notAllowedOnNonLeaf');
    assert.equal((await site.delete('ou=People', true)).code, 'success');
    assert.equal(site.directory.view.size, 4);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'memberUid'), []);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'memberOf'), []);
    assert.equal((await site.delete(SUFFIX, true)).code, 'success');
    assert.equal(await site.content(), '');
    await site.plant();
  });

  it('is not made while something is being added below', async (t) => {
    const site = await DirectorySite.open(t);
    const [child, parent] = await Promise.all([site.add(ALICE, person('alice')), site.delete('ou=People')]);
    assert.deepEqual([child.code, parent.code], ['success', 'notAllowedOnNonLeaf']);
    const [gone, orphan] = await Promise.all([
      site.delete('ou=Hosts'),
      site.add('cn=x,ou=Hosts', { objectClass: 'device' }),
    ]);
    assert.deepEqual([gone.code, orphan.code], ['success', 'noSuchObject']);
  });
});

describe('renaming an entry', () => {
  it('gives it the new value, takes the old one, and lets groups show it', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.addGroup('labs', {
      memberUid: 'alice',
      owner: `${ALICE},${SUFFIX}`,
      objectClass: ['posixGroup', 'groupOfNames'],
    });
    const uuid = site.values(ALICE, 'entryUUID');
    const [csn] = site.values('cn=labs,ou=Groups', 'entryCSN');
    assert.equal((await site.rename(ALICE, 'uid=Alicia')).code, 'success');
    assert.deepEqual(site.values('uid=alicia,ou=People', 'entryUUID'), uuid);
    assert.deepEqual(site.values('uid=alicia,ou=People', 'uid'), ['Alicia']);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'memberUid'), ['Alicia']);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'member'), [`uid=Alicia,ou=People,${SUFFIX}`]);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'owner'), [`uid=Alicia,ou=People,${SUFFIX}`]);
    assert.ok(site.values('cn=labs,ou=Groups', 'entryCSN')[0]! > csn!);
    assert.equal(site.directory.logins.find('alice'), undefined);
    assert.ok(site.directory.logins.find('ALICIA') !== undefined);
  });

  it('keeps the old value when told to', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.rename(ALICE, 'uid=alicia', { keepOld: true });
    assert.deepEqual(site.values('uid=alicia,ou=People', 'uid').sort(), ['alice', 'alicia']);
    assert.equal(site.directory.logins.find('alice'), site.entry('uid=alicia,ou=People'));
  });

  it('changes the spelling alone', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    assert.equal((await site.rename(ALICE, 'uid=ALICE')).code, 'success');
    assert.deepEqual(site.values(ALICE, 'entryDN'), [`uid=ALICE,ou=People,${SUFFIX}`]);
    assert.deepEqual(site.values(ALICE, 'uid'), ['ALICE']);
  });

  it('moves a subtree, and everything knows it by its new name', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.addGroup('labs', {
      memberUid: ['alice'],
      objectClass: ['posixGroup', 'groupOfNames'],
      owner: `uid=bob,ou=People,${SUFFIX}`,
    });
    await site.mustAdd('ou=Site', { objectClass: 'organizationalUnit' });
    assert.equal((await site.rename('ou=People', 'ou=Staff', { superior: 'ou=Site' })).code, 'success');
    assert.equal(site.entry(ALICE), undefined);
    assert.deepEqual(site.values('uid=alice,ou=Staff,ou=Site', 'uid'), ['alice']);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'member'), [`uid=alice,ou=Staff,ou=Site,${SUFFIX}`]);
    assert.deepEqual(site.values('cn=labs,ou=Groups', 'owner'), [`uid=bob,ou=Staff,ou=Site,${SUFFIX}`]);
    const again = await site.reopen(t);
    assert.deepEqual(again.values('uid=alice,ou=Staff,ou=Site', 'memberOf'), [`cn=labs,ou=Groups,${SUFFIX}`]);
  });

  it('goes both ways in a row', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('a', 'b');
    await site.rename('uid=a,ou=People', 'uid=c');
    await site.rename('uid=b,ou=People', 'uid=a');
    await site.rename('uid=c,ou=People', 'uid=b');
    assert.deepEqual([site.values('uid=a,ou=People', 'sn'), site.values('uid=b,ou=People', 'sn')], [['b'], ['a']]);
  });

  describe('in a way that may not be', async () => {
    const site = await DirectorySite.open({ after });
    await site.addPeople('alice', 'bob');
    const wrong: readonly [string, string, string, { keepOld?: boolean; superior?: string }, string][] = [
      ['a name that is taken', ALICE, 'uid=BOB', {}, 'entryAlreadyExists'],
      ['an entry that is not there', 'uid=nobody,ou=People', 'uid=x', {}, 'noSuchObject'],
      ['a superior that is not there', ALICE, 'uid=x', { superior: 'ou=Nowhere' }, 'noSuchObject'],
      ['a superior below itself', 'ou=People', 'ou=People', { superior: ALICE }, 'unwillingToPerform'],
      ['itself as superior', 'ou=People', 'ou=People', { superior: 'ou=People' }, 'unwillingToPerform'],
      ['another directory', ALICE, 'uid=x', { superior: 'dc=other,dc=org' }, 'unwillingToPerform'],
      ['the top', SUFFIX, 'dc=other', {}, 'unwillingToPerform'],
      ['an unknown type', ALICE, 'shoeSize=42', {}, 'invalidDNSyntax'],
      ['a type of another class', ALICE, 'macAddress=00:00:00:00:00:00', {}, 'objectClassViolation'],
      ['the loss of what is demanded', ALICE, 'cn=alice', {}, 'objectClassViolation'],
      ['a login name of somebody', ALICE, 'uid=Bób', {}, 'constraintViolation'],
      ['an operational type', ALICE, 'pwdReset=TRUE', {}, 'namingViolation'],
    ];
    for (const [what, name, newRdn, more, code] of wrong) {
      it(`refuses ${what}, and changes nothing`, async () => {
        const before = await site.content();
        const result = await site.rename(name, newRdn, more);
        assert.equal(result.code, code, result.message);
        assert.equal(await site.content(), before);
      });
    }
  });
});

describe('references', () => {
  it('follow what they name, in subtypes and several values too', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.modify(
      'uid=bob,ou=People',
      mod('add', 'manager', `UID=Alice, ou=people,${SUFFIX}`),
      mod('add', 'seeAlso', `${ALICE},${SUFFIX}`, SUFFIX),
    );
    await site.rename(ALICE, 'uid=alicia');
    assert.deepEqual(site.values('uid=bob,ou=People', 'manager'), [`uid=alicia,ou=People,${SUFFIX}`]);
    assert.deepEqual(site.values('uid=bob,ou=People', 'seeAlso').sort(), [SUFFIX, `uid=alicia,ou=People,${SUFFIX}`]);
    await site.delete('uid=alicia,ou=People');
    assert.deepEqual(site.values('uid=bob,ou=People', 'manager'), []);
    assert.deepEqual(site.values('uid=bob,ou=People', 'seeAlso'), [SUFFIX]);
  });

  it('may leave a group of unique names empty', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.mustAdd('cn=u,ou=Groups', { objectClass: 'groupOfUniqueNames', uniqueMember: `${ALICE},${SUFFIX}` });
    await site.delete(ALICE);
    assert.deepEqual(site.values('cn=u,ou=Groups', 'uniqueMember'), []);
  });
});
