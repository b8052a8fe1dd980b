/**
 * Builds one configuration generation: realms with their modules, services with their rules, everything that a new
 * configuration replaces as a whole. All of it is built and started first; only then does the caller swap one reference.
 */
import { type AccessConfiguration, AccessPolicy, type AccessProblem, compileAdmissionRule } from '../access/index.ts';
import type { AdminGeneration, GuardedService } from '../admin/index.ts';
import {
  DEFAULT_GROUPS_DOMAIN,
  SecurityRealm,
  type SecurityRealmOptions,
  type SessionPolicy,
  sessionPolicy,
} from '../realm/index.ts';
import {
  buildService,
  gateCookies,
  protectNames,
  type Service,
  ServiceTable,
  type WebGeneration,
} from '../web/index.ts';
import type { Configuration } from './configuration.ts';
import { buildModule, type ModuleOptions, type ModulePorts } from './login-modules.ts';

export interface GenerationPorts extends ModulePorts {
  readonly recorder: SecurityRealmOptions['recorder'];
  readonly parked: SecurityRealmOptions['parked'];
}

/** Everything that changes with the configuration. */
export interface Generation {
  readonly number: number;
  readonly configuration: Configuration;
  readonly web: WebGeneration;
  readonly admin: AdminGeneration;
  /** Opens files and pools; when one cannot be opened, closes the others and throws. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export type GenerationBuild =
  | { readonly kind: 'built'; readonly generation: Generation }
  | { readonly kind: 'refused'; readonly problems: readonly AccessProblem[] };

/** Does no I/O. */
export function buildGeneration(number: number, configuration: Configuration, ports: GenerationPorts): GenerationBuild {
  const { policy, problems } = AccessPolicy.compile(accessConfiguration(configuration));
  const found = [...problems];
  const publicOrigin = configuration.listen.web?.publicUrl ?? 'http://127.0.0.1';
  const services: Service[] = [];
  const guarded = new Map<string, GuardedService>();
  for (const [name, options] of configuration.services) {
    const compiled = compileAdmissionRule(policy, options.realm, options, ['services', name]);
    if (compiled.kind === 'refused') found.push(...compiled.problems);
    else {
      services.push(buildService(name, options, compiled.rule, { clock: ports.clock, publicOrigin }));
      guarded.set(name, { realm: options.realm, rule: compiled.rule });
    }
  }
  if (found.length > 0) return { kind: 'refused', problems: found };

  const realms = new Map<string, SecurityRealm>();
  for (const name of configuration.realms.keys()) realms.set(name, buildRealm(name, configuration, ports));
  const web: WebGeneration = {
    number,
    services: new ServiceTable(services),
    realms: new Map([...realms].map(([name, realm]) => [name, loginRealm(realm)])),
    trusted: { contains: (address) => configuration.trustedProxies.some((range) => range.contains(address)) },
    protectedNames: protectNames(),
    publicOrigin,
    cookies: gateCookies(realms.keys(), publicOrigin.startsWith('https:')),
  };
  const generation: Generation = {
    number,
    configuration,
    web,
    admin: { number, realms, services: guarded },
    start: () => startAll([...realms.values()]),
    async close() {
      for (const realm of realms.values()) await realm.close();
      for (const service of services) service.upstream?.close();
    },
  };
  return { kind: 'built', generation };
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

function buildRealm(name: string, configuration: Configuration, ports: GenerationPorts): SecurityRealm {
  const { modules, sessions } = configuration.realms.get(name)!;
  return new SecurityRealm({
    name,
    stack: modules.map((options) => ({
      definition: buildModule(name, options, ports),
      flag: options.flag,
      timeout: options.timeLimit,
      ...('fallThrough' in options && { fallThrough: options.fallThrough }),
      ...('wrapPrincipals' in options && { wrapPrincipals: options.wrapPrincipals }),
    })),
    domains: [...configuration.domains].map(([domain, { dns }]) => ({ name: domain, dns })),
    validators: sessionPolicy(sessions).validators,
    clock: ports.clock,
    passwords: ports.passwords,
    recorder: ports.recorder,
    parked: ports.parked,
  });
}

/** What each realm says about the sessions that begin in it. */
export function sessionPolicies({ realms }: Configuration): ReadonlyMap<string, SessionPolicy> {
  return new Map([...realms].map(([name, { sessions }]) => [name, sessionPolicy(sessions)]));
}

/** A realm as the web doors see it. */
function loginRealm(realm: SecurityRealm) {
  return {
    login: (request: Parameters<SecurityRealm['login']>[0]) => realm.login(request),
    answer: (answer: Parameters<SecurityRealm['answer']>[0]) => realm.answer(answer),
    takesCertificates: realm.stack.some(({ definition }) => definition.use === 'certificate'),
    loginHeaders: realm.stack.flatMap(({ definition }) => definition.loginHeader ?? []),
  };
}

async function startAll(realms: readonly SecurityRealm[]): Promise<void> {
  const started: SecurityRealm[] = [];
  try {
    for (const realm of realms) {
      started.push(realm);
      await realm.start();
    }
  } catch (error) {
    for (const realm of started) await realm.close().catch(() => {});
    throw error;
  }
}
