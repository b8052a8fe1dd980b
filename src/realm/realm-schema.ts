/**
 * The schema of a realm in the configuration: its modules in order, each with the keys that every module has and
 * those of its own, and the rules of its sessions. The descriptions are the reference documentation.
 */
import { z } from 'zod';
import { duration } from '../config/index.ts';
import { certificateModuleSchema, checkCertificateOptions } from './modules/certificate.ts';
import { directoryModuleSchema } from './modules/directory.ts';
import { groupsModuleSchema } from './modules/groups.ts';
import { htpasswdModuleSchema } from './modules/htpasswd.ts';
import { httpHeaderModuleSchema } from './modules/http-header.ts';
import { checkLdapOptions, ldapModuleSchema } from './modules/ldap-options.ts';
import { lockoutModuleSchema } from './modules/lockout.ts';
import { propertiesModuleSchema } from './modules/properties.ts';
import { checkSqlOptions, sqlModuleSchema } from './modules/sql-options.ts';
import { totpModuleSchema } from './modules/totp.ts';
import { parseOfficeHours } from './office-hours.ts';
import type { SessionPolicy } from './session.ts';

const DOMAIN = /^[^\\/@\p{Cc}]{1,64}$/u;

const domain = z
  .string()
  .regex(DOMAIN, 'must have 1 to 64 characters, none of them \\ / @ or a control character')
  .describe('The login domain that this module represents: DOMAIN\\group and user@DOMAIN name it. Once in a realm.');

/** What a module that only watches or adds has beside its own keys. */
const helperShape = {
  flag: z
    .enum(['required', 'requisite', 'sufficient', 'optional'])
    .describe(
      'What an answer means for the realm (JAAS). required: must succeed, the rest is still asked. requisite: must succeed, a failure ends the login. sufficient: a success ends the login, a failure asks the next. optional: either way the next is asked.',
    ),
  timeLimit: duration()
    .prefault('10s')
    .describe(
      'How long the module may take over one step of a login, all its servers together; then it is unavailable.',
    ),
};

/** What a module that verifies a credential has beside its own keys. */
const sourceShape = {
  ...helperShape,
  domain,
  wrapPrincipals: z
    .boolean()
    .default(false)
    .describe('Also makes domain and realm principals, for role mappings that ask for them (Geronimo).'),
  fallThrough: z
    .enum(['always', 'unknown-user'])
    .default('always')
    .describe(
      'Which failures let the next module be asked. always: any, as the flag says (JAAS). unknown-user: only "no such user"; a wrong password, a lock or an outage is final (Apache).',
    ),
};

/** Every module that a realm can name, by `use`. */
export const moduleSchemas = z.discriminatedUnion('use', [
  lockoutModuleSchema.extend(helperShape),
  groupsModuleSchema.extend({ ...helperShape, wrapPrincipals: sourceShape.wrapPrincipals, domain: domain.optional() }),
  totpModuleSchema.extend(helperShape),
  htpasswdModuleSchema.extend(sourceShape),
  propertiesModuleSchema.extend(sourceShape),
  directoryModuleSchema.extend(sourceShape),
  httpHeaderModuleSchema.extend(sourceShape),
  certificateModuleSchema.extend(sourceShape).superRefine(checkCertificateOptions),
  ldapModuleSchema.extend(sourceShape).superRefine(checkLdapOptions),
  sqlModuleSchema.extend(sourceShape).superRefine(checkSqlOptions),
]);

const hours = z
  .string()
  .transform((text, context) => {
    const parsed = parseOfficeHours(text);
    if (parsed.kind === 'hours') return parsed.hours;
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  })
  .describe(
    'When people may be logged in, such as Mon-Fri 09:00-17:00 Europe/Brussels; several spans are separated by commas. A live session ends at the instant.',
  );

const sessionsSchema = z
  .strictObject({
    idle: duration().prefault('30m').describe('A session ends when it was not used for so long.'),
    maximum: duration().prefault('12h').describe('A session ends after so long, however busy.'),
    hours: hours.optional(),
  })
  .describe('How long a login lasts.');

const MOST_MODULES = 64;

/** The schema of one realm whose modules are `modules`. */
export function realmSchema<Modules extends z.ZodType<{ readonly domain?: string | undefined } | object>>(
  modules: Modules,
) {
  return z
    .strictObject({
      modules: z
        .array(modules)
        .min(1)
        .max(MOST_MODULES)
        .superRefine((list, context) => {
          const seen = new Set<string>();
          for (const [index, module] of list.entries()) {
            const name = 'domain' in module ? module.domain : undefined;
            if (typeof name !== 'string') continue;
            if (seen.has(name.toLowerCase())) {
              const message = `another module of this realm represents login domain ${name} already`;
              context.addIssue({ code: 'custom', path: [index, 'domain'], message });
            }
            seen.add(name.toLowerCase());
          }
        })
        .describe('The login modules; their order is the policy.'),
      sessions: sessionsSchema.prefault({}),
    })
    .describe('A security realm.');
}

export type RealmOptions = z.output<ReturnType<typeof realmSchema<typeof moduleSchemas>>>;

/** The policy of a realm's sessions; its validators are the realm's too. */
export function sessionPolicy({ idle, maximum, hours: rule }: RealmOptions['sessions']): SessionPolicy {
  return { idle, maximum, validators: rule === undefined ? [] : [rule] };
}
