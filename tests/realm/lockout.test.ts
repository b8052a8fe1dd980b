/** The lockout: how many guesses are evaluated, and who is never locked by it (RELIABILITY S20). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  LockoutLedger,
  type LockoutPolicy,
  type LockoutRecord,
  type LockoutStore,
  lockoutModule,
  type StackEntry,
  storedLockouts,
} from '../../src/realm/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { recordFigure } from '../support/figure.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Fixture, oneTimeCode, source } from './realm-fixture.ts';

const MINUTE = 60_000;
const IN_A_ROW: LockoutPolicy = { failures: 5, lock: 30 * MINUTE };
const WITHIN: LockoutPolicy = { failures: 5, within: 5 * MINUTE, lock: 30 * MINUTE };

class MemoryLockouts implements LockoutStore {
  readonly records = new Map<string, LockoutRecord>();
  broken = false;

  async *load() {
    yield* this.records.values();
  }

  async save(records: readonly LockoutRecord[]): Promise<void> {
    await turn();
    if (this.broken) throw new Error('disk full');
    for (const record of records) {
      if (record.failures.length === 0) this.records.delete(record.name);
      else this.records.set(record.name, record);
    }
  }
}

interface Guarded {
  readonly realm: Fixture;
  readonly ledger: LockoutLedger;
  readonly store: MemoryLockouts;
  /** Set to take the source down. */
  down: boolean;
}

function guarded(policy: LockoutPolicy, more: readonly StackEntry[] = []): Guarded {
  const clock = new ManualClock();
  const store = new MemoryLockouts();
  const ledger = new LockoutLedger(policy, clock, store);
  const state = { down: false };
  const stack: StackEntry[] = [
    { flag: 'requisite', definition: lockoutModule(ledger) },
    {
      flag: more.length > 0 ? 'requisite' : 'sufficient',
      definition: source('local', { alice: 'plain:secret' }, { down: () => state.down }),
    },
    ...more,
  ];
  return Object.assign(state, {
    realm: new Fixture(stack, [{ name: 'SCX', dns: 'scx.example.org' }], clock),
    ledger,
    store,
  });
}

const guess = (at: Guarded, password = 'wrong', name = 'alice') => at.realm.login({ name, password });
const reasonOf = async (outcome: ReturnType<typeof guess>) => {
  const ended = await outcome;
  return ended.kind === 'refused' ? ended.reason : ended.kind;
};
const guessTimes = async (at: Guarded, times: number) => {
  for (let count = 0; count < times; count++) assert.equal(await reasonOf(guess(at)), 'wrong-credential');
};

describe('lockout', () => {
  it('refuses even the right password after the last failure that it allows', async () => {
    for (const policy of [IN_A_ROW, WITHIN]) {
      const at = guarded(policy);
      await guessTimes(at, 5);
      assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
      at.realm.clock.advance(30 * MINUTE - 1);
      assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
      at.realm.clock.advance(1);
      assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
    }
  });

  it('counts from the last failure, and what it refused is not counted', async () => {
    const at = guarded(WITHIN);
    await guessTimes(at, 4);
    at.realm.clock.advance(4 * MINUTE);
    await guessTimes(at, 1);
    for (let minute = 0; minute < 29; minute++) {
      at.realm.clock.advance(MINUTE);
      assert.equal(await reasonOf(guess(at)), 'locked');
    }
    at.realm.clock.advance(MINUTE);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('within a time: a success in between does not clear the count', async () => {
    const at = guarded(WITHIN);
    await guessTimes(at, 4);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
    await guessTimes(at, 1);
    assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
  });

  it('within a time: failures that are longer ago do not count', async () => {
    const at = guarded(WITHIN);
    await guessTimes(at, 4);
    at.realm.clock.advance(5 * MINUTE + 1000);
    await guessTimes(at, 1);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('in a row: a success clears the count', async () => {
    const at = guarded(IN_A_ROW);
    await guessTimes(at, 4);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
    await guessTimes(at, 4);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('locks a name that nobody has like one that somebody has', async () => {
    const at = guarded(IN_A_ROW);
    for (let count = 0; count < 5; count++) assert.equal(await reasonOf(guess(at, 'x', 'nobody')), 'unknown-user');
    assert.equal(await reasonOf(guess(at, 'x', 'nobody')), 'locked');
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('evaluates exactly the limit of 200 guesses made at a time', async () => {
    for (const policy of [IN_A_ROW, WITHIN]) {
      const at = guarded(policy);
      const reasons = await Promise.all(Array.from({ length: 200 }, () => reasonOf(guess(at))));
      const evaluated = reasons.filter((reason) => reason !== 'locked').length;
      recordFigure('lockout-extra-guesses', reasons.length, evaluated - 5);
      assert.equal(reasons.filter((reason) => reason === 'wrong-credential').length, 5);
      assert.equal(reasons.filter((reason) => reason === 'locked').length, 195);
      assert.equal(at.realm.verifications.filter(({ stored }) => stored === 'plain:secret').length, 5);
    }
  });

  it('evaluates no more guesses for being spelled differently', async () => {
    const at = guarded(IN_A_ROW);
    const spellings = ['alice', 'ALICE', ' alice ', 'al\u0131ce', '\uff41lice', 'al\u200dice', 'SCX\\alice'];
    spellings.push('alice@scx.example.org', 'uid=alice,dc=example', 'al\u00ecce');
    const reasons = await Promise.all(
      Array.from({ length: 200 }, (_, index) => reasonOf(guess(at, 'x', spellings[index % spellings.length]!))),
    );
    const evaluated = reasons.filter((reason) => reason !== 'locked').length;
    recordFigure('lockout-extra-guesses', reasons.length, evaluated - 5);
    assert.equal(evaluated, 5);
  });

  it('lets 200 logins with the right password at a time through', async () => {
    const at = guarded(IN_A_ROW);
    const reasons = await Promise.all(Array.from({ length: 200 }, () => reasonOf(guess(at, 'secret'))));
    assert.deepEqual(new Set(reasons), new Set(['authenticated']));
  });

  it('is locked by no outage, not even by 200 logins at a time', async () => {
    const at = guarded(IN_A_ROW);
    at.down = true;
    const reasons = await Promise.all(Array.from({ length: 200 }, () => reasonOf(guess(at, 'secret'))));
    assert.deepEqual(new Set(reasons), new Set(['unavailable']));
    at.down = false;
    const after = await reasonOf(guess(at, 'secret'));
    recordFigure('lockout-outage', reasons.length, after === 'authenticated' ? 0 : 1);
    assert.equal(after, 'authenticated');
  });

  it('is locked by no time-out', async () => {
    const clock = new ManualClock();
    const ledger = new LockoutLedger({ failures: 1, lock: MINUTE }, clock, new MemoryLockouts());
    const silent = {
      ...source('local', {}),
      create: () => ({ ...source('x', {}).create({} as never), login: () => new Promise<never>(() => {}) }),
    };
    const realm = new Fixture(
      [
        { flag: 'requisite', definition: lockoutModule(ledger), timeout: 20_000 },
        { flag: 'sufficient', definition: silent, timeout: 1_000 },
      ],
      [],
      clock,
    );
    for (let count = 0; count < 3; count++) {
      const ending = realm.login({ name: 'alice', password: 'x' });
      clock.advance(1_000);
      assert.equal((await ending).kind, 'unavailable');
    }
  });

  it('counts a wrong credential also while another source is down, but not an unknown name', async () => {
    const state = { down: true };
    const clock = new ManualClock();
    const ledger = new LockoutLedger(IN_A_ROW, clock, new MemoryLockouts());
    const realm = new Fixture(
      [
        { flag: 'requisite', definition: lockoutModule(ledger) },
        { flag: 'sufficient', definition: source('local', { alice: 'plain:secret' }) },
        { flag: 'sufficient', definition: source('campus', {}, { down: () => state.down }) },
      ],
      [],
      clock,
    );
    for (let count = 0; count < 5; count++) {
      await realm.login({ name: 'alice', password: 'x' });
      await realm.login({ name: 'bob', password: 'x' });
    }
    assert.equal(ledger.isLocked('alice'), true);
    assert.equal(ledger.isLocked('bob'), false);
  });

  it('neither counts nor reserves for a login that is only tested, but says that the name is locked', async () => {
    const at = guarded(IN_A_ROW);
    const test = () => reasonOf(at.realm.login({ name: 'alice', password: 'x', counted: false }));
    for (let count = 0; count < 20; count++) assert.equal(await test(), 'wrong-credential');
    await guessTimes(at, 5);
    assert.equal(await test(), 'locked');
  });

  it('ignores a login without a name', async () => {
    const at = guarded(IN_A_ROW);
    assert.equal(await reasonOf(at.realm.login({ password: 'x' })), 'unknown-user');
    assert.equal(at.store.records.size, 0);
  });

  it('gives the attempt back while a person is asked for a code, and takes it again for the answer', async () => {
    const at = guarded({ failures: 2, lock: MINUTE }, [{ flag: 'required', definition: oneTimeCode() }]);
    const challenge = async () => {
      const outcome = await at.realm.login({ name: 'alice', password: 'secret', browserNonce: 'nonce' });
      assert.ok(outcome.kind === 'challenged', JSON.stringify(outcome));
      return outcome.parkedId;
    };
    const ids = [await challenge(), await challenge(), await challenge()];
    const outcomes = await Promise.all(ids.map((id) => reasonOf(at.realm.answer(id, '000000'))));
    assert.deepEqual(outcomes, ['wrong-credential', 'wrong-credential', 'locked']);
    assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
  });

  it('counts no challenge that nobody answered', async () => {
    const at = guarded({ failures: 1, lock: MINUTE }, [{ flag: 'required', definition: oneTimeCode() }]);
    for (let count = 0; count < 3; count++) {
      const login = { name: 'alice', password: 'secret', browserNonce: 'nonce' };
      assert.equal((await at.realm.login(login)).kind, 'challenged');
      at.realm.clock.advance(120_000);
      await turn();
    }
    assert.equal(at.ledger.isLocked('alice'), false);
  });

  it('is not moved by setting the clock', async () => {
    const at = guarded(IN_A_ROW);
    await guessTimes(at, 5);
    const now = at.realm.clock.now();
    for (const jump of [now + 365 * 86_400_000, now - 86_400_000]) {
      at.realm.clock.jump(jump);
      assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
    }
    at.realm.clock.advance(30 * MINUTE);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('keeps counting under a new configuration', async () => {
    const at = guarded(IN_A_ROW);
    await guessTimes(at, 3);
    at.ledger.adopt({ failures: 3, lock: MINUTE });
    assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
  });

  it('can be lifted by the operator', async () => {
    const at = guarded(IN_A_ROW);
    await guessTimes(at, 5);
    await at.ledger.unlock('alice');
    assert.equal(at.store.records.size, 0);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
  });

  it('holds in memory when the store is down', async () => {
    const at = guarded(IN_A_ROW);
    at.store.broken = true;
    await guessTimes(at, 4);
    assert.equal(await reasonOf(guess(at, 'secret')), 'authenticated');
    await guessTimes(at, 5);
    assert.equal(await reasonOf(guess(at, 'secret')), 'locked');
    at.store.broken = false;
    await at.ledger.fail('bob');
    assert.deepEqual([...at.store.records.keys()].sort(), ['alice', 'bob']);
  });

  it('survives a flood of other names', async () => {
    const at = guarded(IN_A_ROW);
    await guessTimes(at, 4);
    at.store.broken = true;
    for (let count = 0; count < 120_000; count++) {
      at.ledger.reserve(`flood${count}`);
      at.ledger.fail(`flood${count}`).catch(() => {});
    }
    assert.equal(await reasonOf(guess(at)), 'wrong-credential');
    assert.equal(at.ledger.isLocked('alice'), true);
  });
});

describe('lockout over a restart', () => {
  it('keeps locks and counts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-lockout-'));
    const clock = new ManualClock();
    try {
      const store = await openSqliteStore({ folder, clock });
      const before = new LockoutLedger(IN_A_ROW, clock, storedLockouts(store, 'staff'));
      for (const [name, times] of [
        ['alice', 5],
        ['bob', 4],
        ['__proto__', 5],
      ] as const) {
        for (let count = 0; count < times; count++) {
          before.reserve(name);
          await before.fail(name);
        }
      }
      before.reserve('carol');
      await before.fail('carol');
      await before.succeed('carol');
      await store.commit([
        { bucket: 'lockout:staff', key: 'broken', value: Buffer.from('{'), expect: 'any' },
        { bucket: 'lockout:staff', key: 'strange', value: Buffer.from('{"name":1}'), expect: 'any' },
      ]);
      await store.close();
      clock.advance(10 * MINUTE);

      const reopened = await openSqliteStore({ folder, clock });
      const ledger = new LockoutLedger(IN_A_ROW, clock, storedLockouts(reopened, 'staff'));
      await Promise.all([ledger.load(), ledger.load()]);
      assert.equal(ledger.isLocked('alice'), true);
      assert.equal(ledger.isLocked('__proto__'), true);
      assert.equal(ledger.isLocked('bob'), false);
      assert.equal(ledger.reserve('bob'), 'reserved');
      assert.equal(ledger.reserve('bob'), 'busy');
      assert.equal(ledger.isLocked('carol'), false);
      clock.advance(20 * MINUTE);
      assert.equal(ledger.isLocked('alice'), false);
      await reopened.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('counts a failure from a future that the clock was set back from as one of now', async () => {
    const store = new MemoryLockouts();
    const clock = new ManualClock();
    const later = clock.now() + 365 * 86_400_000;
    store.records.set('alice', { name: 'alice', failures: Array.from({ length: 5 }, () => later), expiresAt: later });
    const ledger = new LockoutLedger(IN_A_ROW, clock, store);
    await ledger.load();
    assert.equal(ledger.isLocked('alice'), true);
    clock.advance(30 * MINUTE);
    assert.equal(ledger.isLocked('alice'), false);
  });
});
