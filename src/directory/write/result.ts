/**
 * DirectoryResult is how an operation ended, in the names of RFC 4511, 4.1.9; the door maps them to numbers.
 */
import type { Secret } from '../../base/index.ts';
import type { PolicyRefusal } from '../policy/policy-refusal.ts';

export type ResultName =
  | 'success'
  | 'operationsError'
  | 'protocolError'
  | 'timeLimitExceeded'
  | 'sizeLimitExceeded'
  | 'adminLimitExceeded'
  | 'unavailableCriticalExtension'
  | 'noSuchAttribute'
  | 'undefinedAttributeType'
  | 'inappropriateMatching'
  | 'constraintViolation'
  | 'attributeOrValueExists'
  | 'invalidAttributeSyntax'
  | 'noSuchObject'
  | 'invalidDNSyntax'
  | 'inappropriateAuthentication'
  | 'invalidCredentials'
  | 'insufficientAccessRights'
  | 'busy'
  | 'unavailable'
  | 'unwillingToPerform'
  | 'namingViolation'
  | 'objectClassViolation'
  | 'notAllowedOnNonLeaf'
  | 'notAllowedOnRDN'
  | 'entryAlreadyExists'
  | 'objectClassModsProhibited'
  | 'affectsMultipleDSAs'
  | 'other'
  /** RFC 3909. */
  | 'canceled'
  /** RFC 4528. */
  | 'assertionFailed';

export interface DirectoryResult {
  readonly code: ResultName;
  /** What is wrong and what is wanted, for the person at the client; empty for a success. */
  readonly message: string;
  /** The nearest entry above a name that there is none of, where the asker may know of it. */
  readonly matchedDn?: string;
  /** Why the password policy refused a password. */
  readonly policy?: PolicyRefusal;
  /** The password that was made because none was given. */
  readonly generated?: Secret;
}

export const SUCCESS: DirectoryResult = { code: 'success', message: '' };
