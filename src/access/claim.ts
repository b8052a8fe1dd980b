/**
 * Claim is one thing that a list or a mapping asks for and a subject may hold: "group labs of campus", "user alice of
 * any domain", "group labs of campus, wrapped by realm staff". Rules and subjects meet in claims and nowhere else.
 *
 * Deny lists have claims of their own, because they count more than allow lists do (see PrincipalNames).
 */
import type { GroupId } from './group-name.ts';
import type { PrincipalType } from './principal.ts';

declare const brand: unique symbol;
export type Claim = string & { readonly [brand]: 'Claim' };

// INVARIANT: no two different claims are equal: a realm and a domain hold no vertical tab (folded or refused), and the
// first word tells the four kinds apart.
export function plainClaim(type: PrincipalType, id: GroupId): Claim {
  return `plain\v${type}\v${id}` as Claim;
}

export function domainClaim(domain: string, type: PrincipalType, id: GroupId): Claim {
  return `domain\v${domain}\v${type}\v${id}` as Claim;
}

export function realmClaim(realm: string, domain: string, type: PrincipalType, id: GroupId): Claim {
  return `realm\v${realm.replaceAll('\v', ' ')}\v${domain}\v${type}\v${id}` as Claim;
}

/** The claim that a deny list makes about a group. */
export function denialClaim(id: GroupId): Claim {
  return `denial\v${id}` as Claim;
}
