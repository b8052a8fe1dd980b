/**
 * The `directory` login module: the people of this server's own directory.
 *
 * The directory finds the account by any of its login names and verifies the password with what the realm hands it, so that what a
 * refusal costs is counted in one place. Who was found is told by the account's one canonical name, whatever was typed; its
 * groups are principals with their distinguished names as aliases.
 */
import { z } from 'zod';
import type { Instant, Secret } from '../../base/index.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition, PasswordVerifier } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import { typedLogin } from './typed-login.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export const directoryModuleSchema = z.strictObject({
  use: z.literal('directory').describe("Users of this server's own directory."),
});

export interface AccountRequest {
  readonly passwords: PasswordVerifier;
  readonly now: Instant;
  /** The service that this login alone opens; without it no app-bound password fits. */
  readonly service?: string | undefined;
}

export type AccountAnswer =
  | {
      readonly kind: 'verified';
      /** The one name that the account goes by. */
      readonly name: string;
      readonly groups: readonly { readonly name: string; readonly aliases: readonly string[] }[];
    }
  | { readonly kind: 'unknown-user' | 'wrong-credential' | 'disabled' | 'must-change'; readonly detail: string };

/** What the module asks of a directory. */
export interface DirectoryAccounts {
  /** Rejects when too many derivations wait; never with a wrong password. */
  verify(name: string, password: Secret, request: AccountRequest): Promise<AccountAnswer>;
  /** The stored form that costs most to verify. */
  costlySample(): string | undefined;
  /** The name of every group. */
  knownGroups(): readonly string[];
}

export interface DirectoryModuleSettings {
  /** The login domain. */
  readonly domain: string;
  readonly accounts: DirectoryAccounts;
}

/** Makes the definition of a `directory` module. */
export function directoryModule({ domain, accounts }: DirectoryModuleSettings): LoginModuleDefinition {
  return {
    use: 'directory',
    domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, domain, (asked) => verify(accounts, asked)),
    costlySample: () => accounts.costlySample(),
    knownGroups: () => accounts.knownGroups(),
  };
}

async function verify(accounts: DirectoryAccounts, context: LoginModuleContext): Promise<Verified | LoginFailure> {
  const typed = await typedLogin(context.handler);
  if (typed.kind === 'failure') return typed;
  const { passwords, now, service } = context;
  const answer = await accounts.verify(typed.name, typed.password, { passwords, now, service });
  if (answer.kind !== 'verified') return loginFailure(answer.kind, answer.detail);
  const groups = answer.groups.map(({ name, aliases }) => ({ type: 'group' as const, name, aliases }));
  return { kind: 'verified', name: answer.name, principals: [{ type: 'user', name: answer.name }, ...groups] };
}
