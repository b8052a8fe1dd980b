/** Groups: one stored membership, two ways to write it, dates, names without an entry, and groups of 100,000. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SYSTEM } from '../../../src/directory/index.ts';
import { DirectorySite, dn, modification as mod, person, SUFFIX } from '../directory/directory-site.ts';

const LABS = 'cn=labs,ou=Groups';
const at = (uid: string) => `uid=${uid},ou=People,${SUFFIX}`;

describe('membership', () => {
  it('is one, whichever form writes it', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob', 'carol');
    await site.addGroup('labs', { memberUid: 'alice' });
    assert.equal((await site.modify(LABS, mod('add', 'member', at('bob')))).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['alice', 'bob']);
    assert.deepEqual(site.values(LABS, 'member').sort(), [at('alice'), at('bob')]);
    assert.deepEqual(site.values('uid=bob,ou=People', 'memberOf'), [`${LABS},${SUFFIX}`]);
    assert.equal((await site.modify(LABS, mod('add', 'memberUid', 'bob'))).code, 'attributeOrValueExists');
    assert.equal((await site.modify(LABS, mod('delete', 'memberUid', 'carol'))).code, 'noSuchAttribute');
    assert.equal((await site.modify(LABS, mod('delete', 'member', `UID=Alice,ou=people,${SUFFIX}`))).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid'), ['bob']);
    assert.equal((await site.modify(LABS, mod('replace', 'memberUid', 'carol', 'alice'))).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['alice', 'carol']);
    assert.equal((await site.modify(LABS, mod('delete', 'member'))).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid'), []);
    assert.equal((await site.modify(LABS, mod('delete', 'member'))).code, 'noSuchAttribute');
  });

  it('may be written in both forms by one change, which means it once', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.mustAdd('cn=g,ou=Groups', {
      objectClass: ['groupOfNames', 'posixGroup'],
      gidNumber: '1',
      member: at('alice'),
      memberUid: 'alice',
    });
    assert.equal(
      (await site.modify('cn=g,ou=Groups', mod('delete', 'member', at('alice')), mod('delete', 'memberUid', 'alice')))
        .code,
      'success',
    );
    assert.equal(
      (await site.modify('cn=g,ou=Groups', mod('add', 'memberUid', 'alice'), mod('add', 'member', at('alice')))).code,
      'success',
    );
    assert.deepEqual(site.values('cn=g,ou=Groups', 'member'), [at('alice')]);
    const twice = await site.modify(
      'cn=g,ou=Groups',
      mod('delete', 'member', at('alice')),
      mod('delete', 'member', at('alice')),
    );
    assert.equal(twice.code, 'noSuchAttribute');
  });

  it('is what the last of several modifications says', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.addGroup('labs', { memberUid: ['x'] });
    const last = (form: string, ...values: string[]) => mod('replace', form, ...values);
    await site.modify(LABS, last('memberUid', 'y', 'alice'), last('memberUid', 'z'));
    assert.deepEqual(site.values(LABS, 'memberUid'), ['z']);
    await site.modify(LABS, last('member', at('alice'), at('bob')), last('memberUid', 'alice', 'bob'));
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['alice', 'bob']);
    await site.modify(LABS, mod('add', 'memberUid', 'y'), mod('delete', 'memberUid', 'y'), mod('delete', 'member'));
    assert.deepEqual(site.values(LABS, 'memberUid'), []);
    const twice = await site.modify(LABS, mod('add', 'memberUid', 'y'), mod('delete', 'memberUid', 'y', 'y'));
    assert.equal(twice.code, 'noSuchAttribute');
  });

  it('is by memberUid exactly as it is spelled', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.addGroup('labs', { memberUid: 'Alice' });
    assert.deepEqual(site.values(LABS, 'memberUid'), ['Alice']);
    assert.deepEqual(site.values('uid=alice,ou=People', 'memberOf'), []);
    assert.equal((await site.modify(LABS, mod('add', 'memberUid', 'alice'))).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['Alice', 'alice']);
  });

  it('is shown by the uid that the person is named with', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd('uid=alice,ou=People', person('alice', { uid: ['ally', 'alice'] }));
    await site.addGroup('labs', { memberUid: 'ally' });
    assert.deepEqual(site.values(LABS, 'memberUid'), ['alice']);
  });

  it('of who is not there yet is kept, and theirs when they come', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addGroup('labs', { memberUid: ['dave', 'erin'] });
    await site.mustAdd('cn=board,ou=Groups', {
      objectClass: 'groupOfNames',
      member: [`UID=Dave,OU=People,${SUFFIX}`, 'cn=dummy,dc=elsewhere'],
    });
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['dave', 'erin']);
    const [csn] = site.values(LABS, 'entryCSN');
    await site.addPeople('dave');
    assert.deepEqual(site.values(LABS, 'member'), [at('dave')]);
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['dave', 'erin']);
    assert.deepEqual(site.values('cn=board,ou=Groups', 'member').sort(), ['cn=dummy,dc=elsewhere', at('dave')]);
    assert.deepEqual(site.values('uid=dave,ou=People', 'memberOf').sort(), [
      `cn=board,ou=Groups,${SUFFIX}`,
      `${LABS},${SUFFIX}`,
    ]);
    assert.ok(site.values(LABS, 'entryCSN')[0]! > csn!);
    await site.rename('uid=dave,ou=People', 'uid=david');
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['david', 'erin']);
    await site.mustAdd('uid=frank,ou=People', person('frank'));
    await site.rename('uid=frank,ou=People', 'uid=erin');
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['david', 'erin']);
    assert.deepEqual(site.values('uid=erin,ou=People', 'memberOf'), [`${LABS},${SUFFIX}`]);
    const again = await site.reopen(t);
    assert.deepEqual(again.values(LABS, 'memberUid').sort(), ['david', 'erin']);
    assert.deepEqual(again.values('uid=erin,ou=People', 'memberOf'), [`${LABS},${SUFFIX}`]);
  });

  it('of a name without an entry is taken out under any of its spellings', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd('cn=board,ou=Groups', { objectClass: 'groupOfNames', member: 'CN=Dummy,dc=x' });
    assert.equal(
      (await site.modify('cn=board,ou=Groups', mod('add', 'member', 'cn=dummy, DC=X'))).code,
      'attributeOrValueExists',
    );
    assert.equal((await site.modify('cn=board,ou=Groups', mod('delete', 'member', 'cn=dummy, DC=X'))).code, 'success');
    assert.deepEqual(site.values('cn=board,ou=Groups', 'member'), []);
  });

  it('lasts from its start to its end', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob');
    await site.addGroup('labs', {
      'memberUid;x-start-20261123000000Z;x-end-20261124000000Z': 'alice',
      memberUid: 'bob',
    });
    const members = () => site.values(LABS, 'memberUid').sort();
    assert.deepEqual(members(), ['bob']);
    site.clock.advance(15 * 3_600_000);
    assert.deepEqual(members(), ['alice', 'bob']);
    assert.equal((await site.modify(LABS, mod('add', 'memberUid', 'alice'))).code, 'attributeOrValueExists');
    assert.equal((await site.modify(LABS, mod('replace', 'memberUid', 'alice', 'bob'))).code, 'success');
    site.clock.advance(24 * 3_600_000);
    assert.deepEqual(members(), ['bob'], 'who writes the same members leaves their dates');
    assert.equal((await site.modify(LABS, mod('add', 'memberUid', 'alice'))).code, 'success');
    assert.deepEqual(members(), ['alice', 'bob']);
    const again = await site.reopen(t);
    assert.deepEqual(again.values(LABS, 'memberUid').sort(), ['alice', 'bob']);
  });

  it('is given dates by a change of its own', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.addGroup('labs');
    const change = { kind: 'membership', group: dn(`${LABS},${SUFFIX}`), member: dn(at('alice')) } as const;
    const now = site.clock.now();
    assert.equal((await site.apply({ ...change, end: now + 60_000 })).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid'), ['alice']);
    site.clock.advance(60_000);
    assert.deepEqual(site.values(LABS, 'memberUid'), []);
    assert.equal((await site.apply(change)).code, 'success');
    assert.deepEqual(site.values(LABS, 'memberUid'), ['alice']);
    assert.equal((await site.apply({ ...change, start: now, end: now })).code, 'constraintViolation');
    assert.equal((await site.apply({ ...change, group: dn(at('alice')) })).code, 'objectClassViolation');
  });

  it('is refused with dates that are none', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addGroup('labs');
    for (const option of ['x-start-yesterday', 'x-end-20260230000000Z', 'lang-de']) {
      const result = await site.modify(LABS, mod('add', `memberUid;${option}`, 'x'));
      assert.equal(result.code, 'undefinedAttributeType', option);
    }
    const inverted = await site.modify(
      LABS,
      mod('add', 'memberUid;x-start-20270101000000Z;x-end-20260101000000Z', 'x'),
    );
    assert.equal(inverted.code, 'constraintViolation');
  });

  it('in itself, and of one group in another, is possible', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd('cn=a,ou=Groups', { objectClass: 'groupOfNames', member: `cn=a,ou=Groups,${SUFFIX}` });
    await site.mustAdd('cn=b,ou=Groups', { objectClass: 'groupOfNames', member: `cn=a,ou=Groups,${SUFFIX}` });
    assert.equal((await site.rename('cn=a,ou=Groups', 'cn=c')).code, 'success');
    assert.deepEqual(site.values('cn=c,ou=Groups', 'member'), [`cn=c,ou=Groups,${SUFFIX}`]);
    assert.equal((await site.delete('cn=c,ou=Groups')).code, 'success');
    assert.deepEqual(site.values('cn=b,ou=Groups', 'member'), []);
  });

  it('stays when the group changes its class, as long as it is one', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.mustAdd('cn=g,ou=Groups', { objectClass: ['device', 'posixGroup'], gidNumber: '1', memberUid: 'alice' });
    const result = await site.modify(
      'cn=g,ou=Groups',
      mod('delete', 'objectClass', 'posixGroup'),
      mod('delete', 'gidNumber'),
    );
    assert.equal(result.code, 'objectClassViolation');
    assert.match(result.message, /member/);
  });

  it('is not lost when two change one group at the same time', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'bob', 'carol');
    await site.addGroup('labs', { memberUid: 'carol' });
    const results = await Promise.all([
      site.modify(LABS, mod('add', 'memberUid', 'alice')),
      site.modify(LABS, mod('add', 'member', at('bob'))),
      site.delete('uid=carol,ou=People'),
      site.modify(LABS, mod('add', 'memberUid', 'dora')),
      site.add('uid=dora,ou=People', person('dora')),
    ]);
    assert.ok(results.every(({ code }) => code === 'success'));
    assert.deepEqual(site.values(LABS, 'memberUid').sort(), ['alice', 'bob', 'dora']);
    assert.deepEqual(site.values('uid=dora,ou=People', 'memberOf'), [`${LABS},${SUFFIX}`]);
  });

  it('of one more in a large group takes a few octets of the journal', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.addGroup('labs', { memberUid: Array.from({ length: 20_000 }, (_, index) => `user${index}`) });
    const head = site.store.head();
    assert.equal(
      (
        await site.directory.apply(
          { kind: 'modify', dn: dn(`${LABS},${SUFFIX}`), modifications: [mod('add', 'memberUid', 'alice')] },
          SYSTEM,
        )
      ).code,
      'success',
    );
    const [record] = await site.store.journal(head);
    const octets = record!.writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    assert.ok(octets < 700, `${octets} octets`);
  });
});
