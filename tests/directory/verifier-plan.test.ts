/** What a change of a password comes to: who may give what, under the policy. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Secret } from '../../src/base/index.ts';
import type { PasswordChange, PasswordModification } from '../../src/directory/index.ts';
import { Accounts, ssha } from './verifier-fixture.ts';

const open: Accounts[] = [];
const accounts = (...parts: ConstructorParameters<typeof Accounts>): Accounts => {
  const made = new Accounts(...parts);
  open.push(made);
  return made;
};
after(async () => {
  for (const each of open) await each.close();
});

const FIRST = 'meadow lantern one';
const SECOND = 'meadow lantern two';
const THIRD = 'meadow lantern three';

const change = (owner: Uint8Array, by: PasswordChange['by'] = 'self', more: Partial<PasswordChange> = {}) => ({
  owner,
  by,
  names: ['alice'],
  storesHashed: by !== 'self',
  ...more,
});
const modification = (operation: PasswordModification['operation'], ...values: string[]): PasswordModification => ({
  operation,
  values: values.map((value) => Buffer.from(value)),
});
describe('a password that is set', () => {
  it('is hashed with argon2id, and lets in', async () => {
    const site = accounts();
    const uuid = site.add();
    const plan = await site.verifiers.planModification(change(uuid), [modification('add', FIRST)]);
    assert.ok(plan.kind === 'planned');
    assert.equal(plan.changedAt, site.clock.now());
    assert.equal(plan.mustChange, false);
    assert.equal(await site.login(uuid, FIRST), 'no-password', 'a plan changes nothing');
    site.verifiers.apply(plan.writes);
    assert.match(site.verifiers.formsOf(uuid)?.forms[0] ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await site.login(uuid, FIRST), 'verified');
    assert.ok(!Buffer.from(plan.writes[0]!.value!).includes(FIRST));
  });

  it('is replaced in each way that clients do it', async () => {
    const site = accounts();
    const uuid = site.add();
    const set = (...modifications: PasswordModification[]) =>
      site.change(site.verifiers.planModification(change(uuid), modifications));
    assert.equal(await set(modification('add', FIRST)), 'done');
    assert.equal(await set(modification('replace', SECOND)), 'done');
    assert.equal(await set(modification('delete', SECOND), modification('add', THIRD)), 'done');
    assert.equal(await site.login(uuid, THIRD), 'verified');
    assert.equal(await set(modification('delete', SECOND), modification('add', FIRST)), 'wrong-old');
    assert.equal(await set(modification('delete'), modification('add', 'meadow lantern four')), 'done');
    assert.equal(await set(modification('add', 'meadow lantern five')), 'only-one');
    assert.equal(await set(modification('replace', 'meadow lantern six', 'meadow lantern seven')), 'only-one');
    assert.equal(await site.login(uuid, 'meadow lantern four'), 'verified');
    assert.equal(await set(modification('replace')), 'done');
    assert.equal(await site.login(uuid, 'meadow lantern four'), 'no-password');
    assert.equal(site.verifiers.size, 0);
    assert.equal(await set(modification('delete')), 'no-such-value');
  });

  it('meets the policy, whoever sets it but the operator', async () => {
    const site = accounts();
    const uuid = site.add();
    for (const [by, expected] of [
      ['self', 'too-short'],
      ['other', 'too-short'],
      ['system', 'done'],
    ] as const) {
      const plan = site.verifiers.planModification(change(uuid, by), [modification('replace', 'short')]);
      assert.equal(await site.change(plan), expected);
    }
    for (const value of ['', ' ', '\0']) {
      const plan = site.verifiers.planModification(change(uuid, 'system'), [modification('replace', value)]);
      assert.equal(await site.change(plan), 'unusable');
    }
    const octets = { operation: 'replace' as const, values: [Buffer.from([0xff, 0xfe])] };
    assert.equal(await site.change(site.verifiers.planModification(change(uuid, 'system'), [octets])), 'unusable');
    assert.equal(await site.login(uuid, 'short'), 'verified');
  });

  it('is none of the last ones', async () => {
    const site = accounts({ history: 3 });
    const uuid = site.add();
    const set = (password: string) =>
      site.change(site.verifiers.planModification(change(uuid), [modification('replace', password)]));
    assert.equal(await set(FIRST), 'done');
    assert.equal(await set(FIRST), 'in-history');
    assert.equal(await set(SECOND), 'done');
    assert.equal(await set(THIRD), 'done');
    assert.equal(await set(FIRST), 'in-history');
    assert.equal(await set(SECOND), 'in-history');
    assert.equal(await set('meadow lantern four'), 'done');
    assert.equal(await set(FIRST), 'done');
    const free = accounts({ history: 0 });
    const other = free.add();
    const again = () => free.change(free.verifiers.planModification(change(other), [modification('replace', FIRST)]));
    assert.equal(await again(), 'done');
    assert.equal(await again(), 'done');
  });

  it('by somebody else has to be changed where the policy says so', async () => {
    const site = accounts({ mustChangeAfterReset: true });
    const uuid = site.add();
    for (const [by, mustChange] of [
      ['other', true],
      ['self', false],
      ['system', false],
    ] as const) {
      const plan = await site.verifiers.planModification(change(uuid, by), [modification('replace', `${FIRST} ${by}`)]);
      assert.ok(plan.kind === 'planned');
      assert.equal(plan.mustChange, mustChange, by);
    }
  });

  it('takes the old one with it where the policy says so', async () => {
    const site = accounts({ oldRequired: true });
    const uuid = site.add(ssha(FIRST));
    const set = (by: PasswordChange['by'], ...modifications: PasswordModification[]) =>
      site.change(site.verifiers.planModification(change(uuid, by), modifications));
    assert.equal(await set('self', modification('replace', SECOND)), 'must-supply-old');
    assert.equal(await set('self', modification('delete'), modification('add', SECOND)), 'must-supply-old');
    assert.equal(await set('self', modification('delete', FIRST), modification('add', SECOND)), 'done');
    assert.equal(await set('other', modification('replace', THIRD)), 'done');
    const first = site.add();
    const plan = site.verifiers.planModification(change(first), [modification('add', FIRST)]);
    assert.equal(await site.change(plan), 'done');
  });

  it('is planned anew when it was changed in the meantime', async () => {
    const site = accounts();
    const uuid = site.add();
    const plan = await site.verifiers.planModification(change(uuid), [modification('add', FIRST)]);
    assert.ok(plan.kind === 'planned');
    assert.equal(plan.stillHolds(), true);
    site.store(uuid, ssha(SECOND));
    assert.equal(plan.stillHolds(), false);
    const next = await site.verifiers.planModification(change(uuid), [modification('replace', FIRST)]);
    assert.ok(next.kind === 'planned');
    assert.equal(next.stillHolds(), true);
    site.verifiers.apply(site.verifiers.planRemoval(uuid));
    assert.equal(next.stillHolds(), false);
  });
});

describe('a form that was hashed elsewhere', () => {
  const put = (site: Accounts, by: PasswordChange['by'], storesHashed: boolean, ...values: string[]) => {
    const uuid = site.add();
    const about = change(uuid, by, { storesHashed });
    return site
      .change(site.verifiers.planModification(about, [modification('add', ...values)]))
      .then((result) => ({ uuid, result }));
  };

  it('is stored for administrators and imports, and lets in', async () => {
    const site = accounts();
    for (const form of [ssha('x'), '{CRYPT}$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou']) {
      assert.equal((await put(site, 'self', false, form)).result, 'not-allowed');
      assert.equal((await put(site, 'other', false, form)).result, 'not-allowed');
      const { uuid, result } = await put(site, 'other', true, form);
      assert.equal(result, 'done');
      assert.deepEqual(site.verifiers.formsOf(uuid)?.forms, [form]);
      assert.equal(await site.login(uuid, form.startsWith('{SSHA}') ? 'x' : 'foobar'), 'verified');
      assert.equal((await put(site, 'system', true, form)).result, 'done');
    }
  });

  it('that is locked stays locked; one that is broken is stored by imports alone', async () => {
    const site = accounts();
    for (const form of ['{CRYPT}*', '{CRYPT}!$6$x', `{SSHA}!${ssha('x').slice(6)}`]) {
      const { uuid, result } = await put(site, 'other', true, form);
      assert.equal(result, 'done', form);
      assert.equal(await site.login(uuid, 'x'), 'no-password');
    }
    for (const form of ['{SSHA}', '{CRYPT}x', '{SASL}alice@EXAMPLE.ORG', '{SSHA384}AAAA', '{NT}AAAA']) {
      assert.equal((await put(site, 'other', true, form)).result, 'unusable', form);
      const { uuid, result } = await put(site, 'system', true, form);
      assert.equal(result, 'done', form);
      assert.equal(await site.login(uuid, form), 'no-password');
    }
  });

  it('is never the text with a label before it', async () => {
    const site = accounts();
    for (const form of ['{CLEARTEXT}secret', '{cleartext}secret', '{CLEAR}secret', '{PLAIN}secret']) {
      assert.equal((await put(site, 'system', true, form)).result, 'unusable', form);
    }
  });

  it('is not what merely begins with a brace', async () => {
    const site = accounts();
    for (const text of ['{hello} dear meadow', '{} meadow lantern', '{SSHA meadow lantern']) {
      const { uuid, result } = await put(site, 'self', false, text);
      assert.equal(result, 'done', text);
      assert.equal(await site.login(uuid, text), 'verified');
    }
  });

  it('may come several times with an import, and is deleted by what is stored', async () => {
    const site = accounts();
    const { uuid, result } = await put(site, 'system', true, ssha('x'), ssha('y'), 'z');
    assert.equal(result, 'done');
    assert.equal((await put(site, 'other', true, ssha('x'), ssha('y'))).result, 'only-one');
    for (const password of ['x', 'y', 'z']) assert.equal(await site.login(uuid, password), 'verified');
    const about = change(uuid, 'other', { storesHashed: true });
    const removal = site.verifiers.planModification(about, [modification('delete', ssha('x'))]);
    assert.equal(await site.change(removal), 'done');
    assert.equal(await site.login(uuid, 'x'), 'wrong-password');
    assert.equal(await site.login(uuid, 'y'), 'verified');
    const bySelf = site.verifiers.planModification(change(uuid), [modification('delete', ssha('y'))]);
    assert.equal(await site.change(bySelf), 'wrong-old', 'what is stored is no password');
  });

  it('keeps the age that an import knows', async () => {
    const day = 86_400_000;
    const site = accounts({ expireAfter: 30 * day });
    const uuid = site.add();
    const about = change(uuid, 'system', { changedAt: site.clock.now() - 31 * day });
    const plan = await site.verifiers.planModification(about, [modification('add', ssha('x'))]);
    assert.ok(plan.kind === 'planned');
    assert.equal(plan.changedAt, site.clock.now() - 31 * day);
    site.verifiers.apply(plan.writes);
    assert.equal(await site.login(uuid, 'x'), 'expired');
  });
});

describe('the password modify operation', () => {
  it('takes a new one, with the old one or without', async () => {
    const site = accounts();
    const uuid = site.add(ssha(FIRST));
    const modify = (old: string | undefined, next: string) =>
      site.change(
        site.verifiers.planPasswordModify(change(uuid), {
          ...(old !== undefined && { old: new Secret(old) }),
          next: new Secret(next),
        }),
      );
    assert.equal(await modify('wrong', SECOND), 'wrong-old');
    assert.equal(await modify(FIRST, 'short'), 'too-short');
    assert.equal(await modify(FIRST, SECOND), 'done');
    assert.equal(await modify(undefined, THIRD), 'done');
    assert.equal(await site.login(uuid, THIRD), 'verified');
    assert.equal(await modify(THIRD, '{SSHA}a text that is no form'), 'done');
    assert.equal(await site.login(uuid, '{SSHA}a text that is no form'), 'verified');
    const strict = accounts({ oldRequired: true });
    const other = strict.add(ssha(FIRST));
    const plan = strict.verifiers.planPasswordModify(change(other), { next: new Secret(SECOND) });
    assert.equal(await strict.change(plan), 'must-supply-old');
  });

  it('makes a password when none is given', async () => {
    const site = accounts({ length: 30 });
    const uuid = site.add(ssha(FIRST));
    const plan = await site.verifiers.planPasswordModify(change(uuid), {});
    assert.ok(plan.kind === 'planned' && plan.generated !== undefined);
    site.verifiers.apply(plan.writes);
    assert.equal(await site.login(uuid, plan.generated.reveal()), 'verified');
    assert.equal(await site.login(uuid, FIRST), 'wrong-password');
    const other = await site.verifiers.planPasswordModify(change(uuid), {});
    assert.ok(other.kind === 'planned' && !other.generated?.equals(plan.generated));
  });

  it('lets nobody who has no password prove the old one', async () => {
    const site = accounts();
    for (const uuid of [site.add(), site.add('{CRYPT}*')]) {
      const modify = { old: new Secret('*'), next: new Secret(FIRST) };
      assert.equal(await site.change(site.verifiers.planPasswordModify(change(uuid), modify)), 'wrong-old');
    }
  });
});
