/**
 * No answer depends on what its asker may not read (RELIABILITY S38): two directories that differ in nothing but that are told apart by no
 * filter, sort order, selection or limit. Real cases: 389-ds CVE-2020-35518, substring walks over hidden attributes.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryView, type SearchRights, search } from '../../../src/directory/index.ts';
import { formatFilter } from '../../../src/x500/index.ts';
import { entry, joined, PEOPLE, request, SUFFIX, schema, take, uuid } from './lab-directory.ts';
import { Dice, RandomDirectory } from './random-directory.ts';

/** May be read: nothing else. */
const READABLE = new Set(['objectClass', 'uid', 'description', 'entryUUID']);

function lab(seed: number): DirectoryView {
  const dice = new Dice(seed);
  const view = new DirectoryView(schema);
  const some = (values: readonly string[]) => values.filter(() => dice.chance(50));
  const people = Array.from({ length: 700 }, (_, index) => {
    const hidden = {
      cn: some(['Smith', 'smith', 'Zoë', 'a', 'A b', 'alpha', 'Alpha Beta']),
      sn: some(['Smith', 'Müller']),
      mail: some(['ab1@example.org', 'AB2@Example.org', 'bob@example.org']),
      telephoneNumber: some(['+49 30 123']),
      uidNumber: some(['7']),
      'description;lang-de': [],
    };
    const held = Object.fromEntries(Object.entries(hidden).filter(([, values]) => values.length > 0));
    const description = ['alpha', 'beta  gamma', 'delta'][index % 3]!;
    return entry(
      100 + index,
      PEOPLE,
      `uid=user${index}`,
      { objectClass: ['inetOrgPerson', 'top'], uid: `user${index}`, description, ...held },
      { createTimestamp: dice.pick(['20260101000000Z', '20260615120000Z']) },
    );
  });
  const groups = Array.from({ length: 10 }, (_, index) =>
    entry(5000 + index, 3, `cn=g${index}`, { objectClass: ['posixGroup', 'top'], cn: `g${index}`, gidNumber: '1' }),
  );
  const memberships = people
    .filter(() => dice.chance(30))
    .map((one) => joined(5000 + dice.below(10), Buffer.from(one.key).readUInt32BE(12)));
  view.load([
    entry(1, 0, SUFFIX, { objectClass: ['organization', 'dcObject', 'top'], o: 'Lab', dc: 'lab' }),
    entry(PEOPLE, 1, 'ou=People', { objectClass: ['organizationalUnit', 'top'], ou: 'People' }),
    entry(3, 1, 'ou=Groups', { objectClass: ['organizationalUnit', 'top'], ou: 'Groups' }),
    ...people,
    ...groups,
    ...memberships,
  ]);
  return view;
}

function rightsIn(view: DirectoryView): SearchRights {
  const hidden = view.byUuid(uuid(101));
  return {
    readsAll: false,
    sees: (one) => one !== hidden,
    knows: (one) => one !== hidden,
    mayRead: (_entry, { name }) => READABLE.has(name),
  };
}

describe('what may not be read', () => {
  it('makes no difference to any answer', () => {
    const [one, other] = [lab(1), lab(2)];
    const random = new RandomDirectory(schema, 77);
    random.fill(20);
    let answered = 0;
    for (let round = 0; round < 250; round += 1) {
      const more = {
        filter: random.filter(),
        attributes: random.dice.pick([[], ['*', '+'], ['cn', 'uid', 'memberOf', 'hasSubordinates']]),
        sizeLimit: random.dice.pick([0, 0, 5]),
        ...(random.dice.chance(30) && {
          sort: [{ attribute: random.dice.pick(['cn', 'uidNumber', 'uid', 'name']), reverse: random.dice.chance(50) }],
        }),
      };
      const [expected, found] = [one, other].map((view) => {
        const run = search(view, request('(&)', more), rightsIn(view), 0);
        return { answers: take(run), outcome: run.outcome, sortRefusal: run.sortRefusal };
      });
      assert.deepEqual(found, expected, formatFilter(more.filter));
      answered += expected!.answers.length;
    }
    assert.ok(answered > 500, `${answered} answers were compared`);
  });
});
