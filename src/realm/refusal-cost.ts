/**
 * RefusalCost makes every refusal cost the key derivation that a wrong password costs, whatever its cause, so that
 * unknown, wrong, disabled and locked cannot be told apart by time (security rule 7).
 *
 * Modules verify through it, and it counts what they spent. What was not spent on a stored password is spent on a
 * sample; a success costs its own scheme and nothing more. See docs/realms.md, "What a refusal costs".
 */
import type { Secret } from '../base/index.ts';
import { STANDARD_SAMPLE, schemeOf } from '../password/index.ts';
import type { LoginModuleDefinition, PasswordVerifier } from './login-module.ts';

export class RefusalCost implements PasswordVerifier {
  readonly #passwords: PasswordVerifier;
  #spent = -1;

  constructor(passwords: PasswordVerifier) {
    this.#passwords = passwords;
  }

  async verify(stored: string, password: Secret): Promise<'match' | 'mismatch' | 'unusable'> {
    const verdict = await this.#passwords.verify(stored, password);
    // An unusable form was found out without deriving anything.
    if (verdict !== 'unusable') this.#spent = Math.max(this.#spent, costOf(stored));
    return verdict;
  }

  /** Spends on a sample what the modules did not. Rejects with PASSWORD_BUSY when the queue is full. */
  async settle(definitions: readonly LoginModuleDefinition[], password: Secret): Promise<void> {
    const sample = costliestSample(definitions);
    if (this.#spent < costOf(sample)) await this.#passwords.verify(sample, password);
  }
}

function costOf(stored: string): number {
  return schemeOf(stored)?.cost ?? -1;
}

function costliestSample(definitions: readonly LoginModuleDefinition[]): string {
  let costliest: string | undefined;
  for (const definition of definitions) {
    const sample = definition.costlySample?.();
    if (sample === undefined) continue;
    if (costliest === undefined || costOf(sample) > costOf(costliest)) costliest = sample;
  }
  return costliest === undefined || costOf(costliest) < 0 ? STANDARD_SAMPLE : costliest;
}
