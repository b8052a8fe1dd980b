/**
 * realm, floor 4: security realms: ordered login modules under JAAS control flags, the outcome of a login,
 * sessions and the validators that end them.
 */
export type { AttemptRecorder } from './attempt-record.ts';
export type {
  Callback,
  CallbackHandler,
  CertificateChainCallback,
  HeaderCallback,
  NameCallback,
  OneTimeCodeCallback,
  PasswordCallback,
} from './callbacks.ts';
export { type ExplainedPosition, type FlagEdit, smallestFlagEdit, stackAdmits } from './flag-edit.ts';
export { LiveLogin } from './live-login.ts';
export { LockoutLedger, type LockoutPolicy, type LockoutRecord, type LockoutStore } from './lockout-ledger.ts';
export {
  DEFAULT_MODULE_TIMEOUT,
  LoginContext,
  type ModuleRun,
  type ParkableModule,
  type StackEntry,
} from './login-context.ts';
export type {
  AbortCause,
  ControlFlag,
  FailureReason,
  LoginFailure,
  LoginModule,
  LoginModuleContext,
  LoginModuleDefinition,
  ModulePrincipal,
  PasswordVerifier,
  PhaseResult,
} from './login-module.ts';
export {
  canonicalLoginName,
  type DomainSpelling,
  LOGIN_NAME,
  type LoginName,
  LoginNames,
} from './login-name.ts';
export type {
  Authenticated,
  ChallengeAnswer,
  Challenged,
  LoginOutcome,
  LoginRequest,
  LoginVerdict,
  RefusalReason,
  Refused,
  Unavailable,
} from './login-outcome.ts';
export type { ContextOfLogin } from './module-context.ts';
export {
  type CertificateOptions,
  type CertificatePorts,
  certificateModule,
  certificateModuleSchema,
  checkCertificateOptions,
} from './modules/certificate.ts';
export { type AlternativeNameKind, alternativeNames, subjectOf } from './modules/certificate-names.ts';
export {
  type AccountAnswer,
  type AccountRequest,
  type DirectoryAccounts,
  type DirectoryModuleSettings,
  directoryModule,
  directoryModuleSchema,
} from './modules/directory.ts';
export {
  DEFAULT_GROUPS_DOMAIN,
  type GroupsOptions,
  type GroupsPorts,
  groupsModule,
  groupsModuleSchema,
} from './modules/groups.ts';
export { type HtpasswdOptions, type HtpasswdPorts, htpasswdModule, htpasswdModuleSchema } from './modules/htpasswd.ts';
export {
  type HttpHeaderOptions,
  type HttpHeaderPorts,
  httpHeaderModule,
  httpHeaderModuleSchema,
} from './modules/http-header.ts';
export { type LdapModuleSettings, ldapModule } from './modules/ldap.ts';
export type {
  BindAnswer,
  DirectoryClient,
  DirectoryEntry,
  DirectorySearch,
  DirectoryServer,
  SearchAnswer,
} from './modules/ldap-directory-client.ts';
export {
  checkLdapOptions,
  type DirectoryAddress,
  type LdapOptions,
  ldapModuleSchema,
} from './modules/ldap-options.ts';
export { lockoutModule, lockoutModuleSchema } from './modules/lockout.ts';
export {
  type PropertiesOptions,
  type PropertiesPorts,
  propertiesModule,
  propertiesModuleSchema,
} from './modules/properties.ts';
export { type SqlModuleSettings, sqlModule } from './modules/sql.ts';
export { checkSqlOptions, type PostgresAddress, type SqlOptions, sqlModuleSchema } from './modules/sql-options.ts';
export { MOST_SQL_ROWS, type SqlAnswer, type SqlRow, type SqlSource } from './modules/sql-source.ts';
export type { SqlStatement } from './modules/sql-statement.ts';
export { type TotpOptions, type TotpPorts, totpModule, totpModuleSchema, type UsedCodes } from './modules/totp.ts';
export { storedUsedCodes } from './modules/totp-used-codes.ts';
export { OfficeHours, type ParsedHours, parseOfficeHours } from './office-hours.ts';
export { PARKING_TIME, ParkedLogins } from './parked-logins.ts';
export { judgeAnswer } from './phase-answer.ts';
export { lintRealm, type RealmProblem } from './realm-lint.ts';
export { moduleSchemas, type RealmOptions, realmSchema, sessionPolicy } from './realm-schema.ts';
export { SecurityRealm, type SecurityRealmOptions } from './security-realm.ts';
export type {
  BeginSession,
  IssuedSession,
  Session,
  SessionEnd,
  SessionObserver,
  SessionPolicy,
  SessionValidator,
} from './session.ts';
export { SessionRegistry, type SessionRegistryOptions } from './session-registry.ts';
export { TICKET_LIFE } from './session-tickets.ts';
export { type FallThrough, type StackPosition, type StackResult, type WalkedStack, walkStack } from './stack-walk.ts';
export { storedLockouts } from './stored-lockouts.ts';
export { tokenDigest } from './stored-sessions.ts';
