/**
 * StackWalk judges the answers of a stack of login modules under their control flags, one phase at a time.
 *
 * It is the one place that knows what the flags mean: LoginContext drives it with live modules, walkStack with
 * recorded answers (the explanation of a login), so that the two can never disagree.
 * Semantics: JDK javax.security.auth.login.LoginContext.invoke; `fallThrough: unknown-user` is Apache's addition.
 * See docs/realms.md, "Control flags".
 */
import type { ControlFlag, LoginFailure, PhaseResult } from './login-module.ts';

/**
 * What a failure means for the modules after this one.
 * always        JAAS: the control flag alone decides
 * unknown-user  Apache: only "no such user" lets the next module be asked; any other failure is final
 */
export type FallThrough = 'always' | 'unknown-user';

/** What of a configured module decides the walk. */
export interface StackPosition {
  readonly flag: ControlFlag;
  /** Default: `always`. */
  readonly fallThrough?: FallThrough | undefined;
}

/** The result of one phase over the whole stack. */
export type StackResult =
  | { readonly kind: 'success' }
  | {
      readonly kind: 'failure';
      readonly failure: LoginFailure;
      /** The module whose failure is reported, from 1; 0 when no module answered anything but `ignored`. */
      readonly position: number;
    };

/** Login and commit stop early; abort and logout go to every module whatever it answers. */
export type WalkKind = 'stopping' | 'exhaustive';

const SUCCESS: StackResult = { kind: 'success' };
const ALL_IGNORED: StackResult = {
  kind: 'failure',
  failure: { kind: 'failure', reason: 'missing-credential', detail: 'all modules ignored' },
  position: 0,
};

export class StackWalk {
  readonly kind: WalkKind;
  #position = 0;
  #succeeded = false;
  #required: StackResult | undefined;
  #first: StackResult | undefined;
  #stopped: StackResult | undefined;

  constructor(kind: WalkKind) {
    this.kind = kind;
  }

  /** Takes the next module's answer. True when the walk ends with it. */
  take(at: StackPosition, answer: PhaseResult): boolean {
    this.#position++;
    if (answer === 'ignored') return false;
    if (answer === 'success') {
      this.#succeeded = true;
      if (at.flag !== 'sufficient' || this.kind === 'exhaustive' || this.#required !== undefined) return false;
      this.#stopped = SUCCESS;
      return true;
    }
    return this.#takeFailure(at, { kind: 'failure', failure: answer, position: this.#position });
  }

  /** What the phase came to; asked once the walk stopped or every module has answered. */
  result(): StackResult {
    if (this.#stopped !== undefined) return this.#stopped;
    if (this.#required !== undefined) return this.#required;
    if (this.#succeeded) return SUCCESS;
    return this.#first ?? ALL_IGNORED;
  }

  #takeFailure(at: StackPosition, failed: StackResult & { readonly kind: 'failure' }): boolean {
    const final =
      at.flag === 'requisite' || (at.fallThrough === 'unknown-user' && failed.failure.reason !== 'unknown-user');
    if (final && this.kind === 'stopping') {
      this.#stopped = this.#required ?? failed;
      return true;
    }
    if (at.flag === 'required' || at.flag === 'requisite') this.#required ??= failed;
    else this.#first ??= failed;
    return false;
  }
}

/** What walkStack found out. */
export interface WalkedStack {
  /** `undefined` when the walk came to a module whose answer is not known. */
  readonly result: StackResult | undefined;
  /** How many modules were asked. */
  readonly reached: number;
}

/** The login walk over recorded answers; `undefined` stands for a module that was never asked. Pure. */
export function walkStack(stack: readonly StackPosition[], answers: readonly (PhaseResult | undefined)[]): WalkedStack {
  const walk = new StackWalk('stopping');
  let reached = 0;
  for (const at of stack) {
    const answer = answers[reached];
    if (answer === undefined) return { result: undefined, reached };
    reached++;
    if (walk.take(at, answer)) break;
  }
  return { result: walk.result(), reached };
}
