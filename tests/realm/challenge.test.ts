/** Challenges: a login that waits for a one-time code between two requests. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LoginModuleDefinition, LoginOutcome, StackEntry } from '../../src/realm/index.ts';
import { Fixture, oneTimeCode, source } from './realm-fixture.ts';

const counting = (
  definition: LoginModuleDefinition,
  seen: { logins: number; aborts: number },
): LoginModuleDefinition => ({
  ...definition,
  create(context) {
    const module = definition.create(context);
    return {
      ...module,
      login: () => {
        seen.logins++;
        return module.login();
      },
      abort: (cause) => {
        seen.aborts++;
        return module.abort(cause);
      },
    };
  },
});

const twoFactors = (seen = { logins: 0, aborts: 0 }): readonly StackEntry[] => [
  { flag: 'requisite', definition: counting(source('local', { alice: 'plain:secret' }), seen) },
  { flag: 'required', definition: oneTimeCode() },
];
const right = { name: 'alice', password: 'secret', browserNonce: 'nonce' };

/** Without the id of its record. */
const verdict = ({ id: _, ...rest }: LoginOutcome) => rest;
const parkedIdOf = (outcome: LoginOutcome): string => {
  assert.ok(outcome.kind === 'challenged', outcome.kind);
  assert.equal(outcome.factor, 'totp');
  return outcome.parkedId;
};

describe('a challenge', () => {
  it('is answered later, and no module runs twice', async () => {
    const seen = { logins: 0, aborts: 0 };
    const realm = new Fixture(twoFactors(seen));
    const parkedId = parkedIdOf(await realm.login(right));
    assert.equal(realm.parked.size, 1);
    const outcome = await realm.answer(parkedId, '123456');
    assert.equal(outcome.kind, 'authenticated');
    assert.deepEqual(seen, { logins: 1, aborts: 0 });
    assert.deepEqual(
      realm.attempts.map(({ id, outcome: kind, parked }) => [id, kind, parked]),
      [
        ['attempt-1', 'challenged', true],
        ['attempt-2', 'authenticated', true],
      ],
    );
  });

  it('does not come when the code was sent along', async () => {
    const realm = new Fixture(twoFactors());
    assert.equal((await realm.login({ ...right, code: '123456' })).kind, 'authenticated');
    assert.equal(realm.parked.size, 0);
  });

  it('cannot be raised at a door that has no way back: the code is missing', async () => {
    const realm = new Fixture(twoFactors());
    assert.deepEqual(verdict(await realm.login({ name: 'alice', password: 'secret' })), {
      kind: 'refused',
      reason: 'missing-credential',
    });
  });

  it('is not raised for a wrong password', async () => {
    const realm = new Fixture(twoFactors());
    assert.deepEqual(verdict(await realm.login({ ...right, password: 'x' })), {
      kind: 'refused',
      reason: 'wrong-credential',
    });
  });

  it('is refused with a wrong code, and then over', async () => {
    const realm = new Fixture(twoFactors());
    const parkedId = parkedIdOf(await realm.login(right));
    assert.deepEqual(verdict(await realm.answer(parkedId, '000000')), { kind: 'refused', reason: 'wrong-credential' });
    assert.deepEqual(verdict(await realm.answer(parkedId, '123456')), { kind: 'refused', reason: 'unknown-challenge' });
  });

  it('is not answered by another browser, which does not end it either', async () => {
    const realm = new Fixture(twoFactors());
    const parkedId = parkedIdOf(await realm.login(right));
    const stolen = await realm.answer(parkedId, '123456', 'other');
    assert.deepEqual(verdict(stolen), { kind: 'refused', reason: 'unknown-challenge' });
    assert.equal((await realm.answer(parkedId, '123456')).kind, 'authenticated');
  });

  it('is answered once, also when the answers race', async () => {
    const realm = new Fixture(twoFactors());
    const parkedId = parkedIdOf(await realm.login(right));
    const answers = await Promise.all([1, 2, 3].map(() => realm.answer(parkedId, '123456')));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['authenticated', 'refused', 'refused']);
  });

  it('waits two minutes, whatever the time-out of its module, and then aborts', async () => {
    const seen = { logins: 0, aborts: 0 };
    const realm = new Fixture(twoFactors(seen));
    const parkedId = parkedIdOf(await realm.login(right));
    realm.clock.advance(119_999);
    await turn();
    assert.equal(seen.aborts, 0);
    realm.clock.advance(1);
    await turn();
    assert.equal(seen.aborts, 1);
    assert.deepEqual(verdict(await realm.answer(parkedId, '123456')), { kind: 'refused', reason: 'unknown-challenge' });
  });

  it('goes on with the time-out of its module once answered', async () => {
    const stuck: LoginModuleDefinition = {
      ...oneTimeCode(),
      create: (context) => ({
        ...oneTimeCode().create(context),
        login: async () => {
          await context.handler([{ kind: 'one-time-code', factor: 'totp' }]);
          return new Promise(() => {});
        },
      }),
    };
    const realm = new Fixture([twoFactors()[0]!, { flag: 'required', definition: stuck }]);
    const parkedId = parkedIdOf(await realm.login(right));
    const answering = realm.answer(parkedId, '123456');
    await turn();
    realm.clock.advance(10_000);
    assert.deepEqual(verdict(await answering), { kind: 'unavailable', domain: 'one-time-code' });
  });

  it('does not fall through to another source when nobody answers', async () => {
    const realm = new Fixture([
      { flag: 'sufficient', definition: { ...oneTimeCode(), verifies: true } },
      { flag: 'sufficient', definition: source('local', { alice: 'plain:secret' }) },
    ]);
    parkedIdOf(await realm.login(right));
    realm.clock.advance(120_000);
    await turn();
    assert.deepEqual(
      realm.verifications.map(({ stored }) => stored),
      [],
    );
  });

  it('keeps three of one name: the oldest makes room', async () => {
    const realm = new Fixture(twoFactors());
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) ids.push(parkedIdOf(await realm.login(right)));
    assert.equal(realm.parked.size, 3);
    assert.equal((await realm.answer(ids[0]!, '123456')).kind, 'refused');
    assert.equal((await realm.answer(ids[3]!, '123456')).kind, 'authenticated');
  });

  it('is given up when it cannot be written down', async () => {
    const seen = { logins: 0, aborts: 0 };
    const realm = new Fixture(twoFactors(seen));
    realm.auditFails = true;
    assert.deepEqual(verdict(await realm.login(right)), { kind: 'unavailable', domain: 'audit' });
    await turn();
    assert.deepEqual([realm.parked.size, seen.aborts], [0, 1]);
  });

  it('ends with the process', async () => {
    const seen = { logins: 0, aborts: 0 };
    const realm = new Fixture(twoFactors(seen));
    parkedIdOf(await realm.login(right));
    realm.parked.close();
    await turn();
    assert.deepEqual([realm.parked.size, seen.aborts], [0, 1]);
  });

  it('may be raised twice by one stack', async () => {
    const realm = new Fixture([...twoFactors(), { flag: 'required', definition: oneTimeCode() }]);
    const first = parkedIdOf(await realm.login(right));
    const second = parkedIdOf(await realm.answer(first, '123456'));
    assert.notEqual(first, second);
    assert.equal((await realm.answer(second, '123456')).kind, 'authenticated');
  });
});
