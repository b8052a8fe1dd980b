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
