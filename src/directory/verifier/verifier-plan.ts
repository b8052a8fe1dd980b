/**
 * VerifierPlan is what a change of passwords comes to: objects to write in the transaction of the change, and what the
 * entry says about its password from then on.
 *
 * It is made before the transaction, because hashing takes its time; the transaction checks that it still holds.
 */
import type { Instant, Secret } from '../../base/index.ts';
import type { PolicyRefusal } from '../policy/policy-refusal.ts';

/** A write to the space `verifier`; undefined deletes. */
export interface VerifierWrite {
  readonly space: 'verifier';
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export interface VerifierPlan {
  readonly kind: 'planned';
  readonly writes: readonly VerifierWrite[];
  /** What pwdChangedTime becomes; undefined: it goes, because there is no password any more. */
  readonly changedAt: Instant | undefined;
  /** What pwdReset becomes. */
  readonly mustChange: boolean;
  /** The password that was made because none was given (RFC 3062). */
  readonly generated?: Secret;
  /** False when the password was changed since the plan was made: the transaction must not be made, the change is planned anew. */
  stillHolds(): boolean;
}

export interface VerifierRefusal {
  readonly kind: 'refused';
  readonly refusal: PolicyRefusal;
  /** For the person who chose the password. */
  readonly message: string;
}

/** One change to the values of userPassword, in the order of the operation. */
export interface PasswordModification {
  readonly operation: 'add' | 'delete' | 'replace';
  /** As the client sent them: text in UTF-8, or a hashed form with its `{SCHEME}`. */
  readonly values: readonly Uint8Array[];
}

/** Who changes a password, which decides what has to be given and what is allowed. */
export type PasswordChanger =
  /** The owner, with the rights of its own entry. */
  | 'self'
  /** Somebody else, who may write userPassword. */
  | 'other'
  /** The operator on the machine, and imports: the policy does not bind, hashed forms are taken as they are. */
  | 'system';

export interface PasswordChange {
  /** The 16 octets of the owner's entryUUID. */
  readonly owner: Uint8Array;
  readonly by: PasswordChanger;
  /** The names of the owner, which a password may not be made of: uid, cn, mail. */
  readonly names: readonly string[];
  /** `Rights.storesHashedPasswords` of who changes it. */
  readonly storesHashed: boolean;
  /** When the password was set, where an import knows it; now otherwise. */
  readonly changedAt?: Instant;
  /** Former passwords that an import brings, newest first: forms, or text. */
  readonly former?: readonly string[];
}
