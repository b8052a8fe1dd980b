/**
 * LintAccess points out what compiles and still does not mean what its author meant: a group name that matches nothing, a
 * role that nobody can have, a mapping of wrapped principals that are never wrapped, one group in both lists.
 * The errors of compiling are among its answers, so that `realmgate check` shows all at once.
 */
import { type AccessConfiguration, AccessPolicy } from './access-policy.ts';
import { type AccessProblem, type AccessProblemCode, accessProblem } from './access-problem.ts';
import { type AdmissionConfiguration, type AdmissionRule, compileAdmissionRule } from './admission-rule.ts';
import { type GroupId, type GroupName, groupId, parseGroupName } from './group-name.ts';
import type { Principal } from './principal.ts';
import { principalNames } from './principal-names.ts';
import { describeRoleMapping } from './role-mapping.ts';

export interface LintedService {
  readonly realm: string;
  readonly admission: AdmissionConfiguration;
}

/** A group that a source has, with the aliases under which it gives it. */
export type KnownGroup = Pick<Principal, 'name' | 'aliases'>;

export interface LintedAccess {
  readonly configuration: AccessConfiguration;
  readonly services: ReadonlyMap<string, LintedService>;
  /** All groups of those login domains whose source can list them; a domain that is missing may have any group. */
  readonly knownGroups?: ReadonlyMap<string, readonly KnownGroup[]>;
}

/** Problems of roles first, then of each service, in the order of the configuration. */
export function lintAccess({ configuration, services, knownGroups = new Map() }: LintedAccess): AccessProblem[] {
  const { policy, problems } = AccessPolicy.compile(configuration);
  const sources = new GroupSources(policy, knownGroups);
  return [
    ...problems,
    ...lintRoles(policy, sources),
    ...[...services].flatMap(([name, { realm, admission }]) => {
      const keys = ['services', name];
      const compiled = compileAdmissionRule(policy, realm, admission, keys);
      return compiled.kind === 'refused' ? compiled.problems : lintRule(compiled.rule, sources, keys);
    }),
  ];
}

function lintRoles(policy: AccessPolicy, sources: GroupSources): AccessProblem[] {
  const { roles, realms } = policy.configuration;
  const { fold } = policy.domains;
  const isWrapped = (domain: string, realm: string | undefined) =>
    [...realms].some(
      ([name, { wrappingDomains }]) =>
        (realm === undefined || realm === name) && wrappingDomains.map(fold).includes(fold(domain)),
    );
  return [...roles].flatMap(([role, items]) =>
    items.flatMap((item, index) => {
      const { type, name, domain, realm } = item;
      if (domain !== undefined && !isWrapped(domain, realm)) {
        const where = realm === undefined ? 'any realm' : `realm ${realm}`;
        const message = `${describeRoleMapping(item)} matches nobody: no module for ${domain} in ${where} has wrapPrincipals; set it, or leave out domain and realm`;
        return [warning('unwrapped-mapping', ['roles', role, index, 'domain'], message)];
      }
      const group = type === 'group' && domain === undefined ? parseGroupName(name, policy.domains) : undefined;
      if (group === undefined || [...realms.keys()].some((each) => sources.mayHave(each, group, 'vouched'))) return [];
      return [unmatched(['roles', role, index, 'group'], name)];
    }),
  );
}

function lintRule(rule: AdmissionRule, sources: GroupSources, keys: readonly string[]): AccessProblem[] {
  const { policy, realm, authorized, unauthorized, configuration } = rule;
  const mapped = new Set(policy.mappings.map(({ role }) => role));
  return [
    ...authorized.flatMap(({ text, group, index, list }) => {
      const denial = unauthorized.find((item) => isDeniedBy(group, item.group));
      if (denial !== undefined) {
        const message = `${text} admits nobody: unauthorizedGroups[${denial.index}] (${denial.text}) refuses the same group, and deny wins`;
        return [warning('contradiction', [...keys, list, index], message)];
      }
      return sources.mayHave(realm, group, 'vouched') ? [] : [unmatched([...keys, list, index], text)];
    }),
    ...unauthorized.flatMap(({ text, group, index, list }) =>
      sources.mayHave(realm, group, 'claimed') ? [] : [unmatched([...keys, list, index], text)],
    ),
    ...configuration.requireRoles.flatMap((role, index) => {
      if (mapped.has(role.trim())) return [];
      const message = `nobody has the role ${role}: add a mapping under roles`;
      return [warning('unmapped-role', [...keys, 'requireRoles', index], message)];
    }),
  ];
}

function isDeniedBy(group: GroupName, denied: GroupName): boolean {
  if (groupId(group) === groupId(denied)) return true;
  return group.kind === 'qualified' && denied.kind === 'bare' && group.name === denied.name;
}

/** What is known about the groups that the sources of each realm can give. */
class GroupSources {
  readonly #policy: AccessPolicy;
  readonly #known = new Map<string, readonly KnownGroup[]>();
  readonly #configured: ReadonlySet<string>;
  /** By realm and standing: gathered once, asked for each item of each service. */
  readonly #ids = new Map<string, ReadonlySet<GroupId>>();

  constructor(policy: AccessPolicy, known: ReadonlyMap<string, readonly KnownGroup[]>) {
    const { fold } = policy.domains;
    this.#policy = policy;
    for (const [domain, groups] of known) this.#known.set(fold(domain), groups);
    this.#configured = new Set([...policy.configuration.domains.keys()].map(fold));
  }

  /** False only when it is certain that no source of the realm gives a group of this name. */
  mayHave(realm: string, group: GroupName, standing: 'vouched' | 'claimed'): boolean {
    const loginDomains = this.#policy.loginDomainsOf(realm);
    if (this.#idsOf(realm, standing).has(groupId(group))) return true;
    const hasOpenSource = [...loginDomains].some((domain) => !this.#known.has(domain));
    if (group.kind !== 'qualified') return hasOpenSource;
    if (loginDomains.has(group.domain)) return !this.#known.has(group.domain);
    // A source may spell groups of a domain that nobody logs in to; a domain that is written nowhere else is a slip.
    return hasOpenSource && this.#configured.has(group.domain);
  }

  #idsOf(realm: string, standing: 'vouched' | 'claimed'): ReadonlySet<GroupId> {
    const key = `${standing} ${realm}`;
    const gathered = this.#ids.get(key) ?? this.#gatherIds(realm, standing);
    this.#ids.set(key, gathered);
    return gathered;
  }

  #gatherIds(realm: string, standing: 'vouched' | 'claimed'): ReadonlySet<GroupId> {
    const { domains } = this.#policy;
    const loginDomains = this.#policy.loginDomainsOf(realm);
    const ids = new Set<GroupId>();
    for (const domain of loginDomains) {
      for (const { name, aliases = [] } of this.#known.get(domain) ?? []) {
        const names = principalNames({ type: 'group', name, aliases, domain, module: '' }, domains, loginDomains);
        for (const id of names.vouched) ids.add(id);
        if (standing === 'claimed') for (const id of names.claimed) ids.add(id);
      }
    }
    return ids;
  }
}

function unmatched(keys: readonly (string | number)[], text: string): AccessProblem {
  return warning(
    'unmatched-group',
    keys,
    `${text} matches no group of any login domain: correct the name, or remove it`,
  );
}

function warning(code: AccessProblemCode, keys: readonly (string | number)[], message: string): AccessProblem {
  return accessProblem(code, 'warning', keys, message);
}
