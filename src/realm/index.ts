/**
 * realm, floor 4: security realms: ordered login modules under JAAS control flags, the outcome of a login,
 * sessions and the validators that end them.
 */
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
  LONGEST_LOGIN_NAME,
  type LoginName,
  LoginNames,
} from './login-name.ts';
export type {
  Authenticated,
  ChallengeAnswer,
  Challenged,
  LoginOutcome,
  LoginRequest,
  RefusalReason,
  Refused,
  Unavailable,
} from './login-outcome.ts';
export type { ContextOfLogin } from './module-context.ts';
export type { Session, SessionEnd, SessionPolicy, SessionValidator } from './session.ts';
export { type FallThrough, type StackPosition, type StackResult, type WalkedStack, walkStack } from './stack-walk.ts';
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
  ldapOptionsSchema,
  ldapOptionsShape,
} from './modules/ldap-options.ts';
