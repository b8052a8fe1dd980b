/**
 * What is wrong with `directory.access` where it can only be told with the schema at hand: an attribute that there is not gives
 * nothing, and whoever wrote it means something.
 */
import type { DistinguishedName, Filter, Schema } from '../../x500/index.ts';
import type { AccessConfiguration } from './access-configuration.ts';

export interface AccessConfigurationProblem {
  /** Below `directory.access`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function accessProblems(
  configuration: AccessConfiguration,
  schema: Schema,
): readonly AccessConfigurationProblem[] {
  const problems: AccessConfigurationProblem[] = [];
  const attributes = (names: readonly string[], ...path: readonly (string | number)[]) => {
    for (const [index, name] of names.entries()) {
      if (name === '*' || name === '+' || schema.attributeType(name) !== undefined) continue;
      problems.push({ path: [...path, index], message: `the schema has no attribute ${name}` });
    }
  };
  const named = (dn: DistinguishedName | undefined, ...path: readonly (string | number)[]) => {
    if (dn === undefined || schema.dnKey(dn) !== undefined) return;
    problems.push({
      path,
      message: 'has an attribute that the schema does not have, or a value that it cannot compare',
    });
  };
  attributes(configuration.selfService, 'selfService');
  attributes(configuration.secrets ?? [], 'secrets');
  for (const [index, who] of (configuration.administrators ?? []).entries()) {
    if ('dn' in who) named(who.dn, 'administrators', index, who.kind);
  }
  for (const [index, dn] of (configuration.services ?? []).entries()) named(dn, 'services', index);
  for (const [index, rule] of configuration.rules.entries()) {
    attributes(rule.attributes, 'rules', index, 'attributes');
    named(rule.base, 'rules', index, 'base');
    for (const [place, who] of rule.who.entries())
      if ('dn' in who) named(who.dn, 'rules', index, 'who', place, who.kind);
    for (const name of rule.filter === undefined ? [] : attributesOf(rule.filter)) {
      if (schema.attributeType(name.split(';')[0]!) !== undefined) continue;
      problems.push({ path: ['rules', index, 'filter'], message: `the schema has no attribute ${name}` });
    }
  }
  return problems;
}

function attributesOf(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(attributesOf);
    case 'not':
      return attributesOf(filter.filter);
    default:
      return filter.attribute === undefined ? [] : [filter.attribute];
  }
}
