/**
 * The groups of an LDAP user: found by `groupFilter` (memberUid, member) or listed in the entry's memberOf.
 *
 * A group is one principal: its name is the group's `groupNameAttribute`, its aliases are the DN and further names,
 * so that a rule finds it under every spelling. Membership that could not be read to the end is unknown:
 * a deny rule might hang on the very group that is missing, so the login is then unavailable, never without groups.
 */
import { distinguishedNameKey, fillFilter, parseDistinguishedName } from '../../x500/index.ts';
import type { ModulePrincipal } from '../login-module.ts';
import type { DirectoryEntry, DirectoryServer } from './ldap-directory-client.ts';
import type { LdapOptions } from './ldap-options.ts';

/** A user in more groups than this is a broken filter; Windows allows 1,015. */
const MAX_GROUPS = 2_000;

export type Membership =
  | { readonly kind: 'groups'; readonly groups: readonly ModulePrincipal[] }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** Reads the groups of `user`, whose canonical name is `name`, from the server that verified the password. */
export async function readGroups(
  server: DirectoryServer,
  options: LdapOptions,
  user: DirectoryEntry,
  name: string,
  signal: AbortSignal,
): Promise<Membership> {
  const byKey = new Map<string, ModulePrincipal>();
  const unavailable = (detail: string): Membership => ({
    kind: 'unavailable',
    detail: `membership is unknown: ${detail}`,
  });
  if (options.memberOf) {
    for (const description of user.attributes.keys()) {
      if (description.startsWith('memberof;')) return unavailable('memberOf was returned in parts');
    }
    for (const dn of user.attributes.get('memberof') ?? []) {
      const group = groupOf(dn, [], options.groupNameAttribute);
      if (group === undefined) return unavailable('a value of memberOf is not a distinguished name');
      byKey.set(group.key, group.principal);
    }
  }
  if (options.groupBase !== undefined && options.groupFilter !== undefined) {
    const values = new Map([
      ['name', name],
      ['dn', user.dn],
    ]);
    const answer = await server.search(
      {
        base: options.groupBase,
        scope: options.groupScope,
        filter: fillFilter(options.groupFilter, values),
        attributes: [options.groupNameAttribute],
        sizeLimit: MAX_GROUPS,
      },
      signal,
    );
    if (answer.kind === 'unavailable') return unavailable(answer.detail);
    if (answer.kind === 'no-base') return unavailable('groupBase does not exist or may not be read');
    if (!answer.complete) return unavailable('the server returned only a part of the groups');
    for (const entry of answer.entries) {
      const names = entry.attributes.get(options.groupNameAttribute.toLowerCase()) ?? [];
      const group = groupOf(entry.dn, names, options.groupNameAttribute);
      if (group === undefined) return unavailable('the name of a group entry is not a distinguished name');
      byKey.set(group.key, group.principal);
    }
  }
  return { kind: 'groups', groups: [...byKey.values()] };
}

/** The name of a group is the one in its DN when that is the name attribute's, since of several values none is first. */
function groupOf(
  dn: string,
  names: readonly string[],
  nameAttribute: string,
): { key: string; principal: ModulePrincipal } | undefined {
  const parsed = parseDistinguishedName(dn);
  if (parsed === undefined || parsed.rdns.length === 0) return undefined;
  const name = nameInDn(dn, nameAttribute) ?? [...names].sort()[0] ?? dn;
  const aliases = [...new Set([dn, ...names])].filter((alias) => alias !== name);
  return { key: distinguishedNameKey(parsed), principal: { type: 'group', name, aliases } };
}

/** The value that the entry's own part of `dn` gives for `attribute`; undefined when it is named by another attribute. */
export function nameInDn(dn: string, attribute: string): string | undefined {
  const [rdn = []] = parseDistinguishedName(dn)?.rdns ?? [];
  const value = rdn.find(({ type }) => type.toLowerCase() === attribute.toLowerCase())?.value;
  return typeof value === 'string' ? value : undefined;
}
