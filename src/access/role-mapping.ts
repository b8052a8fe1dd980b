/**
 * RoleMapping says which principals have which roles (`roles:` of the configuration; spec: Geronimo 3.6).
 *
 * A mapping without `domain` and `realm` is plain: it matches the plain principal, wrapped or not; a bare name is that
 * name of any login domain, a qualified one is of that domain alone. With `domain` it matches the DomainPrincipal,
 * with `domain` and `realm` the RealmPrincipal; these exist only for modules with `wrapPrincipals`.
 * A subject has a role when any of its principals matches. Role names are compared as they stand, trimmed.
 */
import { z } from 'zod';
import { mapOf } from '../config/index.ts';
import { type AccessProblem, accessProblem } from './access-problem.ts';
import { type Claim, domainScope, plainScope, realmScope } from './claim.ts';
import type { DomainNames } from './domain-names.ts';
import { groupId, parseGroupName } from './group-name.ts';
import type { PrincipalType } from './principal.ts';

const PRINCIPAL_KEYS = ['group', 'user', 'host', 'x500'] as const satisfies readonly PrincipalType[];

const name = z.string().trim().min(1);

const roleMappingSchema = z
  .strictObject({
    group: name
      .optional()
      .describe('A group: `labs` (of any login domain), `campus\\labs`, `labs@dns.name` or its DN.'),
    user: name.optional().describe('A user, spelled as a group is: `alice`, `local\\alice`, `alice@dns.name` or a DN.'),
    host: name.optional().describe('A host, as its login domain names it.'),
    x500: name.optional().describe('The distinguished name of a client certificate’s subject.'),
    domain: name
      .optional()
      .describe('Asks for the principal as wrapped by this login domain; its module needs `wrapPrincipals: true`.'),
    realm: name.optional().describe('Together with `domain`: asks for the principal as wrapped by this realm.'),
  })
  .transform((written, context): RoleMappingItem => {
    const [type, ...others] = PRINCIPAL_KEYS.filter((key) => written[key] !== undefined);
    if (type === undefined || others.length > 0) {
      context.addIssue(`a mapping names exactly one of ${PRINCIPAL_KEYS.join(', ')}`);
      return z.NEVER;
    }
    const { domain, realm } = written;
    if (realm !== undefined && domain === undefined) {
      context.addIssue({ code: 'custom', path: ['realm'], message: '`realm` needs `domain` beside it' });
      return z.NEVER;
    }
    return { type, name: written[type]!, ...(domain && { domain }), ...(realm && { realm }) };
  });

/** One principal that has a role. */
export interface RoleMappingItem {
  readonly type: PrincipalType;
  readonly name: string;
  readonly domain?: string;
  readonly realm?: string;
}

/** The key `roles`: role names with the principals that have them. */
export const rolesSchema = mapOf(z.array(roleMappingSchema).max(10_000)).describe(
  'Roles, each with the principals that have it. A role that is not listed here is held by nobody.',
);

export type RolesConfiguration = z.output<typeof rolesSchema>;

/** A mapping reduced to what a subject must hold. */
export interface CompiledRoleMapping {
  readonly role: string;
  readonly item: RoleMappingItem;
  readonly claim: Claim;
}

/** Compiles every mapping that can be read; the others are problems (errors). */
export function compileRoleMappings(
  roles: RolesConfiguration,
  domains: DomainNames,
): { readonly mappings: readonly CompiledRoleMapping[]; readonly problems: readonly AccessProblem[] } {
  const mappings: CompiledRoleMapping[] = [];
  const problems: AccessProblem[] = [];
  for (const [role, items] of roles) {
    for (const [index, item] of items.entries()) {
      const claim = claimOf(item, domains);
      if (claim !== undefined) {
        mappings.push({ role: role.trim(), item, claim });
        continue;
      }
      const expected = item.type === 'x500' ? 'a distinguished name' : 'DOMAIN\\name, name@DOMAIN, a DN or a bare name';
      const message = `${JSON.stringify(item.name)} is not ${expected}`;
      problems.push(accessProblem('malformed-name', 'error', ['roles', role, index, item.type], message));
    }
  }
  return { mappings, problems };
}

function claimOf({ type, name, domain, realm }: RoleMappingItem, domains: DomainNames): Claim | undefined {
  const parsed = parseGroupName(name, domains);
  if (parsed === undefined || (type === 'x500' && parsed.kind !== 'distinguished')) return undefined;
  const id = groupId(parsed);
  if (domain === undefined) return { scope: plainScope(type), id };
  const folded = domains.fold(domain);
  return { scope: realm === undefined ? domainScope(folded, type) : realmScope(realm, folded, type), id };
}

/** A mapping for people: `group campus\labs`, `group labs wrapped by login domain campus in realm staff`. */
export function describeRoleMapping({ type, name, domain, realm }: RoleMappingItem): string {
  const wrapped = domain === undefined ? '' : ` wrapped by login domain ${domain}`;
  return `${type} ${name}${wrapped}${realm === undefined ? '' : ` in realm ${realm}`}`;
}
