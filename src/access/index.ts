/**
 * access, floor 2: who may enter what, and why: principals, subjects, group names, admission rules, role
 * mappings, decisions and their explanation. Pure: no I/O, no clock.
 */
export {
  type AccessDecision,
  type Consideration,
  type DecisionReason,
  decide,
  describeConsideration,
  describeHolder,
  explainDecision,
  type Verdict,
} from './access-decision.ts';
export { type AccessConfiguration, AccessPolicy, type Holder, type RealmDomains } from './access-policy.ts';
export type { AccessProblem, AccessProblemCode } from './access-problem.ts';
export {
  type AdmissionConfiguration,
  type AdmissionItem,
  type AdmissionList,
  type AdmissionRule,
  admissionShape,
  compileAdmissionRule,
  type RuleCompilation,
} from './admission-rule.ts';
export {
  ANONYMOUS_DOMAIN,
  anonymousSubject,
  type DefaultPrincipalsConfiguration,
  defaultPrincipalsSchema,
} from './default-principals.ts';
export { type DomainNames, type DomainsConfiguration, domainNames, domainsSchema } from './domain-names.ts';
export { applyEdits, describeEdit, type Edit, type Scenario } from './edit.ts';
export { type GroupId, type GroupName, groupId, parseGroupList, parseGroupName } from './group-name.ts';
export { type KnownGroup, type LintedAccess, type LintedService, lintAccess } from './lint-access.ts';
export {
  foldLoginName,
  isPlainLoginName,
  LONGEST_LOGIN_NAME,
  loginNameKey,
  readLoginName,
} from './login-name-key.ts';
export {
  type DomainPrincipal,
  type Principal,
  type PrincipalType,
  type RealmPrincipal,
  type WrappedPrincipal,
  wrapPrincipals,
} from './principal.ts';
export { type PrincipalNames, principalNames } from './principal-names.ts';
export { describeRoleMapping, type RoleMappingItem, type RolesConfiguration, rolesSchema } from './role-mapping.ts';
export { MAX_EDITS, smallestChange } from './smallest-change.ts';
export { makeSubject, type Subject, type SubjectParts } from './subject.ts';
