/**
 * LoginContext runs one login through a stack of modules in JAAS's two phases: login, then commit when the stack
 * let the user in, abort otherwise; and logout later.
 *
 * Exact JAAS, call order included (JDK javax.security.auth.login.LoginContext; tests/interop/jaas.test.ts compares):
 * the commit walk stops at a SUFFICIENT success like the login walk; abort goes to every configured module, also to
 * ones never reached, which are made for it; logout goes to every module.
 * Beyond JAAS: a phase may answer with a promise. Only then is anything awaited and a time-out armed, so that a
 * stack of synchronous modules costs no turn of the event loop.
 *
 * INVARIANT: a module whose time was over is never committed. Its late answer is dropped, its signal is aborted and
 * its `abort` is awaited, also when the login as a whole succeeds.
 * See docs/realms.md, "The two phases".
 */
import { type Clock, CodedError, type Milliseconds, type Timer } from '../base/index.ts';
import type { FailureReason, LoginFailure, LoginModule, LoginModuleDefinition, PhaseResult } from './login-module.ts';
import { type ContextOfLogin, ModuleContext } from './module-context.ts';
import { failureOfThrown, isThenable, judgeAnswer, loginFailure } from './phase-answer.ts';
import { type StackPosition, type StackResult, StackWalk } from './stack-walk.ts';

/** A module at its place in a realm's stack. */
export interface StackEntry extends StackPosition {
  readonly definition: LoginModuleDefinition;
  /** Adds DomainPrincipals and RealmPrincipals for what the module adds. Default: false. */
  readonly wrapPrincipals?: boolean | undefined;
  /** How long one phase of this module may take. Default: ten seconds. */
  readonly timeout?: Milliseconds | undefined;
}

export const DEFAULT_MODULE_TIMEOUT: Milliseconds = 10_000;

/** What one module did in this login. */
export interface ModuleRun {
  readonly entry: StackEntry;
  /** The answer of its login phase; undefined when it was never asked. */
  readonly login: PhaseResult | undefined;
  /** The answer of its commit phase; undefined when it was never asked. */
  readonly commit: PhaseResult | undefined;
  /** How long its login phase took, the wait for a person included. */
  readonly took: Milliseconds;
  readonly module: LoginModule | undefined;
}

/** A module that holds something for the time of a login (lockout) gives it back while a person is asked. */
export interface ParkableModule extends LoginModule {
  /** The login waits for a person from now on. */
  park(): void;
  /** The person answered; a failure ends the login. */
  resume(): PhaseResult;
}

/** Asked between login and commit; a failure turns a stack that succeeded into one that is aborted. JAAS has none. */
export type Veto = (context: LoginContext) => LoginFailure | undefined;

interface Slot {
  readonly entry: StackEntry;
  readonly context: ModuleContext;
  module: LoginModule | undefined;
  login: PhaseResult | undefined;
  commit: PhaseResult | undefined;
  took: Milliseconds;
  timedOut: boolean;
}

/** A phase that has not answered yet. */
interface Pending {
  readonly settle: (answer: PhaseResult) => void;
  readonly slot: Slot;
  timer: Timer | undefined;
}

type Phase = 'login' | 'commit' | 'abort' | 'tidy' | 'logout';

export class LoginContext {
  readonly #clock: Clock;
  readonly #slots: readonly Slot[];
  readonly #veto: Veto | undefined;
  #phase: Phase = 'login';
  #index = 0;
  /** When the module before this one had answered. */
  #mark: Milliseconds = 0;
  #walk = new StackWalk('stopping');
  #outcome: StackResult | undefined;
  #pending: Pending | undefined;
  #begun = false;
  #parked = false;
  #givenUp = false;
  #ranOut = false;

  constructor(entries: readonly StackEntry[], login: ContextOfLogin, clock: Clock, veto?: Veto) {
    this.#clock = clock;
    this.#veto = veto;
    this.#slots = entries.map((entry) => ({
      entry,
      context: new ModuleContext(login, entry.definition),
      module: undefined,
      login: undefined,
      commit: undefined,
      took: 0,
      timedOut: false,
    }));
  }

  /** Runs login and commit, or login and abort. Once only. */
  login(): StackResult | Promise<StackResult> {
    if (this.#begun) throw new CodedError('REALM_CONTEXT_REUSED', 'a login context serves one login');
    this.#begun = true;
    this.#mark = this.#clock.monotonic();
    return this.#run();
  }

  /** Tells every module that the session ended; fails when one failed or all ignored it (JAAS). */
  logout(): StackResult | Promise<StackResult> {
    if (this.#outcome === undefined) throw new CodedError('REALM_CONTEXT_REUSED', 'logout called before login');
    this.#enter('logout');
    return this.#run();
  }

  /** What every module did, in stack order. */
  runs(): readonly ModuleRun[] {
    return this.#slots;
  }

  /** A person is being asked: the time-out of the waiting module stands still and modules give back what they hold. */
  park(): void {
    this.#parked = true;
    this.#pending?.timer?.cancel();
    for (const { module } of this.#slots) if (isParkable(module)) module.park();
  }

  /** The person answered. A failure says that the login may not go on; the caller then gives it up. */
  resume(): PhaseResult {
    this.#parked = false;
    for (const { module } of this.#slots) {
      if (!isParkable(module)) continue;
      const answer = resumeSafely(module);
      if (typeof answer === 'object') return answer;
    }
    if (this.#pending !== undefined) this.#arm(this.#pending);
    return 'success';
  }

  /** Ends a login that waits: the walk stops with the failure and every module is aborted. */
  giveUp(failure: LoginFailure): void {
    const pending = this.#pending;
    if (pending === undefined || this.#outcome !== undefined) return;
    this.#parked = false;
    this.#givenUp = true;
    this.#outcome = { kind: 'failure', failure, position: this.#index + 1 };
    pending.slot.context.over();
    pending.settle(failure);
  }

  #run(): StackResult | Promise<StackResult> {
    for (;;) {
      while (this.#index < this.#slots.length) {
        const slot = this.#slots[this.#index]!;
        const answer = this.#call(slot);
        if (answer instanceof Promise) {
          return answer.then((settled) => {
            this.#take(slot, settled);
            return this.#run();
          });
        }
        this.#take(slot, answer);
      }
      const result = this.#finish();
      if (result !== undefined) return result;
    }
  }

  /** Records an answer and moves on; a walk that stops moves to the end. */
  #take(slot: Slot, answer: PhaseResult): void {
    if (this.#phase === 'login') {
      slot.login = answer;
      const now = this.#clock.monotonic();
      slot.took = now - this.#mark;
      this.#mark = now;
    } else if (this.#phase === 'commit') slot.commit = answer;
    const stop = this.#walk.take(slot.entry, answer) || (this.#givenUp && this.#walk.kind === 'stopping');
    this.#index = stop ? this.#slots.length : this.#index + 1;
  }

  /** The phase is over: enters the next, or says what the whole came to. */
  #finish(): StackResult | undefined {
    switch (this.#phase) {
      case 'login': {
        this.#outcome ??= this.#login();
        return this.#enter(this.#outcome === undefined ? 'commit' : 'abort');
      }
      case 'commit': {
        this.#outcome ??= this.#walk.result();
        if (this.#outcome.kind === 'failure') return this.#enter('abort');
        return this.#ranOut ? this.#enter('tidy') : this.#outcome;
      }
      case 'logout':
        return this.#walk.result();
      default:
        return this.#outcome;
    }
  }

  /** The failure of the login walk; undefined when the modules may commit. */
  #login(): StackResult | undefined {
    const result = this.#walk.result();
    if (result.kind === 'failure') return result;
    const failure = this.#veto?.(this);
    return failure && { kind: 'failure', failure, position: 0 };
  }

  #enter(phase: Phase): undefined {
    this.#phase = phase;
    this.#index = 0;
    this.#walk = new StackWalk(phase === 'commit' ? 'stopping' : 'exhaustive');
  }

  #call(slot: Slot): PhaseResult | Promise<PhaseResult> {
    try {
      const given = this.#invoke(slot);
      return isThenable(given) ? this.#wait(slot, given) : judgeAnswer(given);
    } catch (error) {
      return failureOfThrown(error);
    }
  }

  #invoke(slot: Slot): unknown {
    if (this.#phase === 'tidy' && !slot.timedOut) return 'ignored';
    if (this.#phase === 'commit' && slot.timedOut) return 'ignored';
    slot.module ??= slot.entry.definition.create(slot.context);
    switch (this.#phase) {
      case 'login':
        return slot.module.login();
      case 'commit':
        return slot.module.commit();
      case 'logout':
        return slot.module.logout();
      default:
        return slot.module.abort({ failures: this.#failures() });
    }
  }

  #failures(): readonly FailureReason[] {
    return this.#slots.flatMap(({ login }) => (typeof login === 'object' ? [login.reason] : []));
  }

  #wait(slot: Slot, given: PromiseLike<unknown>): Promise<PhaseResult> {
    return new Promise((resolve) => {
      const settle = (answer: PhaseResult) => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        pending.timer?.cancel();
        resolve(answer);
      };
      const pending: Pending = { settle, slot, timer: undefined };
      this.#pending = pending;
      if (!this.#parked) this.#arm(pending);
      const fail = (error: unknown) => settle(failureOfThrown(error));
      try {
        given.then((answer) => settle(judgeAnswer(answer)), fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  #arm(pending: Pending): void {
    const timeout = pending.slot.entry.timeout ?? DEFAULT_MODULE_TIMEOUT;
    pending.timer = this.#clock.after(timeout, () => {
      pending.slot.timedOut = true;
      this.#ranOut = true;
      pending.slot.context.over();
      pending.settle(loginFailure('unavailable', `no answer within ${timeout} ms`));
    });
  }
}

function resumeSafely(module: ParkableModule): PhaseResult {
  try {
    return judgeAnswer(module.resume());
  } catch (error) {
    return failureOfThrown(error);
  }
}

function isParkable(module: LoginModule | undefined): module is ParkableModule {
  return module !== undefined && 'park' in module && 'resume' in module;
}
