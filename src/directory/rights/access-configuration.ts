/**
 * The key `directory.access`: who may do what in the directory.
 *
 * Rules only give. Whoever is given nothing has nothing, so that the order of rules does not matter and none can be shadowed.
 */
import { z } from 'zod';
import { type DistinguishedName, type Filter, parseDistinguishedName, parseFilter } from '../../x500/index.ts';

const dn = () =>
  z.string().transform((text, context): DistinguishedName => {
    const parsed = parseDistinguishedName(text);
    if (parsed !== undefined && parsed.rdns.length > 0) return parsed;
    context.addIssue('must be a distinguished name such as ou=People,dc=example,dc=org');
    return z.NEVER;
  });

const filter = () =>
  z.string().transform((text, context): Filter => {
    const parsed = parseFilter(text);
    if (parsed !== undefined) return parsed;
    context.addIssue('must be a search filter (RFC 4515) such as (objectClass=posixAccount)');
    return z.NEVER;
  });

const attribute = z.string().min(1);

const WHO_KEYS = ['dn', 'group', 'subtree', 'role', 'is'] as const;

const whoSchema = z
  .strictObject({
    dn: dn().optional().describe('The entry of this name.'),
    group: dn().optional().describe('The members of this group, while their membership lasts.'),
    subtree: dn().optional().describe('Every entry at or below this name.'),
    role: z.string().trim().min(1).optional().describe('Whoever has this role (`roles`).'),
    is: z
      .enum(['anonymous', 'users', 'self'])
      .optional()
      .describe('anonymous: whoever did not log in. users: whoever did. self: everybody for their own entry.'),
  })
  .transform((written, context): Who => {
    const [key, ...others] = WHO_KEYS.filter((name) => written[name] !== undefined);
    if (key === undefined || others.length > 0) {
      context.addIssue(`names exactly one of ${WHO_KEYS.join(', ')}`);
      return z.NEVER;
    }
    if (key === 'is') return { kind: written.is! };
    if (key === 'role') return { kind: 'role', role: written.role! };
    return { kind: key, dn: written[key]! };
  });

/** Who a rule is about. */
export type Who =
  | { readonly kind: 'anonymous' | 'users' | 'self' }
  | { readonly kind: 'dn' | 'group' | 'subtree'; readonly dn: DistinguishedName }
  | { readonly kind: 'role'; readonly role: string };

const administratorSchema = z
  .strictObject({
    dn: dn().optional().describe('The entry of this name.'),
    group: dn().optional().describe('The members of this group, while their membership lasts.'),
    role: z.string().trim().min(1).optional().describe('Whoever has this role (`roles`).'),
  })
  .transform((written, context): Who => {
    const [key, ...others] = (['dn', 'group', 'role'] as const).filter((name) => written[name] !== undefined);
    if (key === undefined || others.length > 0) {
      context.addIssue('names exactly one of dn, group, role');
      return z.NEVER;
    }
    if (key === 'role') return { kind: 'role', role: written.role! };
    return { kind: key, dn: written[key]! };
  });

const ruleSchema = z
  .strictObject({
    who: z.array(whoSchema).min(1).max(100).describe('Who is given it: any of them.'),
    may: z
      .array(z.enum(['read', 'compare', 'write', 'add', 'delete']))
      .min(1)
      .describe(
        'read: be told values, and search by them. compare: ask whether a value is right. write: change values. add: add entries. delete: delete them. Moving an entry takes delete where it is and add where it goes.',
      ),
    attributes: z
      .array(attribute)
      .min(1)
      .max(1_000)
      .default(['*'])
      .describe(
        'Which attributes, each with its subtypes; for add, those that a new entry may have. *: all user attributes but secrets. +: all operational ones.',
      ),
    base: dn()
      .optional()
      .describe(
        'The entries at or below this name; without it all entries. Its existence is no secret to whom the rule is about.',
      ),
    scope: z
      .enum(['base', 'one', 'subtree'])
      .default('subtree')
      .describe('base: the entry of that name alone. one: those right below it. subtree: it and all below.'),
    filter: filter()
      .optional()
      .describe('Only entries that match this search filter (RFC 4515). New entries are not asked, so not with add.'),
  })
  .superRefine(({ may, filter: given, base, scope }, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, input: undefined });
    if (may.includes('add') && given !== undefined)
      problem('filter', 'is not asked of new entries: write a rule of its own for add');
    if (scope !== 'subtree' && base === undefined) problem('scope', 'needs base beside it');
  });

export const accessConfigurationSchema = z
  .strictObject({
    administrators: z
      .array(administratorSchema)
      .max(1_000)
      .optional()
      .describe('Who may do everything. By default the members of cn=administrators,ou=Groups below the suffix.'),
    services: z
      .array(dn())
      .max(100)
      .optional()
      .describe('Entries below these names read everything but secrets. By default ou=Hosts below the suffix.'),
    selfService: z
      .array(attribute)
      .max(1_000)
      .default(['userPassword', 'sshPublicKey'])
      .describe(
        'What people may write in their own entry. They read all of it but secrets, and the groups that they are in.',
      ),
    groupOwners: z
      .boolean()
      .default(true)
      .describe(
        'Who a group names as its owner (a person, or the members of a group) reads it and writes its membership.',
      ),
    secrets: z
      .array(attribute)
      .max(1_000)
      .optional()
      .describe(
        'Attributes that only administrators read, and whoever a rule names them to; by default private keys and the passwords of other systems. userPassword is read by nobody.',
      ),
    rules: z
      .array(ruleSchema)
      .max(1_000)
      .default([])
      .describe('What is given beyond that. Rules only give; their order does not matter.'),
  })
  .describe('Who may read and write what in the directory. Nobody reads it without a login.');

export type AccessConfiguration = z.output<typeof accessConfigurationSchema>;
export type AccessRuleConfiguration = AccessConfiguration['rules'][number];
