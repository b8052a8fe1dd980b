/** Passwords that are bound to a service. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Accounts, settled, ssha } from './verifier-fixture.ts';

const open: Accounts[] = [];
const accounts = (...parts: ConstructorParameters<typeof Accounts>): Accounts => {
  const made = new Accounts(...parts);
  open.push(made);
  return made;
};
after(async () => {
  for (const each of open) await each.close();
});

describe('a password that is bound to a service', () => {
  const made = async (site: Accounts, uuid: Uint8Array, service: string, label = 'phone') => {
    const planned = site.verifiers.planAppPassword(uuid, service, label);
    assert.ok(planned !== undefined);
    site.verifiers.apply([planned.write]);
    return { id: planned.id, password: planned.password.reveal() };
  };

  it('opens its service and nothing else, and changes nothing', async () => {
    const site = accounts();
    const uuid = site.add(ssha('right'));
    const other = site.add(ssha('right'));
    const { password } = await made(site, uuid, 'mail');
    assert.match(password, /^(?:[a-km-z2-9]{5}-){5}[a-km-z2-9]$/);
    assert.equal(await site.login(uuid, password, 'mail'), 'verified app-password');
    for (const service of ['Mail', 'mail ', 'wiki', '', undefined]) {
      assert.equal(await site.login(uuid, password, service), 'wrong-password', service);
    }
    assert.equal(await site.login(other, password, 'mail'), 'wrong-password');
    assert.equal(await site.login(uuid, password.toUpperCase(), 'mail'), 'wrong-password');
    assert.equal(await site.login(uuid, 'right', 'mail'), 'verified');
    site.set(uuid, 'pwdAccountLockedTime', '000001010000Z');
    assert.equal(await site.login(uuid, password, 'mail'), 'disabled');
  });

  it('opens also where there is no password of the person, and a wrong one costs one derivation', async () => {
    const site = accounts();
    const uuid = site.add();
    const { password } = await made(site, uuid, 'mail');
    await made(site, uuid, 'mail', 'laptop');
    site.keys.derived.length = 0;
    assert.equal(await site.login(uuid, password, 'mail'), 'verified app-password');
    assert.equal(site.keys.derived.length, 0);
    assert.equal(await site.login(uuid, 'wrong', 'mail'), 'no-password');
    assert.equal(site.keys.derived.length, 1);
  });

  it('is listed with its last use, which is saved once an hour', async () => {
    const site = accounts();
    const uuid = site.add();
    const { id, password } = await made(site, uuid, 'mail');
    const createdAt = site.clock.now();
    assert.deepEqual(site.verifiers.appPasswordsOf(uuid), [
      { id, service: 'mail', label: 'phone', createdAt, lastUsedAt: undefined },
    ]);
    for (let minute = 0; minute < 150; minute += 1) {
      assert.equal(await site.login(uuid, password, 'mail'), 'verified app-password');
      site.clock.advance(60_000);
    }
    await settled(() => site.commits.length >= 3);
    assert.equal(site.commits.length, 3);
    assert.equal(site.verifiers.appPasswordsOf(uuid)[0]?.lastUsedAt, createdAt + 120 * 60_000);
  });

  it('goes when it is taken away, and with its owner; it is in no export', async () => {
    const site = accounts();
    const uuid = site.add(ssha('right'));
    const first = await made(site, uuid, 'mail', 'one');
    const second = await made(site, uuid, 'wiki', 'two');
    assert.notEqual(first.id, second.id);
    assert.deepEqual(site.verifiers.slotsOf(uuid), [0, 1, 2]);
    assert.deepEqual(site.verifiers.formsOf(uuid)?.forms, [ssha('right')]);
    const removal = site.verifiers.planAppPasswordRemoval(uuid, first.id)!;
    site.verifiers.apply([removal]);
    assert.equal(await site.login(uuid, first.password, 'mail'), 'wrong-password');
    assert.equal(await site.login(uuid, second.password, 'wiki'), 'verified app-password');
    assert.equal(site.verifiers.planAppPasswordRemoval(uuid, first.id), undefined);
    assert.equal(site.verifiers.planAppPasswordRemoval(uuid, 0), undefined);
    assert.equal((await made(site, uuid, 'mail')).id, first.id);
    assert.equal(site.verifiers.planRemoval(uuid).length, 3);
    site.remove(uuid);
    assert.equal(site.verifiers.size, 0);
  });

  it('has a name and a service, and there are not too many', async () => {
    const site = accounts();
    const uuid = site.add();
    for (const [service, label] of [
      ['', 'phone'],
      ['mail', ' '],
      ['mail', 'x'.repeat(129)],
    ] as const) {
      assert.equal(site.verifiers.planAppPassword(uuid, service, label), undefined);
    }
    for (let count = 0; count < 100; count += 1) await made(site, uuid, 'mail');
    assert.equal(site.verifiers.planAppPassword(uuid, 'mail', 'one more'), undefined);
  });
});
