/** One stored membership, seen as memberUid, member and memberOf (RFC 2307 and its successor), with dates and groups in groups. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Member } from '../../../src/directory/index.ts';
import {
  ALICE,
  BOB,
  CAROL,
  entry,
  GROUPS,
  gone,
  joined,
  LABS,
  labView,
  names,
  PEOPLE,
  STAFF,
  SUFFIX,
  uuid,
} from './lab-directory.ts';

const ALICE_DN = `uid=alice,ou=People,${SUFFIX}`;
const LABS_DN = `cn=labs,ou=Groups,${SUFFIX}`;
const STAFF_DN = `cn=staff,ou=Groups,${SUFFIX}`;
const IN_CHAIN = '1.2.840.113556.1.4.1941';

describe('a group', () => {
  it('is found as each class of groups, and as what it is', () => {
    const view = labView();
    for (const name of ['posixGroup', 'groupOfNames', 'groupOfMembers', 'GROUPOFNAMES', '2.5.6.9']) {
      assert.deepEqual(names(view, `(objectClass=${name})`).sort(), ['cn=labs', 'cn=staff'], name);
    }
    assert.deepEqual(names(view, '(objectClass=groupOfUniqueNames)'), []);
  });

  it('is found by its members in both forms', () => {
    const view = labView();
    assert.deepEqual(names(view, '(&(objectClass=posixGroup)(memberUid=alice))'), ['cn=labs']);
    assert.deepEqual(names(view, `(&(objectClass=groupOfNames)(member=UID=Alice, ou=people,${SUFFIX}))`), ['cn=labs']);
    assert.deepEqual(names(view, '(memberUid=nobody)'), ['cn=labs'], 'a memberUid that nobody bears');
    assert.deepEqual(names(view, `(member=CN=ghost,${SUFFIX})`), ['cn=staff'], 'a name that no entry bears');
    assert.deepEqual(names(view, '(memberUid=*)'), ['cn=labs']);
    assert.deepEqual(names(view, '(member=*)').sort(), ['cn=labs', 'cn=staff']);
    assert.deepEqual(names(view, '(memberUid=ali*)'), ['cn=labs']);
    assert.deepEqual(names(view, '(!(member=*))', { scope: 'one' }).sort(), ['ou=Groups', 'ou=People']);
  });

  it('has as memberUid the uid of the name, by the exact rule of the attribute', () => {
    const view = labView();
    assert.deepEqual(names(view, '(memberUid=Alice)'), []);
    view.apply([joined(LABS, BOB)]);
    assert.deepEqual(names(view, '(memberUid=bob)'), ['cn=labs']);
    assert.deepEqual(names(view, '(memberUid=robert)'), [], 'another uid of the same person');
    view.apply([joined(LABS, CAROL)]);
    assert.deepEqual(names(view, `(member=cn=Carol,ou=People,${SUFFIX})`), ['cn=labs']);
  });

  it('is known by its members, and by nobody else', () => {
    const view = labView();
    assert.deepEqual(names(view, `(memberOf=${LABS_DN})`), ['uid=alice']);
    assert.deepEqual(names(view, `(memberOf=${STAFF_DN})`), ['cn=labs']);
    assert.deepEqual(names(view, '(memberOf=*)').sort(), ['cn=labs', 'uid=alice']);
    assert.deepEqual(names(view, `(memberOf=${ALICE_DN})`), []);
  });
});

describe('a membership with dates', () => {
  it('counts from its start on and before its end, at every read', () => {
    const view = labView();
    const filters = ['(memberUid=bob)', `(member=uid=bob,ou=People,${SUFFIX})`];
    for (const [now, found] of [
      [99, []],
      [100, ['cn=staff']],
      [199.9, ['cn=staff']],
      [200, []],
    ] as const) {
      for (const filter of filters)
        assert.deepEqual(names(view, filter, {}, undefined, now), found, `${filter} at ${now}`);
      assert.deepEqual(
        names(view, `(&(uid=bob)(memberOf=${STAFF_DN}))`, {}, undefined, now),
        found.length > 0 ? ['uid=bob'] : [],
      );
      const [staff, bob] = [view.byUuid(uuid(STAFF))!, view.byUuid(uuid(BOB))!];
      assert.equal(view.isMember(staff, bob, now), found.length > 0);
      assert.deepEqual(view.groupsOf(bob, now), found.length > 0 ? [staff] : []);
      assert.equal(view.members(staff, now).includes(bob), found.length > 0);
    }
  });

  it('can be given other dates, or none', () => {
    const view = labView();
    view.apply([joined(STAFF, BOB, { start: 300, end: Number.POSITIVE_INFINITY })]);
    assert.deepEqual(names(view, '(memberUid=bob)', {}, undefined, 150), []);
    assert.deepEqual(names(view, '(memberUid=bob)', {}, undefined, 300), ['cn=staff']);
    view.apply([joined(STAFF, BOB)]);
    assert.deepEqual(names(view, '(memberUid=bob)', {}, undefined, 0), ['cn=staff']);
  });
});

describe('groups in groups', () => {
  it('are followed by 1.2.840.113556.1.4.1941, both ways', () => {
    const view = labView();
    assert.deepEqual(names(view, `(memberOf:${IN_CHAIN}:=${STAFF_DN})`).sort(), ['cn=labs', 'uid=alice']);
    assert.deepEqual(names(view, `(member:${IN_CHAIN}:=${ALICE_DN})`).sort(), ['cn=labs', 'cn=staff']);
    assert.deepEqual(names(view, `(member:${IN_CHAIN}:=cn=ghost,${SUFFIX})`), ['cn=staff']);
    assert.deepEqual(names(view, `(memberUid:${IN_CHAIN}:=alice)`), [], 'Undefined: no name');
  });

  it('may go in a circle', () => {
    const view = labView();
    view.apply([joined(LABS, STAFF)]);
    assert.deepEqual(names(view, `(memberOf:${IN_CHAIN}:=${STAFF_DN})`).sort(), ['cn=labs', 'cn=staff', 'uid=alice']);
    assert.deepEqual(names(view, `(member:${IN_CHAIN}:=${LABS_DN})`).sort(), ['cn=labs', 'cn=staff']);
  });
});

describe('memberships', () => {
  it('end with the group, with the member, and one by one', () => {
    const view = labView();
    view.apply([{ ...joined(LABS, ALICE), value: undefined }]);
    assert.deepEqual(names(view, '(memberUid=alice)'), []);
    view.apply([joined(LABS, ALICE)]);
    view.apply([gone(ALICE)]);
    assert.deepEqual(names(view, '(memberUid=*)'), ['cn=labs'], 'the one that nobody bears is left');
    view.apply([gone(LABS)]);
    assert.deepEqual(names(view, `(memberOf=${STAFF_DN})`), []);
    view.apply([entry(LABS, GROUPS, 'cn=labs', { objectClass: ['posixGroup', 'top'], cn: 'labs', gidNumber: '100' })]);
    assert.deepEqual(names(view, '(memberUid=*)'), []);
  });

  it('are told as they are stored to whoever writes', () => {
    const view = labView();
    const staff = view.byUuid(uuid(STAFF))!;
    const ghost: Member = { kind: 'name', name: `cn=Ghost,${SUFFIX}` };
    assert.deepEqual(
      [...view.storedMembers(staff)],
      [{ kind: 'entry', uuid: uuid(LABS) }, { kind: 'entry', uuid: uuid(BOB) }, ghost],
    );
    assert.deepEqual(view.membership(staff, { kind: 'entry', uuid: uuid(BOB) }), { start: 100, end: 200 });
    assert.equal(view.membership(staff, { kind: 'entry', uuid: uuid(ALICE) }), undefined);
    assert.ok(view.membership(staff, ghost) !== undefined);
    assert.equal(view.membership(staff, { kind: 'name', name: `CN=ghost,${SUFFIX}` }), undefined, 'by its exact text');
    assert.deepEqual(view.groupsNaming('name', `CN=ghost,${SUFFIX}`), [staff]);
    assert.deepEqual(view.groupsNaming('uid', 'nobody'), [view.byUuid(uuid(LABS))]);
    assert.deepEqual(view.groupsNaming('uid', 'Nobody'), []);
    assert.deepEqual(view.groupsHolding(view.byUuid(uuid(BOB))!), [staff]);
  });

  it('follow a member that is renamed', () => {
    const view = labView();
    view.apply([entry(ALICE, PEOPLE, 'uid=alicia', { objectClass: ['account', 'top'], uid: 'alicia' })]);
    assert.deepEqual(names(view, '(memberUid=alice)'), []);
    assert.deepEqual(names(view, '(memberUid=alicia)'), ['cn=labs']);
    assert.deepEqual(names(view, `(member=uid=alicia,ou=People,${SUFFIX})`), ['cn=labs']);
  });
});
