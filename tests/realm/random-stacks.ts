/** A wrong password at random stacks of up to six modules: the run of admission.test.ts, short or long. */
import assert from 'node:assert/strict';
import {
  type ControlFlag,
  LockoutLedger,
  type LoginModuleDefinition,
  lockoutModule,
  type StackEntry,
} from '../../src/realm/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Fixture, fail, oneTimeCode, source } from './realm-fixture.ts';
import { definition } from './scripted-module.ts';

const FLAGS: readonly ControlFlag[] = ['required', 'requisite', 'sufficient', 'optional'];

const NOBODY_LOCKED = {
  async *load() {},
  async save() {},
};

/** A lockout that locks nobody in these tests. */
export const lockout = (clock: ManualClock) =>
  lockoutModule(new LockoutLedger({ failures: 1_000, lock: 60_000 }, clock, NOBODY_LOCKED));

/** Everything that may stand in a stack, misbehaving modules included; none verifies a wrong password. */
const KINDS: readonly ((domain: string, clock: ManualClock) => LoginModuleDefinition)[] = [
  (_, clock) => lockout(clock),
  (domain) => source(domain, { alice: 'plain:right' }),
  (domain) => source(domain, {}),
  (domain) => source(domain, { alice: '!' }),
  (domain) => source(domain, {}, { down: () => true }),
  () => oneTimeCode(),
  () => definition('helper', {}),
  () => definition('helper', { login: () => 'ignored', principals: () => [{ type: 'user', name: 'alice' }] }),
  (domain) => definition('throws', { login: () => Promise.reject(new Error('no')), user: 'alice' }, { domain }),
  (domain) => definition('nonsense', { login: () => true, user: 'alice' }, { domain }),
  (domain) => definition('nothing', { login: () => undefined, user: 'alice' }, { domain }),
  (domain) =>
    definition(
      'liar',
      {
        login: () => fail('wrong-credential'),
        user: 'alice',
        principals: () => [{ type: 'user', name: 'alice' }],
      },
      { domain },
    ),
];

/** A small generator with a seed: the same stacks in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface Tried {
  readonly tried: number;
  /** The stacks that let the wrong password in. */
  readonly admitted: readonly string[];
}

/** The same stacks in every run. */
export async function wrongPasswords(stacks: number): Promise<Tried> {
  const below = numbers(7);
  const admitted: string[] = [];
  let tried = 0;
  for (; tried < stacks; tried++) {
    const clock = new ManualClock();
    const stack = Array.from(
      { length: 1 + below(6) },
      (_, index): StackEntry => ({
        flag: FLAGS[below(FLAGS.length)]!,
        definition: KINDS[below(KINDS.length)]!(`domain${index}`, clock),
        fallThrough: below(4) === 0 ? 'unknown-user' : 'always',
        wrapPrincipals: below(2) === 0,
      }),
    );
    const realm = new Fixture(stack, [], clock);
    const outcome = await realm.login({ name: 'alice', password: 'wrong', code: '123456' });
    if (outcome.kind !== 'refused' && outcome.kind !== 'unavailable') {
      admitted.push(stack.map(({ flag, definition: { use } }) => `${flag} ${use}`).join(', '));
    }
    assert.equal(realm.attempts.length, 1);
  }
  return { tried, admitted };
}
