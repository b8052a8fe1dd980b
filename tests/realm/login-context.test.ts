/** LoginContext: JAAS's table (spec: Geronimo 3.1), and what a module may do wrong. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CodedError } from '../../src/base/index.ts';
import { LoginContext, type PhaseResult, type StackEntry } from '../../src/realm/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { contextOfLogin, definition, noCalls, printed, type Script, scriptedStack } from './scripted-module.ts';

const failed = (reason: 'unknown-user' | 'wrong-credential' | 'unavailable'): PhaseResult => ({
  kind: 'failure',
  reason,
  detail: reason,
});

const entry = (flag: StackEntry['flag'], script: Script, more: Partial<StackEntry> = {}): StackEntry => ({
  flag,
  definition: definition('scripted', script),
  ...more,
});

describe('the two phases', () => {
  const TABLE: readonly (readonly [stack: string, result: string, login: string, commit: string, abort: string])[] = [
    ['RT', 'ok', '1', '1', ''],
    ['RF', '0', '1', '', '1'],
    ['OX', '1', '1', '', '1'],
    ['ST,RX', 'ok', '1', '1', ''],
    ['RX,ST', '1', '12', '', '12'],
    ['SX,RT', 'ok', '12', '12', ''],
    ['RT,SX', 'ok', '12', '12', ''],
    ['RT,ST,RT', 'ok', '12', '12', ''],
    ['RX,ST,RT', '1', '123', '', '123'],
    ['OX,OT', 'ok', '12', '12', ''],
    ['OT,OX', 'ok', '12', '12', ''],
    ['OX,OX', '1', '12', '', '12'],
    ['OF,OX', '2', '12', '', '12'],
    ['RT,OX', 'ok', '12', '12', ''],
    ['RX,OT', '1', '12', '', '12'],
    ['SX,OF', '1', '12', '', '12'],
    ['RT,RF', 'ok', '12', '12', ''],
    ['RT,OF', 'ok', '12', '12', ''],
    // FlagsMeaningTest
    ['SX,ST', 'ok', '12', '12', ''],
    ['SF,ST', 'ok', '12', '12', ''],
    ['RX,RT', '1', '12', '', '12'],
    ['QX,QT', '1', '1', '', '12'],
    ['QT,QX', '2', '12', '', '12'],
    ['RT,RX', '2', '12', '', '12'],
    ['RF,RT', 'ok', '12', '12', ''],
    ['QT,QF', 'ok', '12', '12', ''],
    ['QF,QT', 'ok', '12', '12', ''],
    // a commit that fails aborts every module
    ['RT,RTX,RT', '2', '123', '123', '123'],
    ['STF,RTX', '2', '1', '12', '12'],
  ];
  for (const [stack, result, login, commit, abort] of TABLE) {
    it(`${stack} ends ${result}`, () => {
      const calls = noCalls();
      const ended = new LoginContext(scriptedStack(stack, calls), contextOfLogin(), new ManualClock()).login();
      assert.ok(!(ended instanceof Promise));
      assert.deepEqual([printed(ended), calls.login, calls.commit, calls.abort], [result, login, commit, abort]);
    });
  }

  it('answers the same when every phase is a promise', async () => {
    for (const [stack, result, login, commit, abort] of TABLE) {
      const calls = noCalls();
      const slow = scriptedStack(stack, calls).map(
        (at): StackEntry => ({
          ...at,
          definition: {
            ...at.definition,
            create(context) {
              const module = at.definition.create(context);
              return {
                login: async () => module.login(),
                commit: async () => module.commit(),
                abort: async (cause) => module.abort(cause),
                logout: async () => module.logout(),
              };
            },
          },
        }),
      );
      const ended = await new LoginContext(slow, contextOfLogin(), new ManualClock()).login();
      assert.deepEqual([printed(ended), calls.login, calls.commit, calls.abort], [result, login, commit, abort], stack);
    }
  });

  it('tells abort why the login failed', () => {
    const causes: unknown[] = [];
    const stack = [
      entry('optional', { login: () => failed('unknown-user'), abort: (cause: unknown) => void causes.push(cause) }),
      entry('requisite', { login: () => failed('wrong-credential') }),
      entry('required', {}),
    ];
    void new LoginContext(stack, contextOfLogin(), new ManualClock()).login();
    assert.deepEqual(causes, [{ failures: ['unknown-user', 'wrong-credential'] }]);
  });

  it('makes fresh modules for each login, and only those it reaches', () => {
    let made = 0;
    const counting = entry('sufficient', {});
    const create = counting.definition.create.bind(counting.definition);
    const stack = [counting, counting].map((at) => ({
      ...at,
      definition: {
        ...at.definition,
        create(context: Parameters<typeof create>[0]) {
          made++;
          return create(context);
        },
      },
    }));
    for (const expected of [1, 2]) {
      void new LoginContext(stack, contextOfLogin(), new ManualClock()).login();
      assert.equal(made, expected);
    }
  });

  it('serves one login', () => {
    const context = new LoginContext([entry('required', {})], contextOfLogin(), new ManualClock());
    assert.throws(() => context.logout(), { code: 'REALM_CONTEXT_REUSED' });
    void context.login();
    assert.throws(() => context.login(), { code: 'REALM_CONTEXT_REUSED' });
  });
});

describe('a module that misbehaves', () => {
  const reasonOf = async (script: Script) => {
    const ended = await new LoginContext([entry('required', script)], contextOfLogin(), new ManualClock()).login();
    return ended.kind === 'failure' ? ended.failure : ended.kind;
  };
  const WRONG: Record<string, () => unknown> = {
    undefined: () => undefined,
    null: () => null,
    true: () => true,
    'an unknown word': () => 'authenticated',
    'a failure with an unknown reason': () => ({ kind: 'failure', reason: 'tired', detail: '' }),
    'a failure without detail': () => ({ kind: 'failure', reason: 'locked' }),
    'a promise of nothing': () => Promise.resolve(),
    'a promise of true': () => Promise.resolve(true),
    'an answer whose reading throws': () => ({
      get kind() {
        throw new Error('no');
      },
    }),
    'a thenable that throws': () => ({
      // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is the case
      then() {
        throw new Error('no');
      },
    }),
    'a rejection': () => Promise.reject(new Error('no')),
    'a rejection with nothing': () => Promise.reject(undefined),
    'a throw': () => {
      throw new Error('no');
    },
  };
  for (const [what, answer] of Object.entries(WRONG)) {
    it(`fails with reason error on ${what}`, async () => {
      const login = await reasonOf({ login: answer });
      assert.equal(typeof login === 'object' && login.reason, 'error');
      const commit = await reasonOf({ commit: answer });
      assert.equal(typeof commit === 'object' && commit.reason, 'error');
    });
  }

  it('fails when it cannot be made, and still aborts the others', () => {
    const calls = noCalls();
    const [other] = scriptedStack('RT', calls);
    const broken: StackEntry = {
      flag: 'required',
      definition: {
        ...definition('broken', {}),
        create() {
          throw new CodedError('REALM_BROKEN', 'no');
        },
      },
    };
    const ended = new LoginContext([broken, other!], contextOfLogin(), new ManualClock()).login();
    assert.ok(!(ended instanceof Promise) && ended.kind === 'failure');
    assert.equal(ended.failure.reason, 'error');
    assert.match(ended.failure.detail, /^threw REALM_BROKEN/);
    assert.equal(calls.abort, '1');
  });

  it('never quotes the message of what was thrown', async () => {
    const failure = await reasonOf({
      login: () => {
        throw new TypeError('bad value "hunter2"');
      },
    });
    assert.ok(typeof failure === 'object');
    assert.match(failure.detail, /^threw TypeError at login-context\.test\.ts:\d+$/);
  });

  it('takes a full key derivation queue for an outage', async () => {
    const failure = await reasonOf({ login: () => Promise.reject(new CodedError('PASSWORD_BUSY', 'full')) });
    assert.equal(typeof failure === 'object' && failure.reason, 'unavailable');
  });

  it('is not believed when it throws in abort or logout', () => {
    const stack = [
      entry('required', {
        login: () => failed('wrong-credential'),
        abort: () => {
          throw new Error('no');
        },
      }),
    ];
    const ended = new LoginContext(stack, contextOfLogin(), new ManualClock()).login();
    assert.ok(!(ended instanceof Promise) && ended.kind === 'failure');
    assert.equal(ended.failure.reason, 'wrong-credential');
  });
});

describe('a module that is late', () => {
  it('is unavailable after its time-out, and its late answer is dropped', async () => {
    const clock = new ManualClock();
    let answer: (result: PhaseResult) => void = () => {};
    let signal: AbortSignal | undefined;
    const seen: string[] = [];
    const stack = [
      entry(
        'sufficient',
        {
          login: (context) => {
            signal = context.signal;
            return new Promise<PhaseResult>((resolve) => {
              answer = resolve;
            });
          },
          commit: () => void seen.push('commit'),
          abort: () => void seen.push('abort'),
        },
        { timeout: 500 },
      ),
      entry('required', { login: () => failed('wrong-credential') }),
    ];
    const context = new LoginContext(stack, contextOfLogin(), clock);
    const ending = context.login();
    clock.advance(499);
    assert.equal(signal?.aborted, false);
    clock.advance(1);
    assert.equal(signal?.aborted, true);
    const ended = await ending;
    answer('success');
    await turn();
    assert.equal(printed(ended), '2');
    assert.deepEqual(seen, ['abort']);
    const [first] = context.runs();
    assert.deepEqual(first?.login, { kind: 'failure', reason: 'unavailable', detail: 'no answer within 500 ms' });
    assert.equal(first?.took, 500);
  });

  it('is aborted, never committed, when the login succeeds without it', async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    let released = false;
    const stack = [
      entry('optional', {
        login: () => new Promise(() => {}),
        commit: () => void seen.push('commit'),
        abort: async () => {
          seen.push('abort');
          await turn();
          released = true;
          return 'success';
        },
      }),
      entry('required', { abort: () => void seen.push('other abort') }),
    ];
    const ending = new LoginContext(stack, contextOfLogin(), clock).login();
    clock.advance(10_000);
    assert.equal((await ending).kind, 'success');
    assert.deepEqual(seen, ['abort']);
    assert.ok(released, 'abort is awaited');
  });

  it('does not keep a login open when its abort hangs', async () => {
    const clock = new ManualClock();
    const stack = [entry('required', { login: () => failed('unavailable'), abort: () => new Promise(() => {}) })];
    const ending = new LoginContext(stack, contextOfLogin(), clock).login();
    clock.advance(10_000);
    assert.equal(printed(await ending), '1');
  });

  it('gets an aborted signal also when it asks for it too late', async () => {
    const clock = new ManualClock();
    let late: AbortSignal | undefined;
    const stack = [
      entry('required', {
        login: async (context) => {
          await turn();
          late = context.signal;
          return 'success';
        },
      }),
    ];
    const ending = new LoginContext(stack, contextOfLogin(), clock).login();
    clock.advance(10_000);
    await ending;
    await turn();
    await turn();
    assert.equal(late?.aborted, true);
  });
});

describe("fallThrough: unknown-user (Apache's way)", () => {
  const walk = (first: PhaseResult, second: Script = {}) => {
    const stack = [
      entry('sufficient', { login: () => first }, { fallThrough: 'unknown-user' }),
      entry('sufficient', second),
    ];
    const ended = new LoginContext(stack, contextOfLogin(), new ManualClock()).login();
    assert.ok(!(ended instanceof Promise));
    return printed(ended);
  };

  it('asks the next module when there is no such user', () => {
    assert.equal(walk(failed('unknown-user')), 'ok');
  });

  it('takes any other failure as final', () => {
    assert.equal(walk(failed('wrong-credential')), '1');
    assert.equal(walk(failed('unavailable')), '1');
  });

  it('asks the next module when this one ignores the login', () => {
    assert.equal(walk('ignored'), 'ok');
  });
});
