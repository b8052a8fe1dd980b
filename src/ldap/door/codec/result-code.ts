/** The result codes of LDAP by their names (RFC 4511, 4.1.9 and appendix A; RFC 3909; RFC 4513). */
import type { ResultName } from '../../../directory/index.ts';

/** What only a door answers: about the connection, and how a comparison ended. */
type DoorResultName =
  | 'compareFalse'
  | 'compareTrue'
  | 'authMethodNotSupported'
  | 'confidentialityRequired'
  | 'noSuchOperation'
  | 'tooLate'
  | 'cannotCancel'
  | 'authorizationDenied';

export type ResultCodeName = ResultName | DoorResultName;

/** A new name of the directory's fails to compile here. */
export const RESULT_CODE: Readonly<Record<ResultCodeName, number>> = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  compareFalse: 5,
  compareTrue: 6,
  authMethodNotSupported: 7,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  inappropriateMatching: 18,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDNSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRDN: 67,
  entryAlreadyExists: 68,
  objectClassModsProhibited: 69,
  affectsMultipleDSAs: 71,
  other: 80,
  canceled: 118,
  noSuchOperation: 119,
  tooLate: 120,
  cannotCancel: 121,
  assertionFailed: 122,
  authorizationDenied: 123,
};

/** How an operation ended, as a door answers it. */
export interface LdapResult {
  readonly code: ResultCodeName;
  /** For the person at the client; empty for a success. */
  readonly message: string;
  readonly matchedDn?: string;
}

export function ldapResult(code: ResultCodeName, message: string): LdapResult {
  return { code, message };
}
