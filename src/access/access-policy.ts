/**
 * AccessPolicy is what one configuration generation asks about subjects: the claims of all its rules and mappings,
 * numbered, so that a subject is reduced once to a set of bits and a decision is a few bit tests.
 *
 * Only claims that somebody asks for have a number. A subject of 200 groups costs a bit for each of them, not a
 * string: 10,000 subjects and 5,000 claims take 6 MB, and a decision touches a few cache lines. Nothing is kept for
 * a pair of subject and service.
 */
import type { AccessProblem } from './access-problem.ts';
import { type Claim, type ClaimScope, DENIAL, domainScope, plainScope, realmScope } from './claim.ts';
import { type DomainNames, type DomainsConfiguration, domainNames } from './domain-names.ts';
import type { GroupId } from './group-name.ts';
import type { Principal, PrincipalType, WrappedPrincipal } from './principal.ts';
import { principalNames } from './principal-names.ts';
import { type CompiledRoleMapping, compileRoleMappings, type RolesConfiguration } from './role-mapping.ts';
import type { Subject } from './subject.ts';

/** The login domains of a realm, as its modules name them. */
export interface RealmDomains {
  readonly loginDomains: readonly string[];
  /** Those whose module has `wrapPrincipals`. */
  readonly wrappingDomains: readonly string[];
}

export interface AccessConfiguration {
  readonly domains: DomainsConfiguration;
  readonly roles: RolesConfiguration;
  readonly realms: ReadonlyMap<string, RealmDomains>;
}

/** What a subject amounts to under one policy. */
export interface Standing {
  /** A bit for each claim that the subject holds. */
  readonly claims: Uint32Array;
  /** A bit for each role that it has. */
  readonly roles: Uint32Array;
  /** Folded login domains whose groups are unknown; undefined when none are. */
  readonly unknownDomains: ReadonlySet<string> | undefined;
  /** How many claims and roles the policy knew. */
  readonly revision: number;
}

/** A plain or wrapped principal by which a subject holds something. */
export type Holder = Principal | WrappedPrincipal;

export class AccessPolicy {
  readonly configuration: AccessConfiguration;
  readonly domains: DomainNames;
  readonly mappings: readonly CompiledRoleMapping[];
  readonly #loginDomains: ReadonlyMap<string, ReadonlySet<string>>;
  /** The numbers of claims, by name and then by scope: most names of a subject are asked for in none. */
  readonly #claims = new Map<GroupId, Map<ClaimScope, number>>();
  readonly #roles = new Map<string, number>();
  /** For each claim number the roles that it gives. */
  readonly #rolesOfClaim: number[][] = [];
  readonly #standings = new WeakMap<Subject, Standing>();

  private constructor(
    configuration: AccessConfiguration,
    domains: DomainNames,
    mappings: readonly CompiledRoleMapping[],
  ) {
    this.configuration = configuration;
    this.domains = domains;
    this.mappings = mappings;
    this.#loginDomains = new Map(
      [...configuration.realms].map(([realm, { loginDomains }]) => [realm, new Set(loginDomains.map(domains.fold))]),
    );
    for (const { role, claim } of mappings)
      this.#rolesOfClaim[this.numberOfClaim(claim)]!.push(this.numberOfRole(role));
  }

  /** Reads the mappings; the problems are errors, and what they name is left out of the policy. */
  static compile(configuration: AccessConfiguration): { policy: AccessPolicy; problems: readonly AccessProblem[] } {
    const domains = domainNames(configuration.domains);
    const { mappings, problems } = compileRoleMappings(configuration.roles, domains);
    return { policy: new AccessPolicy(configuration, domains, mappings), problems };
  }

  /** The folded login domains of a realm; none for a realm that does not exist. */
  loginDomainsOf(realm: string): ReadonlySet<string> {
    return this.#loginDomains.get(realm) ?? NONE;
  }

  /** The number of a claim; a new one when nobody asked for it before. */
  numberOfClaim({ scope, id }: Claim): number {
    const scopes = this.#claims.get(id) ?? new Map<ClaimScope, number>();
    this.#claims.set(id, scopes);
    const number = scopes.get(scope) ?? this.#rolesOfClaim.push([]) - 1;
    scopes.set(scope, number);
    return number;
  }

  numberOfRole(role: string): number {
    const number = this.#roles.get(role) ?? this.#roles.size;
    this.#roles.set(role, number);
    return number;
  }

  /** Changes when the policy learns a claim or a role. */
  get #revision(): number {
    return this.#rolesOfClaim.length + this.#roles.size;
  }

  /** The names of the roles that a subject has, in the order of the configuration. */
  rolesOf(subject: Subject): string[] {
    const { roles } = this.standingOf(subject);
    return [...this.#roles].filter(([, number]) => hasBit(roles, number)).map(([role]) => role);
  }

  /** What a subject amounts to; worked out at its first decision and again when rules were added since. */
  standingOf(subject: Subject): Standing {
    const known = this.#standings.get(subject);
    if (known !== undefined && known.revision === this.#revision) return known;
    const standing = this.#standing(subject);
    this.#standings.set(subject, standing);
    return standing;
  }

  /** By which principals a subject holds which claims; what `standingOf` reduces to bits. */
  holdingsOf(subject: Subject): ReadonlyMap<number, readonly Holder[]> {
    const holdings = new Map<number, Holder[]>();
    this.#eachHolding(subject, (number, holder) => {
      const holders = holdings.get(number);
      if (holders === undefined) holdings.set(number, [holder]);
      else if (!holders.includes(holder)) holders.push(holder);
    });
    return holdings;
  }

  /** The numbers of the claims that give a role. */
  claimsOfRole(name: string): number[] {
    const claims = this.mappings.flatMap(({ role, claim }) => (role === name ? [this.numberOfClaim(claim)] : []));
    return [...new Set(claims)];
  }

  #standing(subject: Subject): Standing {
    const claims = new Uint32Array((this.#rolesOfClaim.length >>> 5) + 1);
    const roles = new Uint32Array((this.#roles.size >>> 5) + 1);
    this.#eachHolding(subject, (number) => {
      setBit(claims, number);
      for (const role of this.#rolesOfClaim[number]!) setBit(roles, role);
    });
    const unknown = subject.unknownDomains ?? [];
    return {
      claims,
      roles,
      unknownDomains: unknown.length === 0 ? undefined : new Set(unknown.map(this.domains.fold)),
      revision: this.#revision,
    };
  }

  #eachHolding(subject: Subject, visit: (number: number, holder: Holder) => void): void {
    const loginDomains = this.loginDomainsOf(subject.realm);
    const offer = (ids: readonly GroupId[], scopes: readonly ClaimScope[], holder: Holder) => {
      for (const id of ids) {
        const numbers = this.#claims.get(id);
        if (numbers === undefined) continue;
        for (const scope of scopes) {
          const number = numbers.get(scope);
          if (number !== undefined) visit(number, holder);
        }
      }
    };
    for (const principal of subject.principals) {
      const { vouched, claimed } = principalNames(principal, this.domains, loginDomains);
      offer(vouched, SCOPES_OF[principal.type], principal);
      if (principal.type === 'group') offer(claimed, [DENIAL], principal);
    }
    for (const wrapped of subject.wrapped) {
      const { type } = wrapped.principal;
      const domain = this.domains.fold(wrapped.domain);
      const scope = wrapped.wraps === 'domain' ? domainScope(domain, type) : realmScope(wrapped.realm, domain, type);
      offer(principalNames(wrapped.principal, this.domains, loginDomains).vouched, [scope], wrapped);
    }
  }
}

/** The scopes in which a plain principal's names count. */
const SCOPES_OF: Readonly<Record<PrincipalType, readonly ClaimScope[]>> = {
  group: [plainScope('group'), DENIAL],
  user: [plainScope('user')],
  host: [plainScope('host')],
  x500: [plainScope('x500')],
};

const NONE: ReadonlySet<string> = new Set();

function setBit(bits: Uint32Array, number: number): void {
  bits[number >>> 5]! |= 1 << (number & 31);
}

export function hasBit(bits: Uint32Array, number: number): boolean {
  return ((bits[number >>> 5]! >>> (number & 31)) & 1) === 1;
}
