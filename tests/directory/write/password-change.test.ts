/** Passwords as part of changes: hashed before, kept apart from the entry, gone with it. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Secret } from '../../../src/base/index.ts';
import { type Asker, type DirectoryResult, SYSTEM } from '../../../src/directory/index.ts';
import { DirectorySite, dn, modification as mod, person, SUFFIX } from '../directory/directory-site.ts';

const GOOD = 'a horse, a staple and a battery';
const NEW = 'seven swans a-swimming over';

describe('a password', async () => {
  const site = await DirectorySite.open({ after });

  async function opens(uid: string, password: string): Promise<boolean> {
    const entry = site.entry(`uid=${uid},ou=People`)!;
    const { view, verifiers } = site.directory;
    const answer = await verifiers.authenticate(view.uuid(entry), new Secret(password), { now: site.clock.now() });
    return answer.kind === 'verified';
  }

  function askerOf(uid: string): Asker {
    const name = `uid=${uid},ou=People,${SUFFIX}`;
    return { kind: 'entry', uuid: site.directory.view.uuid(site.entry(name)!), dn: dn(name) };
  }

  function modify(uid: string, asker: Asker, ...modifications: ReturnType<typeof mod>[]): Promise<DirectoryResult> {
    return site.apply({ kind: 'modify', dn: dn(`uid=${uid},ou=People,${SUFFIX}`), modifications }, {}, asker);
  }

  it('comes with an entry and is nowhere in it', async () => {
    await site.mustAdd('uid=alice,ou=People', person('alice', { userPassword: GOOD }));
    assert.ok(await opens('alice', GOOD));
    assert.ok(!(await opens('alice', NEW)));
    assert.deepEqual(site.values('uid=alice,ou=People', 'pwdChangedTime'), ['20261122090000Z']);
    assert.equal(site.read('uid=alice,ou=People')?.['userPassword'], undefined);
    assert.ok(!(await site.content()).includes(Buffer.from(GOOD).toString('hex')));
  });

  it('is replaced, and taken away', async () => {
    await site.mustAdd('uid=bob,ou=People', person('bob', { userPassword: GOOD }));
    site.clock.advance(60_000);
    const [csn] = site.values('uid=bob,ou=People', 'entryCSN');
    assert.equal((await modify('bob', SYSTEM, mod('replace', 'userPassword', NEW))).code, 'success');
    assert.ok((await opens('bob', NEW)) && !(await opens('bob', GOOD)));
    assert.deepEqual(site.values('uid=bob,ou=People', 'pwdChangedTime'), ['20261122090100Z']);
    assert.ok(site.values('uid=bob,ou=People', 'entryCSN')[0]! > csn!);
    assert.equal((await modify('bob', SYSTEM, mod('delete', 'userPassword'))).code, 'success');
    assert.ok(!(await opens('bob', NEW)));
    assert.deepEqual(site.values('uid=bob,ou=People', 'pwdChangedTime'), []);
    assert.equal((await modify('bob', SYSTEM, mod('delete', 'userPassword'))).code, 'noSuchAttribute');
  });

  it('is changed by its owner, by the policy', async () => {
    await site.mustAdd('uid=carol,ou=People', person('carol', { userPassword: GOOD }));
    const carol = askerOf('carol');
    const short = await modify('carol', carol, mod('replace', 'userPassword', 'short'));
    assert.deepEqual([short.code, short.policy], ['constraintViolation', 'too-short']);
    assert.match(short.message, /15/);
    const hashed = await modify(
      'carol',
      carol,
      mod('replace', 'userPassword', '{SSHA}c2FsdGVkc2FsdGVkc2FsdGVkc2FsdA=='),
    );
    assert.equal(hashed.code, 'insufficientAccessRights');
    const wrongOld = await modify(
      'carol',
      carol,
      mod('delete', 'userPassword', 'wrong'),
      mod('add', 'userPassword', NEW),
    );
    assert.deepEqual([wrongOld.code, wrongOld.policy], ['invalidCredentials', 'wrong-old']);
    assert.equal(
      (await modify('carol', carol, mod('delete', 'userPassword', GOOD), mod('add', 'userPassword', NEW))).code,
      'success',
    );
    assert.ok(await opens('carol', NEW));
    assert.equal((await modify('alice', carol, mod('replace', 'userPassword', NEW))).code, 'noSuchObject');
  });

  it('is changed by its own operation, and made when none is given', async () => {
    await site.mustAdd('uid=dave,ou=People', person('dave', { userPassword: GOOD }));
    const change = { kind: 'password', dn: dn(`uid=dave,ou=People,${SUFFIX}`) } as const;
    const wrong = await site.apply({ ...change, old: new Secret('wrong'), next: new Secret(NEW) }, {}, askerOf('dave'));
    assert.equal(wrong.code, 'invalidCredentials');
    const made = await site.apply({ ...change, old: new Secret(GOOD) }, {}, askerOf('dave'));
    assert.equal(made.code, 'success');
    assert.ok(await opens('dave', made.generated!.reveal()));
    assert.ok(!(await opens('dave', GOOD)));
    const nobody = await site.apply({ ...change, dn: dn(`uid=nobody,ou=People,${SUFFIX}`) });
    assert.equal(nobody.code, 'noSuchObject');
    const other = await site.apply(
      { kind: 'password', dn: dn(`ou=People,${SUFFIX}`), next: new Secret(NEW) },
      {},
      askerOf('dave'),
    );
    assert.notEqual(other.code, 'success');
  });

  it('is hashed for nothing that is refused anyway', async () => {
    const before = performance.now();
    const refused = await Promise.all(
      Array.from({ length: 200 }, () =>
        modify('alice', SYSTEM, mod('replace', 'userPassword', NEW), mod('delete', 'title')),
      ),
    );
    assert.ok(refused.every(({ code }) => code === 'noSuchAttribute'));
    assert.ok(performance.now() - before < 1500, 'two hundred derivations would take seconds');
    assert.ok(await opens('alice', GOOD));
  });

  it('is told to be tried again when too many wait to be hashed', async (t) => {
    const crowded = await DirectorySite.open(t, { passwordsWaiting: 2 });
    const uids = Array.from({ length: 12 }, (_, index) => `crowd${index}`);
    const results = await Promise.all(
      uids.map((uid) => crowded.add(`uid=${uid},ou=People`, person(uid, { userPassword: GOOD }))),
    );
    assert.deepEqual([...new Set(results.map(({ code }) => code))].sort(), ['busy', 'success']);
    const there = uids.filter((uid) => crowded.entry(`uid=${uid},ou=People`) !== undefined);
    assert.equal(there.length, results.filter(({ code }) => code === 'success').length);
  });

  it('is of the classes that have one', async () => {
    const refused = await site.add('cn=x,ou=Hosts', { objectClass: 'device', userPassword: GOOD });
    assert.equal(refused.code, 'objectClassViolation');
    assert.match(refused.message, /userPassword/);
    const missing = await site.add('cn=x,ou=Hosts', { objectClass: ['device', 'simpleSecurityObject'] });
    assert.equal(missing.code, 'objectClassViolation');
    await site.mustAdd('cn=x,ou=Hosts', { objectClass: ['device', 'simpleSecurityObject'], userPassword: GOOD });
    const taken = await site.modify('cn=x,ou=Hosts', mod('delete', 'userPassword'));
    assert.equal(taken.code, 'objectClassViolation');
  });

  it('goes with its entry, and its successor has none', async () => {
    await site.mustAdd('uid=erin,ou=People', person('erin', { userPassword: GOOD }));
    const uuid = site.directory.view.uuid(site.entry('uid=erin,ou=People')!);
    await site.delete('uid=erin,ou=People');
    assert.equal(site.directory.verifiers.hasPassword(uuid), false);
    await site.mustAdd('uid=erin,ou=People', person('erin'));
    assert.ok(!(await opens('erin', GOOD)));
  });

  it('of two that are set at the same time is one of them', async () => {
    await site.mustAdd('uid=frank,ou=People', person('frank', { userPassword: GOOD }));
    const results = await Promise.all(
      ['the first of two passwords', 'the second of two passwords'].map((password) =>
        modify('frank', SYSTEM, mod('replace', 'userPassword', password)),
      ),
    );
    assert.ok(results.every(({ code }) => code === 'success'));
    const open = [
      await opens('frank', 'the first of two passwords'),
      await opens('frank', 'the second of two passwords'),
    ];
    assert.deepEqual(open.filter(Boolean), [true]);
  });

  it('is written without its entry only while both are what they were', async () => {
    await site.mustAdd('uid=gina,ou=People', person('gina', { userPassword: GOOD }));
    const { view, verifiers } = site.directory;
    const uuid = view.uuid(site.entry('uid=gina,ou=People')!);
    const made = verifiers.planAppPassword(uuid, 'mail', 'phone')!;
    const [csn] = site.values('uid=gina,ou=People', 'entryCSN');
    assert.equal(await site.directory.commitVerifiers([made.write], () => true), true);
    assert.deepEqual(site.values('uid=gina,ou=People', 'entryCSN'), [csn]);
    assert.equal(verifiers.appPasswordsOf(uuid).length, 1);
    assert.equal(await site.directory.commitVerifiers([made.write], () => false), false);
    const [deleted, late] = await Promise.all([
      site.delete('uid=gina,ou=People'),
      site.directory.commitVerifiers([made.write], () => true),
    ]);
    assert.deepEqual([deleted.code, late], ['success', false]);
    assert.equal(verifiers.slotsOf(uuid).length, 0);
  });

  it('is there after a restart', async () => {
    const twin = await site.twin();
    const uuid = twin.directory.view.uuid(twin.entry('uid=alice,ou=People')!);
    const answer = await twin.directory.verifiers.authenticate(uuid, new Secret(GOOD), { now: site.clock.now() });
    assert.equal(answer.kind, 'verified');
    await twin.close();
  });
});
