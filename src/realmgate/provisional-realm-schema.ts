import { z } from 'zod';
import { duration } from '../config/index.ts';
import {
  certificateModuleSchema,
  groupsModuleSchema,
  htpasswdModuleSchema,
  httpHeaderModuleSchema,
  ldapModuleSchema,
  lockoutModuleSchema,
  parseOfficeHours,
  propertiesModuleSchema,
  sqlModuleSchema,
  totpModuleSchema,
} from '../realm/index.ts';

const flag = z.enum(['required', 'requisite', 'sufficient', 'optional']);
const fallThrough = z.enum(['always', 'unknown-user']).default('always');
const common = { flag, fallThrough, wrapPrincipals: z.boolean().default(false), timeout: duration().prefault('10s') };
const domain = z.string().min(1);
const anyModule = z.discriminatedUnion('use', [
  lockoutModuleSchema.extend({ ...common, domain: z.undefined().optional() }),
  htpasswdModuleSchema.extend({ ...common, domain }),
  propertiesModuleSchema.extend({ ...common, domain }),
  groupsModuleSchema.extend({ ...common, domain: domain.optional() }),
  certificateModuleSchema.extend({ ...common, domain }),
  httpHeaderModuleSchema.extend({ ...common, domain }),
  totpModuleSchema.extend({ ...common, domain: z.undefined().optional() }),
  ldapModuleSchema.extend({ ...common, domain }),
  sqlModuleSchema.extend({ ...common, domain }),
  z.strictObject({ use: z.literal('directory'), ...common, domain }),
]);
const hours = z.string().transform((text, context) => {
  const parsed = parseOfficeHours(text);
  if (parsed.kind === 'hours') return parsed.hours;
  context.addIssue({ code: 'custom', message: parsed.message });
  return z.NEVER;
});
export const moduleSchemas = anyModule;
export function realmSchema(modules: typeof anyModule) {
  return z.strictObject({
    modules: z.array(modules).min(1).max(32),
    sessions: z
      .strictObject({ idle: duration().prefault('30m'), maximum: duration().prefault('12h'), hours: hours.optional() })
      .prefault({}),
  });
}
