/**
 * directory, floor 3: the tree of entries: schema, memory view, search, checked writes, rights and passwords.
 *
 * Reads are answered from the memory view, writes go through the store first; nothing is visible that is not durable.
 */
export type { Comparison } from './compare.ts';
export { type Directory, type DirectoryOptions, type DirectoryRules, openDirectory } from './directory.ts';
export { type DirectoryConfiguration, directoryConfigurationSchema } from './directory-configuration.ts';
export { copyTree, type ExportOptions, type TreeCopy } from './export-entries.ts';
export { type Blocklist, builtInBlocklist, loadBlocklist } from './policy/blocklist.ts';
export {
  PasswordPolicy,
  type PasswordPolicyOptions,
  type PasswordProblem,
  passwordPolicySchema,
} from './policy/password-policy.ts';
export type { PolicyNotice, PolicyRefusal } from './policy/policy-refusal.ts';
export {
  type AccessConfiguration,
  type AccessRuleConfiguration,
  accessConfigurationSchema,
  type Who,
} from './rights/access-configuration.ts';
export { type AccessConfigurationProblem, accessProblems } from './rights/access-problems.ts';
export { AccessRules, type AccessRulesOptions } from './rights/access-rules.ts';
export {
  type AccountPrincipal,
  accountName,
  accountPrincipals,
  groupPrincipal,
  type RolePort,
} from './rights/account-principals.ts';
export {
  ANONYMOUS,
  type AnonymousAsker,
  type Asker,
  type EntryAsker,
  SYSTEM,
  type SystemAsker,
} from './rights/asker.ts';
export type { Rights } from './rights/rights.ts';
export type { MatchesFilter, RightsView } from './rights/rights-view.ts';
export { STANDARD_SOURCES, standardSchema } from './schema/standard-schema.ts';
export { matches } from './search/matches.ts';
export {
  EVERYTHING,
  type SearchRequest,
  type SearchRights,
  type SearchScope,
  type SortKey,
} from './search/search-request.ts';
export { type SearchRun, type SearchStep, search } from './search/search-run.ts';
export type { SortRefusal } from './search/sorted-matches.ts';
export { writeEntry } from './search/write-entry.ts';
export {
  decodeEntry,
  encodeEntry,
  type StoredAttribute,
  type StoredEntry,
  writeAttributes,
} from './stored/entry-form.ts';
export {
  ALWAYS,
  decodeMemberKey,
  decodePeriod,
  encodeMemberKey,
  encodePeriod,
  LONGEST_RAW_MEMBER,
  type Member,
  MemberTag,
  type Period,
} from './stored/member-form.ts';
export { Space } from './stored/space.ts';
export { formatUuid, isNilUuid, NIL_UUID, parseUuid, UUID_OCTETS, UuidSource } from './stored/uuid.ts';
export {
  AccountStatus,
  type AccountView,
  type DisabledWhen,
  disabledWhenSchema,
} from './verifier/account-status.ts';
export { type AppPassword, LDAP_SERVICE, LONGEST_LABEL, MOST_APP_PASSWORDS } from './verifier/app-password.ts';
export type {
  Authentication,
  AuthenticationRefusal,
  AuthenticationRequest,
  CommitVerifiers,
  FormVerifier,
} from './verifier/authenticator.ts';
export {
  DirectoryAccounts,
  type DirectoryAccountsPorts,
} from './verifier/directory-accounts.ts';
export type { PasswordModify } from './verifier/password-planner.ts';
export type {
  PasswordChange,
  PasswordChanger,
  PasswordModification,
  VerifierPlan,
  VerifierRefusal,
  VerifierWrite,
} from './verifier/verifier-plan.ts';
export { type NewAppPassword, Verifiers, type VerifiersOptions } from './verifier/verifiers.ts';
export { DirectoryView, type ViewLoader } from './view/directory-view.ts';
export type { EntryNumber } from './view/entry-table.ts';
export type {
  AddChange,
  Attribute,
  ChangeOptions,
  DeleteChange,
  DirectoryChange,
  MembershipChange,
  Modification,
  ModifyChange,
  PasswordModifyChange,
  RenameChange,
} from './write/change.ts';
export {
  type ImportEntry,
  type ImportOptions,
  type ImportReport,
  importEntries,
} from './write/import-entries.ts';
export type { LoginNames } from './write/login-names.ts';
export { type DirectoryResult, type ResultName, SUCCESS } from './write/result.ts';
