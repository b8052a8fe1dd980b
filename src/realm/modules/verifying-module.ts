/**
 * VerifyingModule is the life of a login module that verifies a credential in one question: login asks it and tells
 * the later modules of the login whom it found; commit lets the principals out; abort and logout forget everything.
 *
 * INVARIANT: an answer that comes after the module's time was over is a failure, and nothing of it is shared.
 */
import type { LoginFailure, LoginModule, LoginModuleContext, ModulePrincipal, PhaseResult } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import { setVerifiedUser } from './shared-state.ts';

export interface Verified {
  readonly kind: 'verified';
  /** The user's name as the source spells it. */
  readonly name: string;
  readonly principals: readonly ModulePrincipal[];
}

export type Verify = (context: LoginModuleContext) => Promise<Verified | LoginFailure>;

export class VerifyingModule implements LoginModule {
  readonly #context: LoginModuleContext;
  readonly #domain: string;
  readonly #verify: Verify;
  #verified: Verified | undefined;
  #committed = false;

  constructor(context: LoginModuleContext, domain: string, verify: Verify) {
    this.#context = context;
    this.#domain = domain;
    this.#verify = verify;
  }

  async login(): Promise<PhaseResult> {
    const answer = await this.#verify(this.#context);
    if (answer.kind === 'failure') return answer;
    if (this.#context.signal.aborted) return loginFailure('unavailable', 'the answer came too late');
    this.#verified = answer;
    setVerifiedUser(this.#context.shared, { name: answer.name, domain: this.#domain });
    return 'success';
  }

  commit(): PhaseResult {
    if (this.#verified === undefined) return 'ignored';
    this.#committed = true;
    return 'success';
  }

  abort(): PhaseResult {
    return this.#forget();
  }

  logout(): PhaseResult {
    return this.#forget();
  }

  principals(): readonly ModulePrincipal[] {
    return this.#committed ? (this.#verified?.principals ?? []) : [];
  }

  verifiedUser(): string | undefined {
    return this.#committed ? this.#verified?.name : undefined;
  }

  #forget(): PhaseResult {
    const had = this.#verified !== undefined;
    this.#verified = undefined;
    this.#committed = false;
    return had ? 'success' : 'ignored';
  }
}
