/** `realmgate check`: everything that can be known of a configuration without serving it. */
import { lintAccess } from '../access/index.ts';
import { messageOf, silentLogger, systemClock } from '../base/index.ts';
import type { CheckReport } from '../cli/index.ts';
import { formatProblem, loadConfiguration } from '../config/index.ts';
import {
  groupsModule,
  htpasswdModule,
  type LoginModuleDefinition,
  lintRealm,
  propertiesModule,
} from '../realm/index.ts';
import { checkDirectory } from './check-directory.ts';
import { type Configuration, configurationSchema } from './configuration.ts';
import { accessConfiguration, loginDomainOf } from './guarded-services.ts';
import { type Finding, lintConfiguration } from './lint-configuration.ts';
import type { ModuleOptions } from './login-modules.ts';
import { readTls } from './tls-files.ts';

export async function checkConfiguration(paths: readonly string[]): Promise<CheckReport> {
  const loaded = await loadConfiguration({ paths, environment: process.env, schema: configurationSchema });
  if (loaded.kind === 'refused') {
    return { errors: loaded.problems.map(formatProblem), warnings: [], realms: 0, services: 0 };
  }
  const { value: configuration, problemAt } = loaded;
  const found: Finding[] = [
    ...[...configuration.realms].flatMap(([name, realm]) => lintRealm(realm, ['realms', name])),
    ...lintAccess({
      configuration: accessConfiguration(configuration),
      services: new Map(
        [...configuration.services].map(([name, service]) => [name, { realm: service.realm, admission: service }]),
      ),
      knownGroups: await knownGroups(configuration),
    }),
    ...lintConfiguration(configuration),
    ...(await checkDirectory(configuration)),
    ...(await tlsFindings(configuration)),
  ];
  const lines = (severity: Finding['severity']) =>
    found
      .filter((problem) => problem.severity === severity)
      .map(({ keys, message }) => formatProblem(problemAt(keys, message)));
  return {
    errors: lines('error'),
    warnings: [...loaded.warnings.map(formatProblem), ...lines('warning')],
    realms: configuration.realms.size,
    services: configuration.services.size,
  };
}

/** What would keep a listener from serving TLS. */
async function tlsFindings({ listen: { web, ldap, ldaps } }: Configuration): Promise<Finding[]> {
  const listeners = { web, ldap, ldaps };
  const findings = Object.entries(listeners).map(async ([name, section]): Promise<Finding[]> => {
    try {
      if (section?.tls !== undefined) await readTls(`listen.${name}.tls`, section.tls);
      return [];
    } catch (error) {
      const message = messageOf(error).replace(/^listen\.\w+\.tls[.:] ?/, '');
      return [{ severity: 'error', keys: ['listen', name, 'tls'], message }];
    }
  });
  return (await Promise.all(findings)).flat();
}

/** The groups of the login domains whose every source can list them; the files are read, nobody is asked. */
async function knownGroups({ realms }: Configuration): Promise<Map<string, { readonly name: string }[]>> {
  const groupsOf = new Map<string, { readonly name: string }[] | 'unknown'>();
  for (const { modules } of realms.values()) {
    for (const module of modules) {
      const domain = loginDomainOf(module);
      if (domain === undefined) continue;
      const listed = await listGroups(module);
      const before = groupsOf.get(domain) ?? [];
      const both =
        listed === undefined || before === 'unknown' ? 'unknown' : [...before, ...listed.map((name) => ({ name }))];
      groupsOf.set(domain, both);
    }
  }
  return new Map([...groupsOf].flatMap(([domain, groups]) => (groups === 'unknown' ? [] : [[domain, groups]])));
}

async function listGroups(module: ModuleOptions): Promise<readonly string[] | undefined> {
  const definition = fileModule(module);
  if (definition === undefined) return undefined;
  try {
    await definition.start?.();
    return definition.knownGroups?.();
  } finally {
    await definition.close?.();
  }
}

function fileModule(module: ModuleOptions): LoginModuleDefinition | undefined {
  const ports = { clock: systemClock, logger: silentLogger };
  switch (module.use) {
    case 'properties':
      return propertiesModule(module, ports);
    case 'groups':
      return groupsModule(module, ports);
    case 'htpasswd':
      return htpasswdModule(module, ports);
    default:
      return undefined;
  }
}
