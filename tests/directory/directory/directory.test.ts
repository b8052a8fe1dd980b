/** The directory on its store: what survives a restart, a clock that jumps, and a disk that refuses. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Secret } from '../../../src/base/index.ts';
import { ANONYMOUS, type Asker, builtInBlocklist, SYSTEM } from '../../../src/directory/index.ts';
import { withBrokenFreelist } from '../../store/broken-freelist.ts';
import { FailingDiskProcess } from '../../store/failing-disk.ts';
import { temporaryExt4, temporaryMount } from '../../store/temporary-folder.ts';
import { configurationOf, DirectorySite, dn, modification as mod, person, SUFFIX } from './directory-site.ts';

const ALICE = 'uid=alice,ou=People';

describe('a directory', () => {
  it('is the same after a restart', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice', 'zoë');
    await site.addGroup('labs', { memberUid: ['alice', 'later'] });
    const { contextCsn } = site.directory;
    const content = await site.content();
    const again = await site.reopen(t);
    assert.equal(await again.content(), content);
    assert.equal(again.directory.contextCsn, contextCsn);
    assert.deepEqual(again.values('cn=labs,ou=Groups', 'memberUid').sort(), ['alice', 'later']);
    assert.equal(again.directory.logins.find('ZOE'), again.entry('uid=zoë,ou=People'));
    assert.equal((await again.add('uid=zoe,ou=People', person('zoe'))).code, 'constraintViolation');
  });

  it('numbers its changes ever higher, over restarts and when the clock jumps back', async (t) => {
    const site = await DirectorySite.open(t);
    const numbers = [site.directory.contextCsn];
    const change = async (at: DirectorySite) => {
      await at.modify('ou=People', mod('replace', 'description', String(numbers.length)));
      numbers.push(at.directory.contextCsn);
    };
    await change(site);
    site.clock.jump(site.clock.now() - 86_400_000);
    await change(site);
    await change(site);
    const again = await site.reopen(t);
    await change(again);
    site.clock.jump(site.clock.now() + 366 * 86_400_000);
    await change(again);
    assert.deepEqual(numbers, [...new Set(numbers)].sort());
    const journal = (await again.store.journal(0)).map(({ csn }) => csn);
    assert.deepEqual(journal, [...new Set(journal)].sort());
  });

  it('tells who listens what has become durable, once it is seen', async (t) => {
    const site = await DirectorySite.open(t);
    const told: number[] = [];
    const end = site.directory.onCommitted((writes) => {
      assert.ok(site.entry(ALICE) !== undefined);
      told.push(writes.length);
    });
    await site.addPeople('alice');
    end();
    await site.addPeople('bob');
    assert.deepEqual(told, [1]);
  });

  it('closes when what was begun is complete', async (t) => {
    const site = await DirectorySite.open(t);
    const adding = Promise.all(['a', 'b', 'c'].map((uid) => site.add(`uid=${uid},ou=People`, person(uid))));
    await site.close();
    assert.deepEqual(
      (await adding).map(({ code }) => code),
      ['success', 'success', 'success'],
    );
  });

  it('refuses to open, or to adopt, what names an attribute that there is not', async (t) => {
    const site = await DirectorySite.open(t);
    const wrong = [{ access: { selfService: ['shoeSize'] } }, { disabledWhen: [{ attribute: 'shoeSize' }] }];
    for (const more of wrong) {
      const rules = { configuration: configurationOf(more), blocklist: builtInBlocklist() };
      assert.throws(() => site.directory.adopt(rules), {
        code: 'DIRECTORY_CONFIGURATION',
        message: /directory\.\w+.*shoeSize/,
      });
    }
    await assert.rejects(
      DirectorySite.open(t, { configuration: wrong[0]!, empty: true }),
      /directory\.access\.selfService/,
    );
  });

  it('refuses a suffix that the schema cannot read', async (t) => {
    await assert.rejects(DirectorySite.open(t, { configuration: { suffix: 'shoeSize=42' }, empty: true }), {
      code: 'DIRECTORY_CONFIGURATION',
    });
  });

  it('adopts other rights while it is open', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    const comparison = { dn: dn(`${ALICE},${SUFFIX}`), attribute: 'sn', value: Buffer.from('Alice') };
    assert.notEqual(site.directory.compare(comparison, ANONYMOUS), 'true');
    const configuration = configurationOf({ access: { rules: [{ who: [{ is: 'anonymous' }], may: ['read'] }] } });
    site.directory.adopt({ configuration, blocklist: builtInBlocklist() });
    assert.equal(site.directory.compare(comparison, ANONYMOUS), 'true');
  });
});

describe('a comparison', async () => {
  const site = await DirectorySite.open({ after });
  await site.addPeople('alice');
  await site.addGroup('labs', { memberUid: ['alice', 'raw'] });
  const compare = (name: string, attribute: string, value: string, asker: Asker = SYSTEM) => {
    const result = site.directory.compare({ dn: dn(`${name},${SUFFIX}`), attribute, value: Buffer.from(value) }, asker);
    return typeof result === 'string' ? result : result.code;
  };

  it('is by the rule of the type, stored or computed', () => {
    assert.equal(compare(ALICE, 'CN', ' the  ALICE'), 'true');
    assert.equal(compare(ALICE, 'cn', 'bob'), 'false');
    assert.equal(compare('cn=labs,ou=Groups', 'memberUid', 'alice'), 'true');
    assert.equal(compare('cn=labs,ou=Groups', 'memberUid', 'Alice'), 'false');
    assert.equal(compare('cn=labs,ou=Groups', 'memberUid', 'raw'), 'true');
    assert.equal(compare('cn=labs,ou=Groups', 'member', `UID=alice,ou=people,${SUFFIX}`), 'true');
    assert.equal(compare(ALICE, 'memberOf', `cn=labs,ou=groups,${SUFFIX}`), 'true');
    assert.equal(compare(ALICE, 'name', 'the alice'), 'true');
  });

  it('says what is wrong with it', () => {
    assert.equal(compare(ALICE, 'shoeSize', '42'), 'undefinedAttributeType');
    assert.equal(compare(ALICE, 'title', 'x'), 'noSuchAttribute');
    assert.equal(compare(ALICE, 'uidNumber', 'x'), 'invalidAttributeSyntax');
    assert.equal(compare(ALICE, 'jpegPhoto', 'x'), 'inappropriateMatching');
    assert.equal(compare('uid=nobody,ou=People', 'cn', 'x'), 'noSuchObject');
  });

  it('says nothing of passwords, nor to whoever may not ask', async () => {
    await site.modify(ALICE, mod('replace', 'userPassword', 'a horse, a staple and a battery'));
    assert.equal(compare(ALICE, 'userPassword', 'a horse, a staple and a battery'), 'noSuchAttribute');
    assert.equal(compare(ALICE, 'cn', 'the alice', ANONYMOUS), 'noSuchObject');
  });
});

describe('a directory on a disk that refuses', () => {
  it('answers, and writes nothing, when its file is damaged beside what it reads', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.close();
    withBrokenFreelist(join(site.folder, 'directory.db'));
    const again = await site.reopen(t);
    assert.deepEqual(again.values(ALICE, 'sn'), ['alice']);
    const refused = await again.modify(ALICE, mod('replace', 'sn', 'other'));
    assert.deepEqual([refused.code, again.values(ALICE, 'sn')], ['other', ['alice']]);
    assert.match(again.directory.readOnly ?? '', /damaged.*restored from a backup/);
    assert.equal((await again.modify(ALICE, mod('replace', 'sn', 'other'))).code, 'unwillingToPerform');
  });

  it('refuses writes while it is full, serves logins, and goes on by itself', async (t) => {
    const mount = temporaryMount(t, 8);
    const site = await DirectorySite.open(t, { folder: join(mount, 'data') });
    await site.mustAdd(ALICE, person('alice', { userPassword: 'a horse, a staple and a battery' }));
    const { view, verifiers } = site.directory;
    const uuid = view.uuid(site.entry(ALICE)!);
    for (let round = 0; round < 3; round += 1) {
      assert.throws(() => writeFileSync(join(mount, 'ballast'), new Uint8Array(16 * 1024 * 1024)), { code: 'ENOSPC' });
      const large = mod('replace', 'description', 'x'.repeat(200_000));
      let refused = await site.modify(ALICE, large);
      while (refused.code === 'success') refused = await site.modify(ALICE, large);
      assert.equal(refused.code, 'unwillingToPerform');
      assert.match(refused.message, /no space/);
      const answer = await verifiers.authenticate(uuid, new Secret('a horse, a staple and a battery'), {
        now: site.clock.now(),
      });
      assert.equal(answer.kind, 'verified');
      rmSync(join(mount, 'ballast'));
      const written = await site.modify(ALICE, mod('replace', 'description', `round ${round}`));
      assert.equal(written.code, 'success', written.message);
      assert.equal(site.directory.readOnly, undefined);
    }
    const again = await site.reopen(t);
    assert.deepEqual(again.values(ALICE, 'description'), ['round 2']);
  });

  it('refuses writes when the kernel made the file system read-only, and serves reads', async (t) => {
    const mount = temporaryExt4(t, 32);
    const site = await DirectorySite.open(t, { folder: join(mount, 'data'), keep: true });
    await site.addPeople('alice');
    execFileSync('mount', ['-o', 'remount,abort', mount]);
    for (let round = 0; round < 3; round += 1) {
      const refused = await site.modify(ALICE, mod('replace', 'sn', 'x'));
      assert.equal(refused.code, 'unwillingToPerform');
      assert.match(refused.message, /cannot be written/);
      assert.deepEqual(site.values(ALICE, 'sn'), ['alice']);
    }
  });

  it('is read-only from a failed fsync on, and has after a restart what it acknowledged', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-directory-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const process = new FailingDiskProcess(t, '../directory/directory/changing-process.ts', [folder]);
    assert.deepEqual(await process.said(), { opened: true });
    process.goOn();
    assert.deepEqual(await process.said(), { code: 'success', sn: 'value 1', readOnly: false });
    process.fail('FSYNC_FAILS');
    process.goOn();
    assert.deepEqual(await process.said(), { code: 'other', sn: 'value 1', readOnly: true });
    process.recover('FSYNC_FAILS');
    process.goOn();
    assert.deepEqual(await process.said(), { code: 'unwillingToPerform', sn: 'value 1', readOnly: true });
    assert.equal(await process.end(), 0);
    const again = await DirectorySite.open(t, { folder, empty: true });
    assert.match(again.values(ALICE, 'sn')[0]!, /^value [12]$/);
    assert.equal((await again.modify(ALICE, mod('replace', 'sn', 'after'))).code, 'success');
  });
});
