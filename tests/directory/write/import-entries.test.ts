/** Imports: what slapcat printed goes in as it is, all of it or nothing, and every problem says where it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret, systemRandom } from '../../../src/base/index.ts';
import { type ImportEntry, type ImportOptions, importEntries } from '../../../src/directory/index.ts';
import { createKeyDerivation } from '../../../src/password/index.ts';
import { type LdifRecord, parseLdif } from '../../../src/x500/index.ts';
import {
  attributesOf,
  configurationOf,
  DirectorySite,
  dn,
  person,
  SCHEMA,
  SUFFIX,
  type Written,
} from '../directory/directory-site.ts';

/** A tree as OpenLDAP prints it; the person before the group that names it, another group before its member. */
const SLAPCAT = `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example
structuralObjectClass: organization
entryUUID: 11111111-0000-103c-8000-000000000001
creatorsName: cn=admin,dc=example,dc=org
createTimestamp: 20200101000000Z
entryCSN: 20200101000000.000001Z#000000#000#000000
modifiersName: cn=admin,dc=example,dc=org
modifyTimestamp: 20210101000000Z
contextCSN: 20220303030303.030303Z#000000#000#000000

dn: cn=board,dc=example,dc=org
objectClass: groupOfNames
cn: board
member: uid=alice,dc=example,dc=org
structuralObjectClass: groupOfNames
entryUUID: 11111111-0000-103c-8000-000000000002
creatorsName: cn=admin,dc=example,dc=org
createTimestamp: 20200101000000Z
entryCSN: 20220202020202.020202Z#000000#000#000000
modifiersName: cn=admin,dc=example,dc=org
modifyTimestamp: 20220202020202Z

dn: uid=alice,dc=example,dc=org
objectClass: inetOrgPerson
uid: alice
cn: Alice
sn: Ash
userPassword:: e1NTSEF9RE95dk9WVEVCQmVDVlk0ZnJRbUJvQ1pKNEF2VGhLV2w=
memberOf: cn=board,dc=example,dc=org
pwdChangedTime: 20210505050505Z
pwdHistory: 20200101000000Z#1.3.6.1.4.1.1466.115.121.1.40#38#{SSHA}old
structuralObjectClass: inetOrgPerson
entryUUID: 11111111-0000-103c-8000-000000000003
creatorsName: cn=admin,dc=example,dc=org
createTimestamp: 20200101000000Z
entryCSN: 20210505050505.050505Z#000000#000#000000
modifiersName: cn=admin,dc=example,dc=org
modifyTimestamp: 20210505050505Z

`;

async function* entriesOf(ldif: string): AsyncGenerator<ImportEntry> {
  for await (const record of parseLdif([Buffer.from(ldif)])) {
    if (record.kind !== 'entry') throw new Error(`line ${record.line}`);
    yield record satisfies LdifRecord;
  }
}

const at = (name: string, written: Written, line?: number): ImportEntry => ({
  dn: dn(name),
  attributes: attributesOf(written),
  ...(line === undefined ? {} : { line }),
});

const TOP = at(SUFFIX, { objectClass: ['dcObject', 'organization'], o: 'x' }, 1);

async function importTo(
  site: DirectorySite,
  entries: Iterable<ImportEntry> | AsyncIterable<ImportEntry>,
  more: Partial<ImportOptions> = {},
) {
  const problems: string[] = [];
  const keys = createKeyDerivation({ clock: site.clock, random: systemRandom });
  const report = await importEntries(entries, {
    store: site.store,
    schema: SCHEMA,
    configuration: configurationOf(),
    keys,
    clock: site.clock,
    random: systemRandom,
    onProblem: ({ line }, { code }) => problems.push(`${line}: ${code}`),
    ...more,
  });
  await keys.close();
  return { ...report, list: problems };
}

describe('an import', () => {
  it('takes what slapcat printed as it is', async (t) => {
    const site = await DirectorySite.open(t, { empty: true });
    const { outcome, entries, list } = await importTo(site, entriesOf(SLAPCAT));
    assert.deepEqual([outcome, entries, list], ['replaced', 3, []]);
    const again = await site.reopen(t);
    const alice = (attribute: string) => again.values('uid=alice', attribute);
    assert.deepEqual(alice('entryUUID'), ['11111111-0000-103c-8000-000000000003']);
    assert.deepEqual(alice('entryCSN'), ['20210505050505.050505Z#000000#000#000000']);
    assert.deepEqual(alice('modifyTimestamp'), ['20210505050505Z']);
    assert.deepEqual(alice('creatorsName'), ['cn=admin,dc=example,dc=org']);
    assert.deepEqual(alice('pwdChangedTime'), ['20210505050505Z']);
    assert.deepEqual(alice('memberOf'), ['cn=board,dc=example,dc=org']);
    assert.deepEqual(again.values('cn=board', 'modifyTimestamp'), ['20220202020202Z']);
    assert.deepEqual(again.values('cn=board', 'entryCSN'), ['20220202020202.020202Z#000000#000#000000']);
    assert.deepEqual(again.values('cn=board', 'member'), ['uid=alice,dc=example,dc=org']);
    assert.ok(again.directory.contextCsn > '20261122');
    const uuid = again.directory.view.uuid(again.entry('uid=alice')!);
    assert.deepEqual(again.directory.verifiers.formsOf(uuid)?.forms, ['{SSHA}DOyvOVTEBBeCVY4frQmBoCZJ4AvThKWl']);
    assert.ok(!(await again.content()).includes(Buffer.from('{SSHA}old').toString('hex')));
  });

  it('takes the place of what was there, whole', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    const { generation } = site.store;
    assert.equal((await importTo(site, entriesOf(SLAPCAT))).outcome, 'replaced');
    assert.notEqual(site.store.generation, generation);
    const again = await site.reopen(t);
    assert.equal(again.directory.view.size, 3);
    assert.equal(again.entry('uid=alice,ou=People'), undefined);
    assert.equal((await again.add('uid=bob', person('bob'))).code, 'success');
  });

  it('says of each problem where it is, and changes nothing when there is one', async (t) => {
    const site = await DirectorySite.open(t);
    const before = await site.content();
    const entries = [
      TOP,
      at(`uid=a,${SUFFIX}`, person('a'), 5),
      at(`uid=A,${SUFFIX}`, person('A'), 15),
      at(`cn=b,${SUFFIX}`, { objectClass: 'device', uid: 'x' }, 25),
      at(`uid=c,ou=Nowhere,${SUFFIX}`, person('c'), 35),
      at(`uid=d,${SUFFIX}`, person('d', { uid: ['d', 'Á'] }), 45),
      at(`uid=e,${SUFFIX}`, person('e', { userPassword: '' }), 55),
    ];
    const { outcome, entries: taken, problems, list } = await importTo(site, entries);
    assert.deepEqual([outcome, taken, problems], ['unchanged', 2, 5]);
    assert.deepEqual(list, [
      '15: entryAlreadyExists',
      '25: objectClassViolation',
      '35: noSuchObject',
      '45: constraintViolation',
      '55: constraintViolation',
    ]);
    assert.equal(await site.content(), before);
    const skipping = await importTo(site, entries, { skipProblems: true });
    assert.deepEqual([skipping.outcome, skipping.entries], ['replaced', 2]);
  });

  it('checks and writes nothing in a dry run, nor when there is nothing', async (t) => {
    const site = await DirectorySite.open(t);
    const before = await site.content();
    const dry = await importTo(site, entriesOf(SLAPCAT), { dryRun: true });
    assert.deepEqual([dry.outcome, dry.entries], ['unchanged', 3]);
    assert.equal((await importTo(site, [])).outcome, 'unchanged');
    assert.equal(await site.content(), before);
  });

  it('leaves what was there when its file ends badly', async (t) => {
    const site = await DirectorySite.open(t);
    const before = await site.content();
    async function* cut() {
      yield TOP;
      throw new Error('line 7 is cut off');
    }
    await assert.rejects(importTo(site, cut()), /line 7/);
    assert.equal(await site.content(), before);
    assert.equal((await importTo(site, [TOP])).outcome, 'replaced');
  });

  it('hashes passwords that are text', async (t) => {
    const site = await DirectorySite.open(t, { empty: true });
    await importTo(site, [TOP, at(`uid=a,${SUFFIX}`, person('a', { userPassword: 'plain' }))]);
    assert.ok(!(await site.content()).includes(Buffer.from('plain').toString('hex')));
    const again = await site.reopen(t);
    const uuid = again.directory.view.uuid(again.entry('uid=a')!);
    const answer = await again.directory.verifiers.authenticate(uuid, new Secret('plain'), { now: site.clock.now() });
    assert.equal(answer.kind, 'verified');
  });

  it('keeps the dates of memberships', async (t) => {
    const site = await DirectorySite.open(t, { empty: true });
    await importTo(site, [
      TOP,
      at(`cn=g,${SUFFIX}`, {
        objectClass: 'posixGroup',
        gidNumber: '1',
        'memberUid;x-end-20261123000000Z': 'a',
        memberUid: 'b',
      }),
      at(`uid=a,${SUFFIX}`, person('a')),
    ]);
    const again = await site.reopen(t);
    assert.deepEqual(again.values('cn=g', 'memberUid').sort(), ['a', 'b']);
    again.clock.advance(86_400_000);
    assert.deepEqual(again.values('cn=g', 'memberUid'), ['b']);
  });

  it('can be done entry by entry into a directory that is open, and gone on with', async (t) => {
    const site = await DirectorySite.open(t, { empty: true });
    const entries: ImportEntry[] = [];
    for await (const entry of entriesOf(SLAPCAT)) entries.push(entry);
    const add = (entry: ImportEntry) => site.apply({ ...entry, kind: 'add' }, { keepOperational: true });
    const codes = async () => (await Promise.all(entries.map(add))).map(({ code }) => code);
    assert.deepEqual(await codes(), ['success', 'success', 'success']);
    assert.deepEqual(await codes(), Array(3).fill('entryAlreadyExists'));
    assert.deepEqual(site.values('uid=alice', 'entryUUID'), ['11111111-0000-103c-8000-000000000003']);
    assert.deepEqual(site.values('cn=board', 'member'), ['uid=alice,dc=example,dc=org']);
  });
});
