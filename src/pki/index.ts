/**
 * pki, floor 3: the keys of the house. What signs the assertion that back ends trust, with its rotation and its
 * published key set, and what signs the heads of the audit trail.
 */
export { type AuditSigner, type AuditVerifier, auditVerifier, publishAuditKey } from './audit-key.ts';
export {
  type JsonWebKeySet,
  type KeyRing,
  type KeyRingOptions,
  openKeyRing,
  type PublicJsonWebKey,
  type Rotation,
} from './key-ring.ts';
export type { AssertionClaims, JsonValue, Signer } from './signer.ts';
export { type JwsExpectation, type JwsVerification, verifyJws } from './verify-jws.ts';
