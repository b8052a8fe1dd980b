/** What `directory` asks for that is allowed and hardly meant, as far as it can be told with the schema and without the entries. */
import { AccountStatus, accessProblems, type DirectoryConfiguration } from '../directory/index.ts';
import type { Schema } from '../x500/index.ts';
import type { Finding } from './lint-configuration.ts';

export function directoryFindings(options: DirectoryConfiguration, schema: Schema): readonly Finding[] {
  const { access, disabledWhen, unique, suffix } = options;
  const nowhere = new Set(AccountStatus.unknown(schema, disabledWhen));
  return [
    ...accessProblems(access, schema).map(({ path, message }) =>
      warning(['access', ...path], `${message}: gives nothing`),
    ),
    ...disabledWhen.flatMap(({ attribute }, index) =>
      nowhere.has(attribute)
        ? warning(['disabledWhen', index, 'attribute'], `the schema has no attribute ${attribute}: closes no account`)
        : [],
    ),
    ...unique.flatMap((name, index) =>
      schema.attributeType(name)?.equality === undefined
        ? error(['unique', index], `${name} is no attribute that can be compared`)
        : [],
    ),
    ...(schema.dnKey(suffix) === undefined
      ? [error(['suffix'], 'has an attribute that the schema does not know')]
      : []),
  ];
}

function warning(keys: readonly (string | number)[], message: string): Finding {
  return { severity: 'warning', keys: ['directory', ...keys], message };
}

function error(keys: readonly (string | number)[], message: string): Finding {
  return { severity: 'error', keys: ['directory', ...keys], message };
}
