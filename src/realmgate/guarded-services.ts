/**
 * Compiles the services of a configuration to what decides about them: each with its realm and its admission rule.
 * Pure; the same configuration gives the same rules in every process.
 */
import { type AccessConfiguration, AccessPolicy, type AccessProblem, compileAdmissionRule } from '../access/index.ts';
import type { GuardedService } from '../admin/index.ts';
import { DEFAULT_GROUPS_DOMAIN } from '../realm/index.ts';
import type { Configuration } from './configuration.ts';
import type { ModuleOptions } from './login-modules.ts';

export type CompiledServices =
  | { readonly kind: 'compiled'; readonly services: ReadonlyMap<string, GuardedService> }
  | { readonly kind: 'refused'; readonly problems: readonly AccessProblem[] };

export function compileServices(configuration: Configuration): CompiledServices {
  const { policy, problems } = AccessPolicy.compile(accessConfiguration(configuration));
  const found = [...problems];
  const services = new Map<string, GuardedService>();
  for (const [name, options] of configuration.services) {
    const compiled = compileAdmissionRule(policy, options.realm, options, ['services', name]);
    if (compiled.kind === 'refused') found.push(...compiled.problems);
    else services.set(name, { realm: options.realm, rule: compiled.rule });
  }
  return found.length > 0 ? { kind: 'refused', problems: found } : { kind: 'compiled', services };
}

/** What the access rules need to know of the realms. */
export function accessConfiguration(configuration: Configuration): AccessConfiguration {
  const { domains, roles, realms } = configuration;
  return {
    domains,
    roles,
    realms: new Map(
      [...realms].map(([name, { modules }]) => [
        name,
        {
          loginDomains: modules.flatMap((module) => loginDomainOf(module) ?? []),
          wrappingDomains: modules.flatMap((module) =>
            'wrapPrincipals' in module && module.wrapPrincipals ? (loginDomainOf(module) ?? []) : [],
          ),
        },
      ]),
    ),
  };
}

/** The login domain whose principals a module adds; undefined for one that adds none. */
export function loginDomainOf(module: ModuleOptions): string | undefined {
  if (module.use === 'groups') return module.domain ?? DEFAULT_GROUPS_DOMAIN;
  return 'domain' in module ? module.domain : undefined;
}
