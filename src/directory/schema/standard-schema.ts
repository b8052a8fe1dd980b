/**
 * The schema of a directory: what Realmgate brings, and what the site adds.
 */
import { lintSchema, parseSchema, type SchemaResult, type SchemaSource } from '../../x500/index.ts';
import { CORE_SCHEMA } from './core-schema.ts';
import { COSINE_SCHEMA } from './cosine-schema.ts';
import { GROUPS_SCHEMA } from './groups-schema.ts';
import { INET_ORG_PERSON_SCHEMA } from './inet-org-person-schema.ts';
import { LDAP_PUBLIC_KEY_SCHEMA } from './ldap-public-key-schema.ts';
import { NIS_SCHEMA } from './nis-schema.ts';
import { PASSWORD_POLICY_SCHEMA } from './password-policy-schema.ts';
import { SYSTEM_SCHEMA } from './system-schema.ts';

/** What every Realmgate has, in the order in which the subschema shows it. */
export const STANDARD_SOURCES: readonly SchemaSource[] = [
  SYSTEM_SCHEMA,
  CORE_SCHEMA,
  COSINE_SCHEMA,
  INET_ORG_PERSON_SCHEMA,
  NIS_SCHEMA,
  GROUPS_SCHEMA,
  LDAP_PUBLIC_KEY_SCHEMA,
  PASSWORD_POLICY_SCHEMA,
];

/**
 * The standard schema with a site's own definitions, or what is wrong with those. A site may name OpenLDAP's schema files
 * as they are: what the standard schema already has stays as it is there, and a warning says where they differ. Further
 * warnings are of what is allowed and yet a mistake (`lintSchema`).
 */
export function standardSchema(siteDefinitions: readonly SchemaSource[] = []): SchemaResult {
  const result = parseSchema([...STANDARD_SOURCES, ...siteDefinitions]);
  if (result.kind === 'refused') return result;
  const lint = lintSchema(result.schema, new Set(siteDefinitions.map(({ name }) => name)));
  return { ...result, warnings: [...result.warnings, ...lint] };
}
