/**
 * LdapOptions are the configuration keys of the `ldap` module beyond those that every module has.
 *
 * Everything that can be wrong in them is found when the configuration is read: URLs, filters and base names
 * become values here, and keys that only make sense together are checked together.
 */
import { z } from 'zod';
import { messageOf } from '../../base/index.ts';
import { duration, path, secretShape } from '../../config/index.ts';
import { type FilterTemplate, filterTemplate, parseDistinguishedName } from '../../x500/index.ts';

/** Where a directory listens. */
export interface DirectoryAddress {
  /** `ldap://HOST:PORT` or `ldaps://HOST:PORT`, for messages. */
  readonly url: string;
  /** Name or address without brackets; what the server's certificate must be for. */
  readonly host: string;
  readonly port: number;
  /** True for ldaps. */
  readonly tls: boolean;
}

/** Parses an LDAP URL of scheme, host and port; undefined when it has anything else. */
export function parseDirectoryAddress(text: string): DirectoryAddress | undefined {
  const match = /^(ldaps?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  if (match === null) return undefined;
  const scheme = match[1]!.toLowerCase();
  const tls = scheme === 'ldaps';
  const port = match[3] === undefined ? (tls ? 636 : 389) : Number(match[3]);
  if (port < 1 || port > 65_535) return undefined;
  return { url: `${scheme}://${match[2]}:${port}`, host: match[2]!.replace(/^\[|\]$/g, ''), port, tls };
}

const ATTRIBUTE = /^[A-Za-z][A-Za-z0-9-]*$/;
const attribute = () => z.string().regex(ATTRIBUTE, { error: 'must be an attribute name such as uid' });

const baseName = () =>
  z.string().refine((text) => parseDistinguishedName(text) !== undefined, {
    error: 'must be a distinguished name such as ou=People,dc=example,dc=org',
  });

const address = () =>
  z.string().transform((text, context) => {
    const parsed = parseDirectoryAddress(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'must be ldap://HOST, ldaps://HOST or one of them with :PORT' });
    return z.NEVER;
  });

/** A filter with placeholders, the first of `placeholders` or any of `atLeastOneOf` being needed to find one user's entries. */
const template = (placeholders: readonly string[]) =>
  z.string().transform((text, context): FilterTemplate => {
    const problem = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    try {
      const parsed = filterTemplate(text, placeholders);
      const wanted = placeholders.map((name) => `{${name}}`).join(' or ');
      return parsed.placeholders.size > 0 ? parsed : problem(`must contain ${wanted}: without it everybody matches`);
    } catch (error) {
      return problem(messageOf(error));
    }
  });

/** The keys of the module; the checks across them are `checkLdapOptions`. */
export const ldapModuleSchema = z.strictObject({
  use: z.literal('ldap').describe('Users of an LDAP directory or Active Directory, which checks their passwords.'),
  urls: z
    .array(address())
    .min(1)
    .max(16)
    .describe('The directory servers, all with the same content; the next is asked when one does not answer.'),
  startTls: z
    .boolean()
    .default(false)
    .describe('Encrypt ldap:// connections by StartTLS; a server that refuses it is not used.'),
  caFile: path()
    .optional()
    .describe('PEM file of the authorities that sign the servers, instead of the well-known ones.'),
  bindDn: z
    .string()
    .min(1)
    .optional()
    .describe('The service account that searches. Without it searches are anonymous, which many servers refuse.'),
  ...secretShape('bindPassword', 'password of bindDn'),
  userBase: baseName().describe('Where users are searched.'),
  userScope: z.enum(['one', 'subtree']).default('subtree').describe('Search one level below userBase or all of it.'),
  userFilter: template(['name'])
    .default(filterTemplate('(uid={name})', ['name']))
    .describe('The search filter (RFC 4515) that finds a user; {name} is the login name.'),
  nameAttribute: attribute()
    .default('uid')
    .describe('The attribute that holds the canonical user name, which back ends are told.'),
  groupBase: baseName().optional().describe('Where groups are searched; needs groupFilter.'),
  groupScope: z.enum(['one', 'subtree']).default('subtree').describe('Search one level below groupBase or all of it.'),
  groupFilter: template(['name', 'dn'])
    .optional()
    .describe(
      'The search filter that finds the groups of a user: {name} is the canonical name (for memberUid), {dn} the distinguished name (for member).',
    ),
  groupNameAttribute: attribute().default('cn').describe('The attribute that holds the name of a group.'),
  memberOf: z.boolean().default(false).describe("Also take the groups that the user's entry lists in memberOf."),
  connectTimeout: duration().prefault('2s').describe('How long a connection to a server may take, TLS included.'),
  timeout: duration().prefault('4s').describe('How long a server may take to answer one question.'),
  poolSize: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('The most connections to one server for searching, and as many for checking passwords.'),
});

export type LdapOptions = z.output<typeof ldapModuleSchema>;

/** The checks across keys; for `.superRefine` of the schema into which the keys were spread. */
export function checkLdapOptions(options: LdapOptions, context: z.RefinementCtx): void {
  const problem = (key: keyof LdapOptions, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message, input: undefined });
  if (options.startTls && options.urls.some((url) => url.tls)) problem('startTls', 'is for ldap:// URLs only');
  if (options.bindDn !== undefined && options.bindPassword === undefined) {
    problem('bindDn', 'needs bindPassword or bindPasswordFile');
  }
  if (options.bindDn === undefined && options.bindPassword !== undefined) problem('bindPassword', 'needs bindDn');
  if (options.groupBase !== undefined && options.groupFilter === undefined) problem('groupBase', 'needs groupFilter');
  if (options.groupFilter !== undefined && options.groupBase === undefined) problem('groupFilter', 'needs groupBase');
}
