/**
 * Principal is something a login domain says about who logged in: a user, a group, a host or an X.500 name.
 *
 * A plain principal carries where it came from (login domain and module), so that a rule can ask for
 * `campus\labs` and an explanation can name the source. Domain- and RealmPrincipals are made only for
 * a module with `wrapPrincipals`, as Geronimo does (spec: Geronimo 3.3).
 */
export type PrincipalType = 'user' | 'group' | 'host' | 'x500';

export interface Principal {
  readonly type: PrincipalType;
  /** The name as its source spells it; never folded, because it is what a back end is told. */
  readonly name: string;
  /** The login domain that vouched for it. */
  readonly domain: string;
  /** The module that added it, as `<position>:<use>`, positions from 1: `2:ldap`. */
  readonly module: string;
  /** Other spellings its source gave for the same thing, such as a group's DN. */
  readonly aliases?: readonly string[];
}

/** A principal together with the login domain it came from. */
export interface DomainPrincipal {
  readonly wraps: 'domain';
  readonly domain: string;
  readonly principal: Principal;
}

/** A principal together with the login domain and the realm it came from. */
export interface RealmPrincipal {
  readonly wraps: 'realm';
  readonly realm: string;
  readonly domain: string;
  readonly principal: Principal;
}

export type WrappedPrincipal = DomainPrincipal | RealmPrincipal;

/** What a module with `wrapPrincipals` adds beside its plain principals: two wrapped ones for each (spec: Geronimo 3.3). */
export function wrapPrincipals(realm: string, principals: readonly Principal[]): WrappedPrincipal[] {
  return principals.flatMap((principal): WrappedPrincipal[] => {
    const { domain } = principal;
    return [
      { wraps: 'domain', domain, principal },
      { wraps: 'realm', realm, domain, principal },
    ];
  });
}
