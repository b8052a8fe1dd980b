/** Server-side sorting (RFC 2891). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryView, EVERYTHING, type SearchRights, type SortKey, search } from '../../../src/directory/index.ts';
import { entry, LAB, labView, names, PEOPLE, request, SUFFIX, schema, take } from './lab-directory.ts';

const view = new DirectoryView(schema);
const person = (number: number, uid: string, more: Readonly<Record<string, string | readonly string[]>>) =>
  entry(number, PEOPLE, `uid=${uid}`, { objectClass: ['inetOrgPerson', 'posixAccount', 'top'], uid, ...more });
view.load([
  ...LAB,
  person(101, 'p1', { sn: 'beta', uidNumber: '10', cn: ['zz', 'aa'] }),
  person(102, 'p2', { sn: 'Alpha', uidNumber: '9', cn: 'bb' }),
  person(103, 'p3', { sn: 'beta', uidNumber: '-3', cn: 'cc', 'sn;lang-de': 'Aaa' }),
  person(104, 'p4', { sn: 'alphabet', cn: 'dd' }),
]);

const sorted = (keys: readonly SortKey[], rights?: SearchRights) => names(view, '(uid=p*)', { sort: keys }, rights);
const key = (attribute: string, reverse = false, rule?: string): SortKey => ({
  attribute,
  reverse,
  ...(rule !== undefined && { rule }),
});
const uids = (...numbers: readonly number[]) => numbers.map((number) => `uid=p${number}`);

describe('a sorted answer', () => {
  it('is in the order of the rule, equal entries as they are found', () => {
    assert.deepEqual(sorted([key('uidNumber')]), uids(3, 2, 1, 4), 'numbers as numbers, the one without at the end');
    assert.deepEqual(sorted([key('uidNumber', true)]), uids(4, 1, 2, 3), 'and first in reverse');
    assert.deepEqual(sorted([key('sn', false, 'caseIgnoreOrderingMatch')]), uids(3, 2, 4, 1));
    assert.deepEqual(sorted([key('sn;lang-de')]), uids(3, 1, 2, 4));
  });

  it('is sorted by the next key where the first is equal', () => {
    assert.deepEqual(sorted([key('gidNumber'), key('uidNumber')]), uids(3, 2, 1, 4));
    assert.deepEqual(
      sorted([key('objectClass'), key('cn', true)]),
      uids(4, 3, 2, 1),
      'the least of several values counts',
    );
  });

  it('is sorted by computed attributes too', () => {
    assert.deepEqual(sorted([key('entryDN', true)]), uids(4, 3, 2, 1));
  });

  it('keeps a limit, and the steps of a run', () => {
    assert.deepEqual(names(view, '(uid=p*)', { sort: [key('uidNumber')], sizeLimit: 2 }), uids(3, 2));
    const large = new DirectoryView(schema);
    const many = Array.from({ length: 3000 }, (_, index) =>
      person(5000 + index, `q${index}`, { sn: 'x', uidNumber: String((index * 7919) % 3000) }),
    );
    large.load([...LAB, ...many]);
    const run = search(
      large,
      request('(uid=q*)', { sort: [key('uidNumber')], attributes: ['uidNumber'] }),
      EVERYTHING,
      0,
    );
    const numbers = take(run).map(({ attributes }) => Number(attributes['uidNumber']![0]));
    assert.deepEqual(
      numbers,
      Array.from({ length: 3000 }, (_, index) => index),
    );
  });

  it('does not tell by its order what may not be read', () => {
    const rights: SearchRights = {
      readsAll: false,
      sees: () => true,
      knows: () => true,
      mayRead: (_entry, { name }) => name === 'uid',
    };
    assert.deepEqual(sorted([key('uidNumber')], rights), uids(1, 2, 3, 4), 'as if nobody had the attribute');
  });

  it('is unsorted, and says why, when it cannot be sorted', () => {
    for (const [sort, code] of [
      [key('unknown'), 'noSuchAttribute'],
      [key('jpegPhoto'), 'inappropriateMatching'],
      [key('cn', false, 'caseIgnoreSubstringsMatch'), 'inappropriateMatching'],
      [key('cn', false, 'unknownMatch'), 'inappropriateMatching'],
      [key('userPassword'), 'inappropriateMatching'],
    ] as const) {
      const run = search(view, request('(uid=p*)', { sort: [sort] }), EVERYTHING, 0);
      assert.deepEqual(run.sortRefusal, { code, attribute: sort.attribute });
      assert.equal(take(run).length, 4);
    }
    assert.equal(search(view, request('(uid=p*)', { sort: [key('cn')] }), EVERYTHING, 0).sortRefusal, undefined);
  });

  it('passes over what goes away before it is answered', () => {
    const own = labView();
    const run = search(own, request('(sn=*)', { sort: [key('sn')] }), EVERYTHING, 0);
    assert.equal(take(run, 1)[0]!.dn, `uid=bob,ou=People,${SUFFIX}`);
    own.apply([{ space: 'entry', key: LAB[3]!.key, value: undefined }]);
    assert.deepEqual(
      take(run).map(({ dn }) => dn.split(',')[0]),
      ['cn=Carol'],
    );
  });
});
