/**
 * SecurityRealm is an ordered stack of login modules and what a site needs around it: one canonical name, one cost
 * for every refusal, challenges that span requests, and a record of every attempt written before it is answered.
 *
 * INVARIANT: `authenticated` only with a user principal, from a module that verified a credential in this login.
 * INVARIANT: nothing that is thrown, late or malformed below or beside it becomes a pass (security rule 2).
 * See docs/realms.md.
 */
import type { Subject } from '../access/index.ts';
import { type Clock, CodedError, type Secret } from '../base/index.ts';
import { LONGEST_PASSWORD } from '../password/index.ts';
import { admitSubject } from './admitted-subject.ts';
import { type Attempt, type AttemptRecorder, attemptRecord } from './attempt-record.ts';
import type { NameCallback, PasswordCallback } from './callbacks.ts';
import { LiveLogin, type RaisedChallenge, type SentCredentials } from './live-login.ts';
import type { StackEntry } from './login-context.ts';
import type { LoginModuleDefinition, PasswordVerifier } from './login-module.ts';
import { type DomainSpelling, LoginNames } from './login-name.ts';
import type {
  ChallengeAnswer,
  LoginOutcome,
  LoginRequest,
  LoginVerdict,
  RefusalReason,
  Refused,
} from './login-outcome.ts';
import type { ParkedLogins } from './parked-logins.ts';
import { verdictOf } from './realm-verdict.ts';
import { RefusalCost } from './refusal-cost.ts';
import type { SessionValidator } from './session.ts';
import type { StackResult } from './stack-walk.ts';

export interface SecurityRealmOptions {
  readonly name: string;
  /** In the order of the configuration, which is the policy. */
  readonly stack: readonly StackEntry[];
  /** The other spellings of login domains; the domains of the modules are known without. */
  readonly domains: readonly DomainSpelling[];
  /** The rules of the realm's sessions; a login that does not meet them is refused, sessions or not. */
  readonly validators: readonly SessionValidator[];
  readonly clock: Clock;
  readonly passwords: PasswordVerifier;
  readonly recorder: AttemptRecorder;
  /** Shared by all realms and by the generations of the configuration. */
  readonly parked: ParkedLogins<LiveLogin>;
}

export class SecurityRealm {
  readonly name: string;
  readonly stack: readonly StackEntry[];
  readonly clock: Clock;
  readonly #options: SecurityRealmOptions;
  readonly #names: LoginNames;
  readonly #definitions: readonly LoginModuleDefinition[];
  #started: LoginModuleDefinition[] = [];

  /** Throws REALM_DOMAIN_TWICE when two modules represent one login domain. Does no I/O. */
  constructor(options: SecurityRealmOptions) {
    this.name = options.name;
    this.stack = options.stack;
    this.clock = options.clock;
    this.#options = options;
    this.#definitions = options.stack.map(({ definition }) => definition);
    const domains = this.#definitions.flatMap(({ domain }) => (domain === undefined ? [] : [domain]));
    const twice = domains.find((domain, index) => domains.indexOf(domain) !== index);
    if (twice !== undefined) {
      throw new CodedError(
        'REALM_DOMAIN_TWICE',
        `realm ${options.name} has two modules for login domain ${JSON.stringify(twice)}`,
      );
    }
    this.#names = new LoginNames([...domains.map((name) => ({ name })), ...options.domains]);
  }

  /** Opens what the modules need, in order; what was opened is closed again when one fails. */
  async start(): Promise<void> {
    try {
      for (const definition of this.#definitions) {
        this.#started.push(definition);
        await definition.start?.();
      }
    } catch (error) {
      await this.close().catch(() => {});
      throw error;
    }
  }

  /** Closes what was opened, last first; every module, also when one of them fails. */
  async close(): Promise<void> {
    const started = this.#started.reverse();
    this.#started = [];
    const failures: unknown[] = [];
    for (const definition of started) {
      try {
        await definition.close?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new CodedError('REALM_CLOSE', `realm ${this.name} did not close all its modules`, { cause: failures[0] });
    }
  }

  /** Logs in by what the door's handler has. */
  async login(request: LoginRequest): Promise<LoginOutcome> {
    const name: NameCallback = { kind: 'name' };
    const password: PasswordCallback = { kind: 'password' };
    try {
      const asked = request.handler([name, password]);
      if (asked !== undefined) await asked;
    } catch {
      return this.#record(this.#attempt(request), { kind: 'unavailable', domain: request.door });
    }
    const canonical = name.name === undefined ? undefined : this.#names.canonical(name.name);
    const sent: SentCredentials = { name: canonical, password: password.password };
    const cost = new RefusalCost(this.#options.passwords);
    const early = refusedUnasked(name.name, sent);
    if (early !== undefined) {
      const attempt = { ...this.#attempt(request), name: canonical?.key };
      return this.#record(attempt, await this.#atFullCost(early, cost, sent.password));
    }
    const live = new LiveLogin(this, request, sent, cost);
    const ended = live.run();
    return this.#settle(live, ended instanceof Promise ? await ended : ended, this.#attempt(request, live));
  }

  /** Goes on with a login that waits for a one-time code. */
  async answer(answer: ChallengeAnswer): Promise<LoginOutcome> {
    const live = this.#options.parked.take(answer.parkedId, this.name, answer.browserNonce);
    if (live === undefined) {
      const attempt = { ...this.#attempt({ id: answer.id, door: 'challenge' }), parked: true };
      return this.#record(attempt, { kind: 'refused', reason: 'unknown-challenge' });
    }
    const attempt = { ...this.#attempt(live.request, live), id: answer.id, parked: true };
    return this.#settle(live, await live.answer(answer.code), attempt);
  }

  async #settle(live: LiveLogin, ended: StackResult | RaisedChallenge, attempt: Attempt): Promise<LoginOutcome> {
    if (ended.kind === 'challenge') return this.#challenge(live, ended, attempt);
    const verdict = ended.kind === 'success' ? this.#admit(live) : verdictOf(live.context.runs(), ended);
    if (verdict.kind === 'authenticated') {
      const outcome = this.#record(attempt, verdict);
      if (outcome.kind !== 'authenticated') await verdict.logout();
      return outcome;
    }
    if (ended.kind === 'success') await logoutOf(live)();
    return this.#record(attempt, await this.#atFullCost(verdict, live.passwords, live.sent.password));
  }

  #admit(live: LiveLogin): LoginVerdict {
    const runs = live.context.runs();
    try {
      const admission = admitSubject(this.name, runs, this.#names);
      if (admission.kind !== 'admitted') return { kind: 'refused', reason: admission.kind };
      const { subject } = admission;
      if (!this.#isInHours(subject)) return { kind: 'refused', reason: 'outside-hours' };
      return { kind: 'authenticated', subject, logout: logoutOf(live) };
    } catch {
      // A module that verified and then cannot say whom: nothing is known.
      return { kind: 'unavailable', domain: this.name };
    }
  }

  #isInHours(subject: Subject): boolean {
    const { validators, clock } = this.#options;
    if (validators.length === 0) return true;
    const now = clock.now();
    return validators.every((validator) => validator.isValid({ subject }, now));
  }

  #challenge(live: LiveLogin, raised: RaisedChallenge, attempt: Attempt): LoginOutcome {
    live.park();
    const parkedId = this.#options.parked.park(live);
    const verdict: LoginVerdict =
      parkedId === undefined
        ? { kind: 'unavailable', domain: this.name }
        : { kind: 'challenged', factor: raised.callback.factor, parkedId };
    const outcome = this.#record({ ...attempt, parked: true }, verdict);
    if (outcome.kind !== 'challenged') {
      if (parkedId !== undefined) this.#options.parked.take(parkedId, this.name, live.browserNonce);
      live.giveUp();
    }
    return outcome;
  }

  /** Spends what a wrong password would have cost; a queue that is full for it is an outage like any other. */
  async #atFullCost(verdict: LoginVerdict, cost: RefusalCost, password: Secret | undefined): Promise<LoginVerdict> {
    if (password === undefined || password.octets > LONGEST_PASSWORD) return verdict;
    try {
      await cost.settle(this.#definitions, password);
      return verdict;
    } catch {
      return verdict.kind === 'unavailable' ? verdict : { kind: 'unavailable', domain: 'password' };
    }
  }

  #attempt(request: Pick<LoginRequest, 'id' | 'door' | 'service' | 'client'>, live?: LiveLogin): Attempt {
    const runs = live?.context.runs() ?? [];
    return { id: request.id, realm: this.name, request, name: live?.sent.name?.key, runs, parked: false };
  }

  #record(attempt: Attempt, verdict: LoginVerdict): LoginOutcome {
    try {
      return { ...verdict, id: this.#options.recorder.record(attemptRecord(attempt, verdict)) };
    } catch {
      return { kind: 'unavailable', domain: 'audit', id: undefined };
    }
  }
}

/** What no module is asked about. */
function refusedUnasked(typed: string | undefined, sent: SentCredentials): Refused | undefined {
  const refused = (reason: RefusalReason): Refused => ({ kind: 'refused', reason });
  if (sent.password?.isEmpty === true) return refused('empty-password');
  if (sent.password !== undefined && sent.password.octets > LONGEST_PASSWORD) return refused('long-password');
  return typed !== undefined && sent.name === undefined ? refused('malformed-name') : undefined;
}

function logoutOf(live: LiveLogin): () => Promise<void> {
  return async () => {
    await live.context.logout();
  };
}
