/**
 * LoginModule is the port that every source of logins implements (JAAS, javax.security.auth.spi.LoginModule).
 *
 * A fresh module is made for each login. A phase returns a value or a promise of one; what it throws, and
 * anything else than a PhaseResult, counts as a failure with reason `error`, never as a success.
 */
import type { Principal } from '../access/index.ts';
import type { Instant, Secret } from '../base/index.ts';
import type { CallbackHandler } from './callbacks.ts';

/** JAAS control flags (javax.security.auth.login.Configuration). */
export type ControlFlag = 'required' | 'requisite' | 'sufficient' | 'optional';

/**
 * Why a module failed.
 * unknown-user      the source answered: no such user
 * wrong-credential  the source answered: the user exists, the credential is wrong (or the account disabled)
 * missing-credential the client did not send what this module needs; nothing was asked
 * locked            the lockout refused before anything was asked
 * disabled          the source answered: right credential or not, the account may not log in
 * must-change       the source answered: right credential, which lets in only when it has been changed
 * unavailable       the source did not answer; nothing is known
 * error             the module threw, timed out or returned nonsense; nothing is known
 */
export type FailureReason =
  | 'unknown-user'
  | 'wrong-credential'
  | 'missing-credential'
  | 'locked'
  | 'disabled'
  | 'must-change'
  | 'unavailable'
  | 'error';

/** A failed phase: JAAS's LoginException as a value. */
export interface LoginFailure {
  readonly kind: 'failure';
  readonly reason: FailureReason;
  /** For the operator (`explain`), never for the client. No secret, no attribute value. */
  readonly detail: string;
}

/** `success` is JAAS true, `ignored` is JAAS false ("ignore this module"). */
export type PhaseResult = 'success' | 'ignored' | LoginFailure;

/** What a module's `abort` is told: why the whole login failed. */
export interface AbortCause {
  /** The failure reasons of all modules whose login ran, in order. */
  readonly failures: readonly FailureReason[];
}

export interface LoginModule {
  /** Verifies; adds nothing to the subject yet. */
  login(): PhaseResult | Promise<PhaseResult>;
  /** The whole login succeeded: says what to add through `principals`. */
  commit(): PhaseResult | Promise<PhaseResult>;
  /** The whole login failed: forgets what it learnt, releases what it holds. */
  abort(cause: AbortCause): PhaseResult | Promise<PhaseResult>;
  /** The session ended. */
  logout(): PhaseResult | Promise<PhaseResult>;
  /** What this module adds to the subject; read after a successful commit. Plain principals without origin. */
  principals?(): readonly ModulePrincipal[];
  /**
   * The user this module verified a credential of, as its source spells the name; read after a successful commit.
   * Modules that only watch or add (lockout, groups) do not have it: they cannot make a realm admit anybody.
   */
  verifiedUser?(): string | undefined;
}

/** A principal before the realm adds where it came from. */
export type ModulePrincipal = Pick<Principal, 'type' | 'name' | 'aliases'>;

/** What a login hands to the modules it makes. */
export interface LoginModuleContext {
  readonly realm: string;
  readonly handler: CallbackHandler;
  /** State shared by the modules of one login (JAAS sharedState), such as a verified canonical name. */
  readonly shared: Map<string, unknown>;
  /** Verifies stored hashes in the bounded pool and counts what was spent (security rule 7). */
  readonly passwords: PasswordVerifier;
  /** Aborted when the module's time is over or the login was given up; pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /** False for `login test`: the lockout counts and reserves nothing. */
  readonly counted: boolean;
  /** The service that this login opens and nothing else; undefined where a session begins, which opens others too. */
  readonly service?: string | undefined;
  /** The instant at which the login began. */
  readonly now: Instant;
}

export interface PasswordVerifier {
  /** Resolves `unusable` for a locked, broken or unknown stored form; rejects with PASSWORD_BUSY when the queue is full. */
  verify(stored: string, password: Secret): Promise<'match' | 'mismatch' | 'unusable'>;
}

/** A configured module of a realm: makes a fresh LoginModule for each login. Its constructor does no I/O. */
export interface LoginModuleDefinition {
  /** The name after `use:` in the configuration. */
  readonly use: string;
  /** The login domain; `undefined` for modules that represent none (lockout). Unique within a realm. */
  readonly domain: string | undefined;
  /** True when a success of this module means that a credential was verified. */
  readonly verifies: boolean;
  /** The lower-case name of the header of a trusted proxy that this module takes for a login. */
  readonly loginHeader?: string;
  /** The lower-case names of all headers of a trusted proxy that it reads. */
  readonly headers?: readonly string[];
  create(context: LoginModuleContext): LoginModule;
  /**
   * A form whose verification costs what a wrong password costs at this module, so that the realm can spend the same on
   * an unknown or locked user. A decoy (`decoyOf`), never somebody's own: a match of it would be remembered, and tell by
   * its time what that password is. Undefined when the module derives no keys itself.
   */
  costlySample?(): string | undefined;
  /** Every group that it can give, once started; for `check`. Absent when its source cannot list them. */
  knownGroups?(): readonly string[];
  /** Opens what it needs (files, pools); a failure refuses the new configuration generation, an outage does not. */
  start?(): Promise<void>;
  close?(): Promise<void>;
}
