/** `realmgate check`: everything that can be known of a configuration without serving it. */
import { lintAccess } from '../access/index.ts';
import type { CheckReport } from '../cli/index.ts';
import { formatProblem, loadConfiguration } from '../config/index.ts';
import { lintRealm } from '../realm/index.ts';
import { configurationSchema } from './configuration.ts';
import { accessConfiguration } from './generation.ts';

export async function checkConfiguration(paths: readonly string[]): Promise<CheckReport> {
  const loaded = await loadConfiguration({ paths, environment: process.env, schema: configurationSchema });
  if (loaded.kind === 'refused') {
    return { errors: loaded.problems.map(formatProblem), warnings: [], realms: 0, services: 0 };
  }
  const { value: configuration, problemAt } = loaded;
  const found = [
    ...[...configuration.realms].flatMap(([name, realm]) => lintRealm(realm, ['realms', name])),
    ...lintAccess({
      configuration: accessConfiguration(configuration),
      services: new Map(
        [...configuration.services].map(([name, service]) => [name, { realm: service.realm, admission: service }]),
      ),
    }),
  ];
  const lines = (severity: 'error' | 'warning') =>
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
