/**
 * LoginRequest is what a door asks of a SecurityRealm; LoginOutcome is what it is answered. A closed union: a door
 * that forgets a case does not compile.
 */
import type { Subject } from '../access/index.ts';
import type { AuditId } from '../audit/index.ts';
import type { Instant } from '../base/index.ts';
import type { CallbackHandler, OneTimeCodeCallback } from './callbacks.ts';
import type { FailureReason } from './login-module.ts';

export interface LoginRequest {
  /** The id of the attempt. What the client is shown is the id of the outcome. */
  readonly id: AuditId;
  /** What received the credential: `form`, `basic`, `certificate`, `ldap`, `api`, `cli`. */
  readonly door: string;
  /** The service that the login is for, when the door knows. */
  readonly service?: string;
  /** The client's address as the trusted proxies tell it. */
  readonly client?: string;
  readonly handler: CallbackHandler;
  /** False for `login test`: the lockout counts and reserves nothing. */
  readonly counted: boolean;
  /** The instant of the request, read once by the door. */
  readonly now: Instant;
  /**
   * Unguessable text that only this browser holds. A door that gives none (Basic, an LDAP bind) cannot be
   * challenged: a module that needs a one-time code then finds none.
   */
  readonly browserNonce?: string;
}

/** A one-time code for a login that waits for it. */
export interface ChallengeAnswer {
  /** The id of this attempt: a new one, not that of the request that was challenged. */
  readonly id: AuditId;
  readonly parkedId: string;
  readonly browserNonce: string;
  readonly code: string;
}

/**
 * Why nobody was let in, for the operator. The client is told only that the login failed, and the id.
 * malformed-name     no text that could name anybody: empty, too long, control characters
 * empty-password     an empty password was sent (security rule 3)
 * long-password      a password of more than 4 KiB was sent
 * nothing-verified   the stack succeeded, but no module of it verified a credential
 * different-users    two modules of the stack verified two different people
 * outside-hours      the credential was right, but a validator of the realm's sessions does not hold now
 * unknown-challenge  no login waits under this id for this browser: over, answered, or never was
 * Everything else is the reason of the module whose failure decided.
 */
export type RefusalReason =
  | FailureReason
  | 'malformed-name'
  | 'empty-password'
  | 'long-password'
  | 'nothing-verified'
  | 'different-users'
  | 'outside-hours'
  | 'unknown-challenge';

export interface Authenticated {
  readonly kind: 'authenticated';
  readonly subject: Subject;
  /** Tells the modules that what began with this login is over (JAAS logout). What it throws or refuses is dropped. */
  readonly logout: () => Promise<void>;
}

export interface Challenged {
  readonly kind: 'challenged';
  readonly factor: OneTimeCodeCallback['factor'];
  /** Opaque and unguessable; good for one answer within two minutes, from the same browser. */
  readonly parkedId: string;
}

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  /** The login domain that had to answer and did not, or the part of Realmgate (`audit`, `password`). */
  readonly domain: string;
}

/** What a login came to, before it is written down. */
export type LoginVerdict = Authenticated | Challenged | Refused | Unavailable;

/**
 * A verdict and the id of the record that speaks for it: what the client may be shown and `realmgate explain` takes.
 * Undefined only when the audit trail took no record, and then nobody was let in.
 */
export type LoginOutcome = (LoginVerdict & { readonly id: AuditId }) | (Unavailable & { readonly id: undefined });
