/**
 * Claim is one thing that a list or a mapping asks for and a subject may hold: "group labs of campus", "user alice of
 * any domain", "group labs of campus, wrapped by realm staff". Rules and subjects meet in claims and nowhere else.
 *
 * A claim is a name and the scope in which it is meant. Deny lists have a scope of their own, because they count more
 * than allow lists do (see PrincipalNames).
 */
import type { GroupId } from './group-name.ts';
import type { PrincipalType } from './principal.ts';

export interface Claim {
  readonly scope: ClaimScope;
  readonly id: GroupId;
}

declare const brand: unique symbol;
/** INVARIANT: no two different scopes are equal: the first word tells the kinds apart, and a folded domain has no line feed. */
export type ClaimScope = string & { readonly [brand]: 'ClaimScope' };

/** A plain principal of a type. */
export function plainScope(type: PrincipalType): ClaimScope {
  return `plain ${type}` as ClaimScope;
}

/** A DomainPrincipal; `domain` is folded. */
export function domainScope(domain: string, type: PrincipalType): ClaimScope {
  return `domain ${type} ${domain}` as ClaimScope;
}

/** A RealmPrincipal; `domain` is folded. */
export function realmScope(realm: string, domain: string, type: PrincipalType): ClaimScope {
  return `realm ${type} ${domain}\n${realm}` as ClaimScope;
}

/** A group in a deny list. */
export const DENIAL = 'denial' as ClaimScope;
