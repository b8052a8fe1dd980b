/**
 * Makes the Subject of a login whose stack committed, from what its modules say about the user.
 *
 * INVARIANT: only a module that verified a credential in this login, and committed, can name the user; a module that
 * failed, was late or was never asked adds nothing, even where JAAS calls its commit.
 */
import type { Principal, Subject, WrappedPrincipal } from '../access/index.ts';
import type { ModuleRun } from './login-context.ts';
import type { LoginNames } from './login-name.ts';

export type Admission =
  | { readonly kind: 'admitted'; readonly subject: Subject }
  | { readonly kind: 'nothing-verified' }
  /** Two modules verified two different people: two factors of two people are no factor. */
  | { readonly kind: 'different-users' };

/** Reads verifiedUser and principals of the modules; what they throw goes to the caller. */
export function admitSubject(realm: string, runs: readonly ModuleRun[], names: LoginNames): Admission {
  let user: { readonly name: string; readonly domain: string } | undefined;
  let hasUser = false;
  const principals: Principal[] = [];
  const wrapped: WrappedPrincipal[] = [];
  for (const [index, run] of runs.entries()) {
    const { login, commit, module, entry } = run;
    if (module === undefined || commit !== 'success' || (login !== 'success' && login !== 'ignored')) continue;
    const domain = domainOf(run);
    const verified = login === 'success' && entry.definition.verifies ? module.verifiedUser?.() : undefined;
    if (typeof verified === 'string' && verified.length > 0) {
      if (user !== undefined && keyOf(names, user.name) !== keyOf(names, verified)) return { kind: 'different-users' };
      user ??= { name: verified, domain };
    }
    const origin = `${index + 1}:${entry.definition.use}`;
    for (const { type, name, aliases } of module.principals?.() ?? []) {
      const plain: Principal = { type, name, domain, module: origin };
      const principal = aliases === undefined ? plain : { ...plain, aliases };
      hasUser ||= type === 'user';
      principals.push(principal);
      if (entry.wrapPrincipals === true) {
        wrapped.push({ wraps: 'domain', domain, principal }, { wraps: 'realm', realm, domain, principal });
      }
    }
  }
  if (user === undefined || !hasUser) return { kind: 'nothing-verified' };
  return { kind: 'admitted', subject: { realm, domain: user.domain, name: user.name, principals, wrapped } };
}

function keyOf(names: LoginNames, name: string): string {
  return names.canonical(name)?.key ?? name;
}

/** The login domain of a module; its `use` where it represents none. */
export function domainOf({ entry: { definition } }: Pick<ModuleRun, 'entry'>): string {
  return definition.domain ?? definition.use;
}
