/**
 * Builds one configuration generation: realms with their modules, services with their rules, everything that a new
 * configuration replaces as a whole. All of it is built and started first; only then does the caller swap one reference.
 */
import type { AccessProblem } from '../access/index.ts';
import type { AdminGeneration } from '../admin/index.ts';
import { SecurityRealm, type SecurityRealmOptions, type SessionPolicy, sessionPolicy } from '../realm/index.ts';
import type { WebGeneration } from '../web/index.ts';
import type { Configuration } from './configuration.ts';
import { compileServices } from './guarded-services.ts';
import { buildModule, type ModulePorts } from './login-modules.ts';
import { buildWebGeneration } from './web-generation.ts';

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
  const compiled = compileServices(configuration);
  if (compiled.kind === 'refused') return compiled;
  const realms = new Map<string, SecurityRealm>();
  for (const name of configuration.realms.keys()) realms.set(name, buildRealm(name, configuration, ports));
  const loginRealms = new Map([...realms].map(([name, realm]) => [name, loginRealm(realm)]));
  const { services } = compiled;
  const web = buildWebGeneration({ number, configuration, services, realms: loginRealms, clock: ports.clock });
  const generation: Generation = {
    number,
    configuration,
    web: web.generation,
    admin: { number, realms, services },
    async start() {
      try {
        await startAll([...realms.values()]);
      } catch (error) {
        web.close();
        throw error;
      }
    },
    async close() {
      for (const realm of realms.values()) await realm.close();
      web.close();
    },
  };
  return { kind: 'built', generation };
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
    headers: realm.stack.flatMap(({ definition }) => definition.headers ?? []),
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
