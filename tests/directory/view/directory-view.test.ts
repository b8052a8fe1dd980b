import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DirectoryView, decodeEntry } from '../../../src/directory/index.ts';
import { EVERYTHING } from '../../../src/directory/search/search-request.ts';
import { search } from '../../../src/directory/search/search-run.ts';
import type { StoredObject } from '../../../src/store/index.ts';
import { BerWriter, parseDistinguishedName } from '../../../src/x500/index.ts';
import {
  ALICE,
  BOB,
  entry,
  GROUPS,
  gone,
  joined,
  LAB,
  LABS,
  labView,
  names,
  PEOPLE,
  request,
  SUFFIX,
  schema,
  uuid,
} from '../search/lab-directory.ts';

const nameOf = (text: string) => parseDistinguishedName(text)!;
const find = (view: DirectoryView, text: string) => view.find(nameOf(`${text},${SUFFIX}`));
const typeOf = (name: string) => schema.attributeType(name)!;
const texts = (values: readonly Uint8Array[]) => values.map((value) => Buffer.from(value).toString());
const unit = (number: number, parent: number, ou: string) =>
  entry(number, parent, `ou=${ou}`, { objectClass: ['organizationalUnit', 'top'], ou });

function throwsCode(act: () => void, code: string): void {
  assert.throws(act, (error: { code?: string }) => error.code === code);
}

describe('the view', () => {
  it('is the same whatever the order of the objects it is loaded with', () => {
    const view = new DirectoryView(schema);
    view.load([...LAB].reverse());
    assert.equal(view.size, 8);
    assert.deepEqual(names(view, '(memberUid=alice)'), ['cn=labs']);
    assert.deepEqual(view.namingContexts(), [view.find(nameOf(SUFFIX))]);
  });

  it('is loaded batch by batch, and leaves other spaces alone', () => {
    const view = new DirectoryView(schema);
    const loader = view.loader();
    for (const object of LAB) loader.add([object, { space: 'verifier', key: uuid(1), value: uuid(1) }]);
    loader.finish();
    assert.deepEqual(names(view, '(memberUid=alice)'), ['cn=labs']);
    view.apply([{ space: 'meta', key: uuid(1), value: undefined }]);
    assert.equal(view.size, 8);
  });

  it('knows entries by name, by text, by identity, and by what is above and below them', () => {
    const view = labView();
    const alice = view.byUuid(uuid(ALICE))!;
    const people = view.byUuid(uuid(PEOPLE))!;
    assert.equal(find(view, 'UID = ALICE, ou=people'), alice);
    assert.equal(view.findText(Buffer.from(`uid=alice,ou=People,${SUFFIX}`)), alice);
    assert.equal(view.findText(Buffer.from(`UID=alice, ou=People,${SUFFIX}`)), alice);
    assert.equal(view.findText(Buffer.from('no name')), undefined);
    assert.equal(view.findText(Buffer.from(`uid=alice,ou=Groups,${SUFFIX}`)), undefined);
    assert.equal(view.findText(Buffer.from(`xx${SUFFIX}`)), undefined);
    assert.equal(view.byUuid(uuid(99)), undefined);
    assert.equal(view.byUuid(Buffer.from('short')), undefined);
    assert.deepEqual(view.uuid(alice), uuid(ALICE));
    assert.equal(view.dnText(alice), `uid=alice,ou=People,${SUFFIX}`);
    assert.equal(view.parent(alice), people);
    assert.equal(view.parent(view.namingContexts()[0]!), undefined);
    assert.deepEqual(
      [...view.children(people)].sort(),
      [alice, find(view, 'uid=bob,ou=People'), find(view, 'cn=carol,ou=people')].sort(),
    );
    assert.ok(view.hasChildren(people) && !view.hasChildren(alice));
    assert.equal(view.nearest(nameOf(`cn=x,cn=y,ou=people,${SUFFIX}`)), people);
    assert.equal(view.nearest(nameOf('dc=example')), undefined);
  });

  it('gives copies of values, stored and computed', () => {
    const view = labView();
    const alice = view.byUuid(uuid(ALICE))!;
    assert.deepEqual(texts(view.attribute(alice, typeOf('cn'))), ['Alice Liddell', 'Alice']);
    assert.deepEqual(texts(view.attribute(alice, typeOf('description'))), ['Forscherin', 'researcher']);
    assert.deepEqual(texts(view.attribute(alice, typeOf('createTimestamp'))), ['20260101000000Z']);
    assert.deepEqual(texts(view.attribute(alice, typeOf('memberOf'), 0)), [`cn=labs,ou=Groups,${SUFFIX}`]);
    assert.deepEqual(view.attribute(alice, typeOf('gidNumber')), []);
    const [copy] = view.attribute(alice, typeOf('uid'));
    copy!.fill(0x7a);
    assert.deepEqual(names(view, '(uid=alice)'), ['uid=alice']);
  });

  it('tells who holds a value, by the rule of its type', () => {
    const view = labView();
    const holders = (name: string, value: string) =>
      view
        .holder(typeOf(name), typeOf(name).equality!.normalize(Buffer.from(value))!)
        .map((one) => view.dnText(one).split(',')[0]);
    assert.deepEqual(holders('uid', 'ROBERT'), ['uid=bob']);
    assert.deepEqual(holders('sn', 'a\u030angstro\u0308m'), ['cn=Carol'], 'in another normalization');
    assert.deepEqual(holders('gidNumber', '100'), ['cn=labs']);
    assert.deepEqual(holders('createTimestamp', '20260101000000Z'), ['uid=alice'], 'operational, without a key');
    assert.deepEqual(holders('uid', 'nobody'), []);
    assert.deepEqual(view.holder(typeOf('jpegPhoto'), Buffer.from('x')), []);
  });

  it('gives back what is stored, octet for octet', () => {
    const view = labView();
    for (const { space, key, value } of LAB) {
      if (space === 'entry') assert.deepEqual(Buffer.from(view.storedEntry(view.byUuid(key)!)), Buffer.from(value));
    }
  });

  it('keeps operational attributes that many entries share apart, and gives each its own', () => {
    const view = labView();
    const made = (index: number) => ({
      creatorsName: `cn=admin${index % 7},${SUFFIX}`,
      createTimestamp: '20261122120000Z',
      entryCSN: `20261122120000.${String(index).padStart(6, '0')}Z#000000#000#000000`,
      ...(index % 5 === 0 && { pwdReset: 'TRUE' }),
    });
    const objects = Array.from({ length: 500 }, (_, index) =>
      entry(1000 + index, PEOPLE, `uid=u${index}`, { objectClass: ['account', 'top'], uid: `u${index}` }, made(index)),
    );
    for (const object of objects) view.apply([object]);
    for (const [index, { key, value }] of objects.entries()) {
      const one = view.byUuid(key)!;
      assert.deepEqual(Buffer.from(view.storedEntry(one)), Buffer.from(value));
      assert.deepEqual(decodeEntry(view.storedEntry(one)), decodeEntry(value));
      assert.deepEqual(texts(view.attribute(one, typeOf('entryCSN'))), [made(index).entryCSN]);
    }
    assert.equal(names(view, '(pwdReset=TRUE)').length, 100);
    assert.equal(names(view, `(creatorsName=cn=admin3,${SUFFIX})`).length, 71);
  });

  it('refuses objects that are none, and trees that are none', () => {
    const bad = (value: Buffer): StoredObject => ({ space: 'entry', key: uuid(50), value });
    const [root] = LAB;
    const whole = Buffer.from(root!.value);
    const view = () => new DirectoryView(schema);
    for (let end = 0; end < whole.length; end += 1) {
      throwsCode(() => view().load([bad(whole.subarray(0, end))]), 'DIRECTORY_BAD_OBJECT');
    }
    throwsCode(() => view().load([bad(Buffer.concat([whole, Buffer.of(0)]))]), 'DIRECTORY_BAD_OBJECT');
    throwsCode(() => view().load([{ ...root!, key: Buffer.of(1) }]), 'DIRECTORY_BAD_OBJECT');
    throwsCode(() => view().load([...LAB, { ...joined(LABS, ALICE), value: Buffer.of(1) }]), 'DIRECTORY_BAD_OBJECT');
    throwsCode(() => view().load([...LAB, { ...joined(LABS, ALICE), key: uuid(LABS) }]), 'DIRECTORY_BAD_OBJECT');
    throwsCode(() => view().load([unit(5, 4, 'a')]), 'DIRECTORY_BROKEN_TREE');
    throwsCode(() => view().load([...LAB, unit(5, 6, 'a'), unit(6, 5, 'b')]), 'DIRECTORY_BROKEN_TREE');
    throwsCode(() => labView().apply([gone(PEOPLE)]), 'DIRECTORY_BROKEN_TREE');
    throwsCode(() => labView().apply([unit(PEOPLE, ALICE, 'People')]), 'DIRECTORY_BROKEN_TREE');
  });

  it('has no membership of an entry that is not there', () => {
    const view = new DirectoryView(schema);
    view.load([...LAB, joined(LABS, 77), joined(78, ALICE)]);
    assert.deepEqual(names(view, '(memberUid=*)'), ['cn=labs']);
    assert.equal([...view.storedMembers(view.byUuid(uuid(LABS))!)].length, 2);
  });
});

describe('a change of the view', () => {
  it('renames an entry, and with it whatever is below', () => {
    const view = labView();
    view.apply([unit(PEOPLE, 1, 'Persons')]);
    assert.equal(find(view, 'uid=alice,ou=People'), undefined);
    assert.equal(view.dnText(find(view, 'uid=alice,ou=persons')!), `uid=alice,ou=Persons,${SUFFIX}`);
    assert.deepEqual(names(view, `(entryDN=uid=alice,ou=Persons,${SUFFIX})`), ['uid=alice']);
    assert.deepEqual(names(view, '(ou=people)'), []);
  });

  it('moves a subtree by one write', () => {
    const view = labView();
    view.apply([unit(30, 1, 'Archive'), unit(PEOPLE, 30, 'People')]);
    const archive = Buffer.from(`ou=Archive,${SUFFIX}`);
    assert.equal(names(view, '(objectClass=*)', { base: archive }).length, 5);
    assert.equal(view.dnText(view.byUuid(uuid(ALICE))!), `uid=alice,ou=People,ou=Archive,${SUFFIX}`);
    assert.equal(view.findText(Buffer.from(`uid=alice,ou=People,ou=Archive,${SUFFIX}`)), view.byUuid(uuid(ALICE)));
    assert.deepEqual(names(view, '(memberUid=alice)'), ['cn=labs']);
    assert.deepEqual(names(view, '(uid=alice)', { base: Buffer.from(`ou=Groups,${SUFFIX}`) }), []);
  });

  it('takes the writes of one transaction in any order of parents and children', () => {
    const view = labView();
    view.apply([unit(42, 41, 'c'), unit(41, 40, 'b'), unit(40, 1, 'a'), joined(LABS, 42)]);
    assert.ok(find(view, 'ou=c,ou=b,ou=a') !== undefined);
    view.apply([gone(40), gone(42), gone(41)]);
    assert.equal(view.size, 8);
    view.apply([gone(PEOPLE), unit(43, 1, 'People'), ...[ALICE, BOB, 13].map((number) => gone(number))]);
    assert.equal(find(view, 'ou=People'), view.byUuid(uuid(43)));
  });

  it('gives the number of an entry that is gone to another, which has nothing of it', () => {
    const view = labView();
    const number = view.byUuid(uuid(ALICE))!;
    view.apply([gone(ALICE)]);
    view.apply([entry(60, GROUPS, 'cn=new', { objectClass: ['device', 'top'], cn: 'new' })]);
    const made = view.byUuid(uuid(60))!;
    assert.equal(made, number);
    assert.deepEqual(view.groupsOf(made, 0), []);
    assert.deepEqual(names(view, '(uid=alice)'), []);
    assert.deepEqual(names(view, '(memberOf=*)'), ['cn=labs']);
    assert.deepEqual(texts(view.attribute(made, typeOf('cn'))), ['new']);
  });

  it('grows the version, so that what was worked out before is worked out again', () => {
    const view = labView();
    const before = view.content.version;
    view.apply([]);
    assert.ok(view.content.version > before);
  });

  it('does not let memory grow when the same entries are written over and over', () => {
    const view = labView();
    const write = (round: number) =>
      entry(
        1000 + (round % 300),
        PEOPLE,
        `uid=person${round % 300}`,
        {
          objectClass: ['inetOrgPerson', 'top'],
          uid: `person${round % 300}`,
          cn: `name ${round % 7919}`,
          mail: `${round % 6007}@lab.example`,
          description: 'x'.repeat(round % 500),
        },
        { entryCSN: `20261122120000.${String(round).padStart(6, '0')}Z#000000#000#000000` },
      );
    const out = new BerWriter();
    for (const filter of ['(mail=1*)', '(cn=*ame*)']) {
      const run = search(view, request(filter), EVERYTHING, 0);
      for (let step = run.next(out); step !== 'end'; step = run.next(out)) out.reset();
    }
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const memory = () => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    for (let round = 0; round < 8000; round += 1) view.apply([write(round)]);
    const settled = memory();
    const octets = view.content.entries.slabs.capacity;
    for (let round = 8000; round < 30_000; round += 1) {
      view.apply(round % 10 === 0 ? [gone(1000 + (round % 300)), write(round)] : [write(round)]);
    }
    assert.equal(view.size, 308);
    assert.ok(view.content.entries.slabs.capacity <= octets + (1 << 20));
    assert.ok(memory() < settled + (8 << 20), `${settled} became ${memory()}`);
    assert.deepEqual(names(view, '(uid=person299)'), ['uid=person299']);
  });
});
