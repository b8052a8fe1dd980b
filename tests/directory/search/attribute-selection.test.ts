import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVERYTHING, type SearchRights, writeEntry } from '../../../src/directory/index.ts';
import { type AttributeType, BerWriter } from '../../../src/x500/index.ts';
import { ALICE, answers, BOB, decoded, LABS, labView, names, STAFF, SUFFIX, schema, uuid } from './lab-directory.ts';

const view = labView();

function selected(
  filter: string,
  attributes: readonly string[],
  typesOnly = false,
  now = 0,
): Record<string, readonly string[]> {
  const [first] = answers(view, filter, { attributes, typesOnly }, undefined, now);
  return first!.attributes;
}

describe('the attributes of an answer', () => {
  it('are the user attributes by default and for *', () => {
    const all = selected('(uid=alice)', []);
    assert.deepEqual(Object.keys(all), [
      'objectClass',
      'uid',
      'cn',
      'sn',
      'mail',
      'description;lang-de',
      'description',
    ]);
    assert.deepEqual(all['cn'], ['Alice Liddell', 'Alice']);
    assert.deepEqual(selected('(uid=alice)', ['*']), all);
  });

  it('are none for 1.1, which means nothing beside others', () => {
    assert.deepEqual(selected('(uid=alice)', ['1.1']), {});
    assert.deepEqual(selected('(uid=alice)', ['1.1', 'SN']), { sn: ['Liddell'] });
  });

  it('are the operational ones for +, stored and computed', () => {
    assert.deepEqual(selected('(uid=alice)', ['+']), {
      createTimestamp: ['20260101000000Z'],
      creatorsName: [`cn=admin,${SUFFIX}`],
      structuralObjectClass: ['inetOrgPerson'],
      entryUUID: ['00000000-0000-0000-0000-00000000000b'],
      entryDN: [`uid=alice,ou=People,${SUFFIX}`],
      subschemaSubentry: ['cn=Subschema'],
      hasSubordinates: ['FALSE'],
      memberOf: [`cn=labs,ou=Groups,${SUFFIX}`],
    });
    assert.deepEqual(selected('(ou=people)', ['hasSubordinates', 'unknown', 'entryDN']), {
      entryDN: [`ou=People,${SUFFIX}`],
      hasSubordinates: ['TRUE'],
    });
  });

  it('are named in any case, by OID, by an alias, and with their subtypes', () => {
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['2.5.4.4', 'MAIL', 'userid'])), ['uid', 'sn', 'mail']);
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['name'])), ['cn', 'sn']);
  });

  it('come with the options that were asked for, or more', () => {
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['description'])), ['description;lang-de', 'description']);
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['description;lang-DE'])), ['description;lang-de']);
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['description;lang-de-'])), ['description;lang-de']);
    assert.deepEqual(selected('(uid=alice)', ['description;lang-fr']), {});
  });

  it('are those of a class for @class', () => {
    assert.deepEqual(Object.keys(selected('(uid=alice)', ['@organizationalUnit'])), [
      'objectClass',
      'description;lang-de',
      'description',
    ]);
    assert.deepEqual(selected('(uid=alice)', ['@unknown']), {});
    assert.deepEqual(Object.keys(selected('(cn=labs)', ['@posixGroup'])), [
      'objectClass',
      'cn',
      'gidNumber',
      'memberUid',
    ]);
  });

  it('are without values when types alone are asked for', () => {
    assert.deepEqual(selected('(uid=alice)', ['cn', 'memberOf', 'creatorsName', 'member'], true), {
      cn: [],
      creatorsName: [],
      memberOf: [],
    });
  });

  it('hold the members of a group: the form of its class to users, the other one as operational', () => {
    const inPeople = (uid: string) => `uid=${uid},ou=People,${SUFFIX}`;
    assert.deepEqual(selected('(cn=labs)', ['*'])['memberUid'], ['alice', 'nobody']);
    assert.equal(selected('(cn=labs)', ['*'])['member'], undefined);
    assert.deepEqual(selected('(cn=labs)', ['+'])['member'], [inPeople('alice')]);
    const group = `cn=labs,ou=Groups,${SUFFIX}`;
    const ghost = `cn=Ghost,${SUFFIX}`;
    assert.deepEqual(selected('(cn=staff)', ['*'], false, 150)['member'], [group, inPeople('bob'), ghost]);
    assert.deepEqual(selected('(cn=staff)', ['memberUid'], false, 150), { memberUid: ['bob'] });
    assert.deepEqual(selected('(cn=staff)', ['member'], false, 200), { member: [group, ghost] });
    assert.deepEqual(selected('(cn=staff)', ['memberUid'], false, 200), {}, 'no value, no attribute');
    assert.deepEqual(selected('(cn=staff)', ['memberUid'], true, 200), {});
  });

  it('leave out what may not be read', () => {
    const rights: SearchRights = {
      readsAll: false,
      sees: (entry) => !Buffer.from(view.uuid(entry)).equals(uuid(BOB)),
      knows: () => true,
      mayRead: (_entry: number, { name }: AttributeType) =>
        ['cn', 'objectClass', 'entryDN', 'memberUid'].includes(name),
    };
    const [alice] = answers(view, '(cn=alice)', { attributes: ['*', '+'] }, rights);
    assert.deepEqual(Object.keys(alice!.attributes), ['objectClass', 'cn', 'entryDN']);
    assert.deepEqual(names(view, '(cn=bob)', {}, rights), []);
    const [labs] = answers(view, '(cn=labs)', {}, rights);
    assert.deepEqual(labs!.attributes['memberUid'], ['alice', 'nobody']);
  });

  it('are the same for an entry that is written beside a search', () => {
    const out = new BerWriter();
    writeEntry(view, out, view.byUuid(uuid(ALICE))!, ['cn', 'entryDN'], false, EVERYTHING, 0);
    assert.deepEqual(decoded(out.take()), {
      dn: `uid=alice,ou=People,${SUFFIX}`,
      attributes: { cn: ['Alice Liddell', 'Alice'], entryDN: [`uid=alice,ou=People,${SUFFIX}`] },
    });
    assert.ok(view.attribute(view.byUuid(uuid(LABS))!, schema.attributeType('memberUid')!).length === 2);
    assert.ok(
      view.attribute(view.byUuid(uuid(STAFF))!, schema.attributeType('member')!).length === 2,
      'dates, no clock',
    );
  });
});
