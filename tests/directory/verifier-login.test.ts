/** Who logs in with what, at what cost (RELIABILITY S14, S22 to S25). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { Secret } from '../../src/base/index.ts';
import { decoyOf, STANDARD_SAMPLE } from '../../src/password/index.ts';
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

/** bcrypt of `foobar`, cost 8. */
const BCRYPT = '{CRYPT}$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou';
const FOOBAR_AGAIN = 'foobar';

describe('a login', () => {
  it('with the right password is verified, with any other refused', async () => {
    const site = accounts();
    const argon = site.add(await site.keys.hash(new Secret('right')));
    const digest = site.add(ssha('right'));
    for (const uuid of [argon, digest]) {
      assert.equal(await site.login(uuid, 'right'), 'verified');
      for (const wrong of ['Right', 'right ', ' right', 'righ', 'rightt']) {
        assert.equal(await site.login(uuid, wrong), 'wrong-password');
      }
    }
  });

  it('without a password, a blank one or one with NUL passes nowhere', async () => {
    const site = accounts();
    const digestOf = (text: string) => `{SHA}${createHash('sha1').update(text).digest('base64')}`;
    const forms = ['', ' ', '   ', '\0', '\0abc', 'abc\0'].map(digestOf);
    for (const form of [...forms, '', '{CRYPT}', '{SSHA}', '{MD5}1B2M2Y8AsgTpgAmY7PhCfg==']) {
      const uuid = site.add(form);
      for (const password of ['', ' ', '   ', '\0', '\0abc', 'abc\0']) {
        assert.notEqual(await site.login(uuid, password), 'verified', JSON.stringify([form, password]));
      }
    }
  });

  it('never passes a locked, broken, cut or foreign form', async () => {
    const site = accounts();
    for (const form of [
      '{CRYPT}*',
      '{CRYPT}!',
      '{CRYPT}x',
      '!',
      'x',
      '*',
      '',
      '{SSHA}',
      '$6$',
      '{CRYPT}$6$',
      '{CLEARTEXT}secret',
      'secret',
      '{UNKNOWN}secret',
      '{SASL}secret@EXAMPLE.ORG',
      'Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      `!${ssha('secret')}`,
      ssha('secret').replace('{SSHA}', '{SSHA}!'),
      ssha('secret').slice(0, -1),
    ]) {
      const uuid = site.add(form);
      for (const password of ['secret', '*', '!', 'x', form, 'secret@EXAMPLE.ORG']) {
        assert.notEqual(await site.login(uuid, password), 'verified', form);
      }
    }
    assert.equal(await site.login(site.add('{OMERO-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ=='), 'secret'), 'verified');
  });

  it('passes any of the several forms that an import brought', async () => {
    const site = accounts();
    const uuid = site.add([ssha('one'), BCRYPT, ssha('three')]);
    for (const password of ['one', FOOBAR_AGAIN, 'three']) assert.equal(await site.login(uuid, password), 'verified');
    assert.equal(await site.login(uuid, 'two'), 'wrong-password');
  });

  it('of an account that is disabled, gone or not there is refused, in the core', async () => {
    const site = accounts({}, [{ attribute: 'employeeType', value: 'Left' }, { attribute: 'carLicense' }]);
    const marks: readonly (readonly [string, string])[] = [
      ['pwdAccountLockedTime', '000001010000Z'],
      ['pwdAccountLockedTime', '20991231235959Z'],
      ['pwdAccountLockedTime', 'nonsense'],
      ['pwdEndTime', '20200101000000Z'],
      ['pwdEndTime', 'nonsense'],
      ['pwdStartTime', '20991231235959Z'],
      ['pwdStartTime', ''],
      ['employeeType', 'left'],
      ['carLicense', 'anything'],
    ];
    for (const [attribute, value] of marks) {
      const uuid = site.add(ssha('right'));
      assert.equal(await site.login(uuid, 'right'), 'verified');
      site.set(uuid, attribute, value);
      assert.equal(await site.login(uuid, 'right'), 'disabled', `${attribute} ${value}`);
      assert.equal(site.verifiers.admit(uuid, { now: site.clock.now() }).kind, 'refused');
    }
    const open: readonly (readonly [string, string])[] = [
      ['employeeType', 'Staff'],
      ['pwdEndTime', '20991231235959Z'],
      ['pwdStartTime', '20200101000000.5Z'],
    ];
    for (const [attribute, value] of open) {
      const uuid = site.add(ssha('right'));
      site.set(uuid, attribute, value);
      assert.equal(await site.login(uuid, 'right'), 'verified', `${attribute} ${value}`);
      assert.equal(site.verifiers.admit(uuid, { now: site.clock.now() }).kind, 'verified');
    }
    const gone = site.add(ssha('right'));
    site.remove(gone);
    assert.equal(await site.login(gone, 'right'), 'unknown-user');
    assert.equal(await site.login(undefined, 'right'), 'unknown-user');
    assert.equal(await site.login(site.add(), 'right'), 'no-password');
  });

  it('says when the password has to be changed or is too old, and only to whom knows it', async () => {
    const day = 86_400_000;
    const site = accounts({ expireAfter: 90 * day, warnBefore: 14 * day });
    const now = site.clock.now();
    const answer = async (uuid: Uint8Array, password = 'right') =>
      site.verifiers.authenticate(uuid, new Secret(password), { now: site.clock.now() });
    assert.deepEqual(await answer(site.add(ssha('right'), now - 10 * day)), { kind: 'verified' });
    assert.deepEqual(await answer(site.add(ssha('right'), now - 80 * day)), {
      kind: 'verified',
      notice: { kind: 'expires', in: 10 * day },
    });
    const old = site.add(ssha('right'), now - 90 * day);
    assert.deepEqual(await answer(old), { kind: 'refused', reason: 'expired', notice: { kind: 'expired' } });
    assert.deepEqual(await answer(old, 'wrong'), { kind: 'refused', reason: 'wrong-password' });
    const reset = site.add(ssha('right'));
    site.set(reset, 'pwdReset', 'TRUE');
    assert.deepEqual(await answer(reset), {
      kind: 'verified',
      limit: 'must-change',
      notice: { kind: 'must-change' },
    });
    assert.deepEqual(await answer(reset, 'wrong'), { kind: 'refused', reason: 'wrong-password' });
    site.set(reset, 'pwdReset', 'FALSE');
    assert.deepEqual(await answer(reset), { kind: 'verified' });
  });

  it('that derives nothing is answered without a promise', () => {
    const site = accounts();
    const uuid = site.add(ssha('right'));
    const answer = site.verifiers.authenticate(uuid, new Secret('right'), { now: site.clock.now() });
    assert.ok(!(answer instanceof Promise));
  });

  it('takes a thousand characters, and refuses ten million at once without a derivation', async () => {
    const site = accounts();
    const long = 'p'.repeat(1024);
    const uuid = site.add(await site.keys.hash(new Secret(long)));
    assert.equal(await site.login(uuid, long), 'verified');
    assert.equal(await site.login(uuid, `${long}p`), 'wrong-password');
    site.keys.derived.length = 0;
    for (const owner of [uuid, site.add(), undefined]) {
      for (const octets of [4097, 10_000_000]) {
        assert.notEqual(await site.login(owner, 'x'.repeat(octets)), 'verified');
      }
    }
    assert.deepEqual(site.keys.derived, []);
  });

  it('is not remembered for another password or another user', async () => {
    const site = accounts();
    // A memory that joined name and password would take these for each other.
    const [one, other] = [await site.keys.hash(new Secret('bc')), await site.keys.hash(new Secret('c'))];
    const a = site.add(one);
    const ab = site.add(other);
    assert.equal(await site.login(a, 'bc'), 'verified');
    assert.equal(await site.login(ab, 'c'), 'verified');
    assert.equal(await site.login(ab, 'bc'), 'wrong-password');
    assert.equal(await site.login(a, 'c'), 'wrong-password');
    const bcrypt = site.add(BCRYPT);
    assert.equal(await site.login(bcrypt, FOOBAR_AGAIN), 'verified');
    const [seventyTwo, seventyThree] = ['x'.repeat(72), 'x'.repeat(73)];
    const long = site.add(await site.keys.hash(new Secret(seventyTwo)));
    assert.equal(await site.login(long, seventyTwo), 'verified');
    assert.equal(await site.login(long, seventyThree), 'wrong-password');
  });
});

describe('a remembered login', () => {
  it('costs a chatty client one derivation', async () => {
    const site = accounts();
    const uuid = site.add(await site.keys.hash(new Secret('right')));
    for (let times = 0; times < 20; times += 1) assert.equal(await site.login(uuid, 'right'), 'verified');
    assert.equal(site.keys.derived.length, 1);
    for (let times = 0; times < 3; times += 1) assert.equal(await site.login(uuid, 'wrong'), 'wrong-password');
    assert.equal(site.keys.derived.length, 4);
  });

  it('ends at once with the password, the account, and with time', async () => {
    const site = accounts();
    const uuid = site.add(await site.keys.hash(new Secret('old one')));
    assert.equal(await site.login(uuid, 'old one'), 'verified');
    site.store(uuid, await site.keys.hash(new Secret('new one')));
    assert.equal(await site.login(uuid, 'old one'), 'wrong-password');
    assert.equal(await site.login(uuid, 'new one'), 'verified');
    site.set(uuid, 'pwdAccountLockedTime', '000001010000Z');
    assert.equal(await site.login(uuid, 'new one'), 'disabled');
    site.set(uuid, 'pwdAccountLockedTime');
    site.keys.derived.length = 0;
    site.clock.advance(11 * 60_000);
    assert.equal(await site.login(uuid, 'new one'), 'verified');
    assert.equal(site.keys.derived.length, 1);
    site.remove(uuid);
    assert.equal(await site.login(uuid, 'new one'), 'unknown-user');
  });
});

describe('what changes while a key is derived', () => {
  it('decides: password, account and entry are those of the answer', async () => {
    const site = accounts();
    const begin = async () => {
      const uuid = site.add(await site.keys.hash(new Secret('right')));
      return { uuid, answer: site.login(uuid, 'right') };
    };
    const next = await site.keys.hash(new Secret('another'));
    const changed = await begin();
    site.store(changed.uuid, next);
    assert.equal(await changed.answer, 'wrong-password');
    const disabled = await begin();
    site.set(disabled.uuid, 'pwdAccountLockedTime', '000001010000Z');
    assert.equal(await disabled.answer, 'disabled');
    const removed = await begin();
    site.remove(removed.uuid);
    assert.equal(await removed.answer, 'unknown-user');
    const stripped = await begin();
    site.verifiers.apply(site.verifiers.planRemoval(stripped.uuid));
    assert.equal(await stripped.answer, 'no-password');
  });
});

describe('a refusal', () => {
  it('costs exactly one derivation, whatever its cause', async () => {
    const site = accounts();
    const right = await site.keys.hash(new Secret('right'));
    const disabled = site.add(right);
    site.set(disabled, 'pwdAccountLockedTime', '000001010000Z');
    const populations: readonly (readonly [string, Uint8Array | undefined, string])[] = [
      ['wrong password', site.add(right), 'wrong'],
      ['unknown', undefined, 'right'],
      ['disabled, right password', disabled, 'right'],
      ['disabled, wrong password', disabled, 'wrong'],
      ['no password', site.add(), 'right'],
      ['locked form', site.add('{CRYPT}*'), 'right'],
      ['broken form', site.add('{SSHA}'), 'right'],
      ['digest, wrong password', site.add(ssha('right')), 'wrong'],
      ['cleartext form', site.add('{CLEARTEXT}right'), 'right'],
      ['with an unknown service', undefined, 'right'],
    ];
    for (const [population, uuid, password] of populations) {
      site.keys.derived.length = 0;
      assert.notEqual(await site.login(uuid, password), 'verified', population);
      assert.equal(site.keys.derived.length, 1, population);
    }
    site.keys.derived.length = 0;
    assert.equal(await site.login(undefined, 'right', 'mail'), 'unknown-user');
    assert.equal(site.keys.derived.length, 1);
  });

  it('costs the costliest form that there is, and no more when it is gone', async () => {
    const site = accounts();
    const costOfUnknown = async () => {
      site.keys.derived.length = 0;
      await site.login(undefined, 'any');
      return site.keys.derived;
    };
    assert.deepEqual(await costOfUnknown(), [STANDARD_SAMPLE], 'where there are no passwords yet');
    const digest = site.add(ssha('right'));
    assert.deepEqual(await costOfUnknown(), [], 'where all forms are digests');
    const bcrypt = site.add(BCRYPT);
    const other = site.add(BCRYPT.replace('qip', 'qiq'));
    assert.deepEqual(await costOfUnknown(), [decoyOf(BCRYPT)]);
    site.keys.derived.length = 0;
    assert.equal(await site.login(digest, 'wrong'), 'wrong-password');
    assert.deepEqual(site.keys.derived, [decoyOf(BCRYPT)]);
    site.remove(bcrypt);
    assert.deepEqual(await costOfUnknown(), [decoyOf(BCRYPT)]);
    site.store(other, ssha('right'));
    assert.deepEqual(await costOfUnknown(), []);
  });

  it('tells nothing of the password whose form it is made of', async () => {
    const site = accounts();
    const uuid = site.add(await site.keys.hash(new Secret('right')));
    assert.equal(await site.login(uuid, 'right'), 'verified');
    site.keys.derived.length = 0;
    for (let times = 0; times < 3; times += 1) assert.equal(await site.login(undefined, 'right'), 'unknown-user');
    assert.equal(site.keys.derived.length, 3);
  });

  it('is no refusal but an outage when too many wait, for known and unknown alike', async () => {
    const site = accounts();
    const uuid = site.add(await site.keys.hash(new Secret('right')));
    await site.keys.close();
    for (const owner of [uuid, undefined, site.add()]) {
      await assert.rejects(site.login(owner, 'wrong'), { code: 'PASSWORD_CLOSED' });
    }
  });
});
