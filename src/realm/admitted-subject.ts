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

interface VerifiedUser {
  readonly name: string;
  readonly domain: string;
}

/** Reads verifiedUser and principals of the modules; what they throw goes to the caller. */
export function admitSubject(realm: string, runs: readonly ModuleRun[], names: LoginNames): Admission {
  const committed = runs.flatMap((run, index) => {
    const { login, commit, module } = run;
    const counts = (login === 'success' || login === 'ignored') && commit === 'success' && module !== undefined;
    return counts ? [{ run, module, position: index + 1 }] : [];
  });
  const users = committed.flatMap(({ run, module }): readonly VerifiedUser[] => {
    const name = run.login === 'success' && run.entry.definition.verifies ? module.verifiedUser?.() : undefined;
    return typeof name === 'string' && name.length > 0 ? [{ name, domain: domainOf(run) }] : [];
  });
  const [user] = users;
  if (user === undefined) return { kind: 'nothing-verified' };
  const keys = new Set(users.map(({ name }) => names.canonical(name)?.key ?? name));
  if (keys.size > 1) return { kind: 'different-users' };

  const principals: Principal[] = [];
  const wrapped: WrappedPrincipal[] = [];
  for (const { run, module, position } of committed) {
    const domain = domainOf(run);
    const origin = { domain, module: `${position}:${run.entry.definition.use}` };
    for (const { type, name, aliases } of module.principals?.() ?? []) {
      const principal: Principal = { type, name, ...origin, ...(aliases === undefined ? {} : { aliases }) };
      principals.push(principal);
      if (run.entry.wrapPrincipals === true) {
        wrapped.push({ wraps: 'domain', domain, principal }, { wraps: 'realm', realm, domain, principal });
      }
    }
  }
  const hasUser = principals.some(({ type }) => type === 'user');
  if (!hasUser) return { kind: 'nothing-verified' };
  return { kind: 'admitted', subject: { realm, domain: user.domain, name: user.name, principals, wrapped } };
}

/** The login domain of a module; its `use` where it represents none. */
export function domainOf({ entry: { definition } }: Pick<ModuleRun, 'entry'>): string {
  return definition.domain ?? definition.use;
}
