/**
 * AdmissionRule says whom a service admits: `authorizedGroups`, `unauthorizedGroups` (OMI's two lists) and
 * `requireRoles`. Compiled once for a configuration generation.
 *
 * Deny wins. An empty allow list admits every authenticated user whom the deny list does not name (OMI's rule, the one
 * exception to deny by default); required roles are asked for all the same. A bare name in the deny list is that group
 * of every login domain; in the allow list it is the group of the realm's one login domain, and a problem when the
 * realm has several.
 */
import { z } from 'zod';
import type { AccessPolicy } from './access-policy.ts';
import { type AccessProblem, accessProblem } from './access-problem.ts';
import { DENIAL, plainScope } from './claim.ts';
import { type GroupName, groupId, parseGroupName } from './group-name.ts';

const names = z.array(z.string().trim().min(1)).max(10_000).default([]);

/** The keys of a service that say whom it admits, to be spread into the service's schema. */
export const admissionShape = {
  authorizedGroups: names.describe(
    'Groups whose members are admitted: `DOMAIN\\group`, `group@DOMAIN`, `group@dns.name` or a DN. Empty admits every authenticated user. A bare name is an error where the realm has several login domains.',
  ),
  unauthorizedGroups: names.describe(
    'Groups whose members are refused, whatever else they belong to. A bare name is that group of every login domain.',
  ),
  requireRoles: names.describe('Roles that a user must all have besides.'),
};

export interface AdmissionConfiguration {
  readonly authorizedGroups: readonly string[];
  readonly unauthorizedGroups: readonly string[];
  readonly requireRoles: readonly string[];
}

export type AdmissionList = 'authorizedGroups' | 'unauthorizedGroups';

/** A name in one of the lists. */
export interface AdmissionItem {
  readonly list: AdmissionList;
  readonly index: number;
  /** As it is written. */
  readonly text: string;
  /** What it means; in the allow list never bare. */
  readonly group: GroupName;
  /** The number of its claim in the policy. */
  readonly claim: number;
}

/** The rule of one service, as decisions read it. */
export interface AdmissionRule {
  readonly policy: AccessPolicy;
  /** The realm whose subjects this rule is about; subjects of another realm are refused. */
  readonly realm: string;
  readonly configuration: AdmissionConfiguration;
  readonly authorized: readonly AdmissionItem[];
  readonly unauthorized: readonly AdmissionItem[];
  /** The roles of `requireRoles`, each once. */
  readonly required: readonly string[];
  /** The numbers of the above in the policy, side by side: all that a decision reads. */
  readonly numbers: {
    readonly authorized: readonly number[];
    readonly unauthorized: readonly number[];
    readonly required: readonly number[];
  };
}

export type RuleCompilation =
  | { readonly kind: 'compiled'; readonly rule: AdmissionRule }
  | { readonly kind: 'refused'; readonly problems: readonly AccessProblem[] };

/** Compiles a service's rule; `keys` lead to the service in the configuration (`services`, its name). */
export function compileAdmissionRule(
  policy: AccessPolicy,
  realm: string,
  configuration: AdmissionConfiguration,
  keys: readonly string[] = [],
): RuleCompilation {
  const problems: AccessProblem[] = [];
  if (!policy.configuration.realms.has(realm)) {
    problems.push(accessProblem('unknown-realm', 'error', [...keys, 'realm'], `there is no realm ${realm}`));
  }
  const compileList = (list: AdmissionList) =>
    configuration[list].flatMap((text, index): AdmissionItem[] => {
      const meant = meaningOf(policy, realm, list, text);
      if (meant.kind !== 'problem') {
        const scope = list === 'authorizedGroups' ? plainScope('group') : DENIAL;
        return [{ list, index, text, group: meant, claim: policy.numberOfClaim({ scope, id: groupId(meant) }) }];
      }
      problems.push(accessProblem(meant.code, 'error', [...keys, list, index], meant.message));
      return [];
    });
  const authorized = compileList('authorizedGroups');
  const unauthorized = compileList('unauthorizedGroups');
  const required = [...new Set(configuration.requireRoles.map((name) => name.trim()))];
  const numbers = {
    authorized: authorized.map(({ claim }) => claim),
    unauthorized: unauthorized.map(({ claim }) => claim),
    required: required.map((name) => policy.numberOfRole(name)),
  };
  const rule: AdmissionRule = { policy, realm, configuration, authorized, unauthorized, required, numbers };
  return problems.length === 0 ? { kind: 'compiled', rule } : { kind: 'refused', problems };
}

type Meaning = GroupName | { kind: 'problem'; code: 'malformed-name' | 'ambiguous-group'; message: string };

function meaningOf(policy: AccessPolicy, realm: string, list: AdmissionList, text: string): Meaning {
  const group = parseGroupName(text, policy.domains);
  if (group === undefined) {
    const message = `${JSON.stringify(text)} is not a group: write DOMAIN\\group, group@DOMAIN, a DN or a bare name`;
    return { kind: 'problem', code: 'malformed-name', message };
  }
  if (group.kind !== 'bare' || list === 'unauthorizedGroups') return group;
  const [domain, ...others] = policy.loginDomainsOf(realm);
  if (domain !== undefined && others.length === 0) return { kind: 'qualified', domain, name: group.name };
  const candidates = policy.configuration.realms.get(realm)?.loginDomains ?? [];
  const message =
    candidates.length === 0
      ? `realm ${realm} has no login domain that ${text} could be a group of: write DOMAIN\\${text}`
      : `${text} could be a group of several login domains: write ${candidates.map((name) => `${name}\\${text}`).join(' or ')}`;
  return { kind: 'problem', code: 'ambiguous-group', message };
}

/**
 * Whether it is unknown that a subject belongs to a denied group. A group of a domain that is no login domain of the
 * realm may be spelled by any source, so any unread source leaves it open.
 */
export function isMembershipUnknown(
  group: GroupName,
  unknownDomains: ReadonlySet<string>,
  loginDomains: ReadonlySet<string>,
): boolean {
  return group.kind !== 'qualified' || unknownDomains.has(group.domain) || !loginDomains.has(group.domain);
}
