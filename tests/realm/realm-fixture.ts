/** A SecurityRealm with small sources of its own, and everything written down that it does. */
import type { AttemptRecord, AuditId } from '../../src/audit/index.ts';
import { Secret, systemRandom } from '../../src/base/index.ts';
import {
  type CallbackHandler,
  type DomainSpelling,
  type LoginModule,
  type LoginModuleContext,
  type LoginModuleDefinition,
  type LoginOutcome,
  type LoginRequest,
  ParkedLogins,
  type PasswordCallback,
  type PhaseResult,
  SecurityRealm,
  type SessionValidator,
  type StackEntry,
} from '../../src/realm/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const fail = (reason: (PhaseResult & object)['reason']): PhaseResult => ({
  kind: 'failure',
  reason,
  detail: reason,
});

/** Name and password as the handler of a door has them. */
export async function sent(context: LoginModuleContext): Promise<{ name: string | undefined; password: string }> {
  const name: { kind: 'name'; name?: string } = { kind: 'name' };
  const password: PasswordCallback = { kind: 'password' };
  await context.handler([name, password]);
  return { name: name.name, password: password.password?.reveal() ?? '' };
}

/** A source with the given users and passwords, groups included; stored passwords are verified as `plain:`. */
export function source(
  domain: string,
  users: Readonly<Record<string, string>>,
  extra: { groups?: readonly string[]; down?: () => boolean; sample?: string; use?: string } = {},
): LoginModuleDefinition {
  const known = new Map(Object.entries(users));
  return {
    use: extra.use ?? 'source',
    domain,
    verifies: true,
    ...(extra.sample === undefined ? {} : { costlySample: () => extra.sample }),
    create(context): LoginModule {
      let user: string | undefined;
      return {
        async login() {
          const { name, password } = await sent(context);
          if (extra.down?.() === true) return fail('unavailable');
          const stored = known.get(name ?? '');
          if (stored === undefined) return fail('unknown-user');
          const verdict = await context.passwords.verify(stored, new Secret(password));
          if (verdict !== 'match') return fail(verdict === 'unusable' ? 'disabled' : 'wrong-credential');
          user = name;
          return 'success';
        },
        commit: () => (user === undefined ? 'ignored' : 'success'),
        abort: () => 'success',
        logout: () => 'success',
        principals: () => [
          { type: 'user', name: user ?? '' },
          ...(extra.groups ?? []).map((name) => ({ type: 'group' as const, name })),
        ],
        verifiedUser: () => user,
      };
    },
  };
}

/** Asks for a one-time code, which is right when it is 123456. Verifies no user by itself. */
export function oneTimeCode(): LoginModuleDefinition {
  return {
    use: 'one-time-code',
    domain: undefined,
    verifies: false,
    create: (context): LoginModule => ({
      async login() {
        const callback: { kind: 'one-time-code'; factor: 'totp'; code?: string } = {
          kind: 'one-time-code',
          factor: 'totp',
        };
        await context.handler([callback]);
        if (callback.code === undefined) return fail('missing-credential');
        return callback.code === '123456' ? 'success' : fail('wrong-credential');
      },
      commit: () => 'success',
      abort: () => 'success',
      logout: () => 'success',
    }),
  };
}

export interface Login {
  name?: string;
  password?: string;
  code?: string;
  browserNonce?: string;
  counted?: boolean;
}

export interface Verification {
  readonly stored: string;
  readonly password: string;
}

export class Fixture {
  readonly clock = new ManualClock();
  /** The record that speaks for every attempt; its own by default. */
  foldedInto: AuditId | undefined;
  readonly attempts: AttemptRecord[] = [];
  readonly verifications: Verification[] = [];
  readonly parked: ParkedLogins<never>;
  readonly realm: SecurityRealm;
  auditFails = false;
  busy = false;
  #ids = 0;

  constructor(
    stack: readonly StackEntry[],
    domains: readonly DomainSpelling[] = [],
    clock?: ManualClock,
    validators: readonly SessionValidator[] = [],
  ) {
    if (clock !== undefined) this.clock = clock;
    const parked = new ParkedLogins<never>(this.clock, systemRandom);
    this.parked = parked;
    this.realm = new SecurityRealm({
      name: 'staff',
      stack,
      domains,
      validators,
      clock: this.clock,
      parked,
      passwords: {
        verify: async (stored, password) => {
          if (this.busy) throw Object.assign(new Error('full'), { code: 'PASSWORD_BUSY' });
          this.verifications.push({ stored, password: password.reveal() });
          if (stored === '!') return 'unusable';
          return stored === `plain:${password.reveal()}` || stored.endsWith(`#${password.reveal()}`)
            ? 'match'
            : 'mismatch';
        },
      },
      recorder: {
        record: (attempt) => {
          if (this.auditFails) throw new Error('disk full');
          this.attempts.push(attempt);
          return this.foldedInto ?? attempt.id;
        },
      },
    });
  }

  id(): AuditId {
    return `attempt-${++this.#ids}` as AuditId;
  }

  login(login: Login): Promise<LoginOutcome> {
    const request: LoginRequest = {
      id: this.id(),
      door: 'form',
      client: '192.0.2.1',
      handler: handlerOf(login),
      counted: login.counted ?? true,
      now: this.clock.now(),
      ...(login.browserNonce === undefined ? {} : { browserNonce: login.browserNonce }),
    };
    return this.realm.login(request);
  }

  answer(parkedId: string, code: string, browserNonce = 'nonce'): Promise<LoginOutcome> {
    return this.realm.answer({ id: this.id(), parkedId, code, browserNonce });
  }
}

export function handlerOf(login: Login): CallbackHandler {
  return (callbacks) => {
    for (const callback of callbacks) {
      if (callback.kind === 'name' && login.name !== undefined) callback.name = login.name;
      if (callback.kind === 'password' && login.password !== undefined) {
        callback.password = new Secret(login.password);
      }
      if (callback.kind === 'one-time-code' && login.code !== undefined) callback.code = login.code;
    }
    return undefined;
  };
}
