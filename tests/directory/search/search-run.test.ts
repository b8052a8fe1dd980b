import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryView, EVERYTHING, type SearchRights, search } from '../../../src/directory/index.ts';
import type { StoredObject } from '../../../src/store/index.ts';
import { BerWriter, parseDistinguishedName } from '../../../src/x500/index.ts';
import {
  ALICE,
  entry,
  GROUPS,
  gone,
  LAB,
  labView,
  names,
  PEOPLE,
  request,
  SUFFIX,
  schema,
  take,
  uuid,
} from './lab-directory.ts';

const view = labView();
const base = (text: string) => Buffer.from(text);
const NOTHING: SearchRights = { readsAll: false, sees: () => false, knows: () => false, mayRead: () => false };

/** People below ou=People with the numbers 1,000 and up. */
function crowd(count: number): StoredObject[] {
  return Array.from({ length: count }, (_, index) =>
    entry(1000 + index, PEOPLE, `uid=user${index}`, {
      objectClass: ['account', 'top'],
      uid: `user${index}`,
      description: index % 3 === 0 ? 'third' : 'other',
    }),
  );
}

function crowded(count: number): DirectoryView {
  const made = new DirectoryView(schema);
  made.load([...LAB, ...crowd(count)]);
  return made;
}

describe('the base of a search', () => {
  it('is found in every spelling', () => {
    for (const text of [
      `uid=alice,ou=People,${SUFFIX}`,
      'UID=Alice, OU=people, DC=Lab, dc=EXAMPLE',
      `0.9.2342.19200300.100.1.1=alice,ou=People,${SUFFIX}`,
      `uid=\\61lice,ou=People,${SUFFIX}`,
      `uid=#0405616c696365,ou=People,${SUFFIX}`,
    ]) {
      assert.deepEqual(names(view, '(objectClass=*)', { base: base(text), scope: 'base' }), ['uid=alice'], text);
      const dn = parseDistinguishedName(text)!;
      assert.deepEqual(names(view, '(objectClass=*)', { base: dn, scope: 'base' }), ['uid=alice'], text);
    }
  });

  it('that is not there is told, with the nearest that is', () => {
    for (const [text, matched] of [
      [`uid=nobody,ou=People,${SUFFIX}`, `ou=People,${SUFFIX}`],
      [`cn=a,cn=b,uid=alice,ou=People,${SUFFIX}`, `uid=alice,ou=People,${SUFFIX}`],
      ['dc=elsewhere', undefined],
      ['', undefined],
    ] as const) {
      const run = search(view, request('(objectClass=*)', { base: base(text) }), EVERYTHING, 0);
      assert.equal(run.next(new BerWriter()), 'end');
      assert.equal(run.outcome.code, 'noSuchObject');
      assert.equal(run.outcome.matchedDn, matched);
    }
  });

  it('that is no name is told', () => {
    for (const name of [base('no name'), Buffer.from([0x63, 0x6e, 0x3d, 0xff])]) {
      const run = search(view, request('(objectClass=*)', { base: name }), EVERYTHING, 0);
      assert.equal(run.next(new BerWriter()), 'end');
      assert.equal(run.outcome.code, 'invalidDNSyntax');
    }
  });

  it('that is not to be known is not there, and nothing above it that is not either', () => {
    const text = `uid=alice,ou=People,${SUFFIX}`;
    const hidden = search(view, request('(objectClass=*)', { base: base(text) }), NOTHING, 0);
    assert.equal(hidden.next(new BerWriter()), 'end');
    assert.deepEqual([hidden.outcome.code, hidden.outcome.matchedDn], ['noSuchObject', undefined]);
    const root = view.find(parseDistinguishedName(SUFFIX)!);
    const knowsRoot: SearchRights = { ...NOTHING, knows: (one) => one === root };
    const below = search(view, request('(objectClass=*)', { base: base(text) }), knowsRoot, 0);
    assert.equal(below.next(new BerWriter()), 'end');
    assert.equal(below.outcome.matchedDn, SUFFIX);
  });
});

describe('the scope of a search', () => {
  it('is the base, what is right below it, or all of it', () => {
    const people = base(`ou=People,${SUFFIX}`);
    assert.deepEqual(names(view, '(objectClass=*)', { base: people, scope: 'base' }), ['ou=People']);
    assert.deepEqual(names(view, '(objectClass=*)', { base: people, scope: 'one' }).sort(), [
      'cn=Carol',
      'uid=alice',
      'uid=bob',
    ]);
    assert.deepEqual(names(view, '(objectClass=*)', { base: people }).length, 4);
    assert.deepEqual(names(view, '(cn=labs)', { base: people }), []);
  });
});

describe('a search run', () => {
  it('ends with sizeLimitExceeded only when there is more than the limit', () => {
    for (const [limit, answered, code] of [
      [2, 2, 'sizeLimitExceeded'],
      [3, 3, 'success'],
      [4, 3, 'success'],
      [0, 3, 'success'],
    ] as const) {
      const run = search(view, request('(sn=*)', { sizeLimit: limit }), EVERYTHING, 0);
      assert.equal(take(run).length, answered);
      assert.equal(run.outcome.code, code);
    }
  });

  it('looks ahead without writing, and answers what it saw if that is still there', () => {
    const own = labView();
    const run = search(own, request('(sn=*)'), EVERYTHING, 0);
    assert.equal(run.peek(), 'entry');
    assert.equal(run.peek(), 'entry');
    const [first] = take(run, 1);
    assert.equal(run.peek(), 'entry');
    const [second] = take(search(own, request('(sn=*)', { sizeLimit: 2 }), EVERYTHING, 0)).slice(1);
    const left = ['uid=alice', 'uid=bob', 'cn=Carol'].filter(
      (name) => ![first, second].some((one) => one!.dn.startsWith(name)),
    );
    own.apply([gone(second!.dn.startsWith('uid=alice') ? ALICE : second!.dn.startsWith('uid=bob') ? 12 : 13)]);
    assert.deepEqual(
      take(run).map(({ dn }) => dn.split(',')[0]),
      left,
    );
    assert.equal(run.peek(), 'end');
  });

  it('goes on with other rights for a later page', () => {
    const run = search(view, request('(sn=*)'), EVERYTHING, 0);
    assert.equal(take(run, 1).length, 1);
    run.renew(NOTHING, 0);
    assert.equal(take(run).length, 0);
    assert.equal(run.outcome.code, 'success');
  });

  it('pauses after some work that found nothing, and has others take their turn', () => {
    const large = crowded(5000);
    const run = search(large, request('(!(description=*))'), EVERYTHING, 0);
    const out = new BerWriter();
    const steps = [];
    for (let step = run.next(out); step !== 'end'; step = run.next(out)) steps.push(step);
    assert.ok(steps.filter((step) => step === 'more').length >= 4, steps.join());
    assert.equal(steps.filter((step) => step === 'entry').length, 7);
  });

  it('answers from an ordering index that it makes in steps, while changes come in', () => {
    const large = crowded(6000);
    const run = search(large, request('(uid=user12*)'), EVERYTHING, 0);
    const out = new BerWriter();
    assert.equal(run.next(out), 'more');
    large.apply([
      gone(1123),
      entry(1001, PEOPLE, 'uid=user1', { objectClass: ['account', 'top'], uid: ['user1', 'user12-also'] }),
      entry(9001, PEOPLE, 'uid=user12new', { objectClass: ['account', 'top'], uid: 'user12new' }),
    ]);
    const expected = Array.from({ length: 6000 }, (_, index) => `uid=user${index}`)
      .filter((name) => name.startsWith('uid=user12') && name !== 'uid=user123')
      .concat('uid=user1', 'uid=user12new');
    assert.deepEqual(
      take(run)
        .map(({ dn }) => dn.split(',')[0]!)
        .sort(),
      expected.sort(),
    );
    large.apply([gone(9001), entry(1001, PEOPLE, 'uid=user1', { objectClass: ['account', 'top'], uid: 'user1' })]);
    assert.equal(names(large, '(uid=user12*)').length, expected.length - 2);
    assert.equal(names(large, '(uid=*r599*)').length, 11);
    assert.equal(names(large, '(&(uid=user1*)(uid=*99))').length, 11);
  });

  it('pauses the sooner the more items its filter has', () => {
    const large = crowded(300);
    const wide = `(|${Array.from({ length: 2000 }, (_, index) => `(description=*none${index}*)`).join('')})`;
    const run = search(large, request(wide), EVERYTHING, 0);
    let steps = 0;
    while (run.next(new BerWriter()) !== 'end') steps += 1;
    assert.ok(steps > 50, `${steps} steps`);
  });

  it('refuses to follow groups in groups more often than anybody needs', () => {
    const item = `(memberOf:1.2.840.113556.1.4.1941:=cn=staff,ou=Groups,${SUFFIX})`;
    const run = (count: number) => search(view, request(`(|${item.repeat(count)})`), EVERYTHING, 0);
    assert.equal(take(run(16)).length, 2);
    const refused = run(17);
    assert.equal(refused.next(new BerWriter()), 'end');
    assert.equal(refused.outcome.code, 'adminLimitExceeded');
  });

  it('is over when its base is gone, also when another entry has its number', () => {
    const own = crowded(100);
    const run = search(
      own,
      request('(objectClass=*)', { base: base(`ou=Groups,${SUFFIX}`), scope: 'one' }),
      EVERYTHING,
      0,
    );
    assert.equal(take(run, 1).length, 1);
    own.apply([gone(21), gone(22), gone(GROUPS)]);
    own.apply([entry(50, 1, 'ou=Other', { objectClass: ['organizationalUnit', 'top'], ou: 'Other' })]);
    own.apply([entry(51, 50, 'cn=x', { objectClass: ['device', 'top'], cn: 'x' })]);
    assert.deepEqual(take(run), []);
    assert.equal(run.outcome.code, 'success');
  });

  it('finds nothing in a number that another entry has now', () => {
    const own = crowded(30);
    const run = search(own, request('(description=third)'), EVERYTHING, 0);
    const [first] = take(run, 1);
    assert.ok(first!.dn.startsWith('uid=user0'));
    own.apply([gone(1003)]);
    own.apply([entry(2000, GROUPS, 'cn=late', { objectClass: ['device', 'top'], cn: 'late', description: 'other' })]);
    assert.equal(take(run).length, 8);
    assert.ok(own.byUuid(uuid(2000)) !== undefined);
  });
});
