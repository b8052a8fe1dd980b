/**
 * verifyJws checks an assertion as a careful back end does: the judge of our own signatures, and the model for the
 * verifiers in examples/verify-assertion. The algorithm is ours to choose, never the token's (RFC 8725, section 3.1).
 */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JWK, jwtVerify } from 'jose';
import type { Instant } from '../base/index.ts';
import type { JsonWebKeySet } from './key-ring.ts';
import type { AssertionClaims } from './signer.ts';

export interface JwsExpectation {
  readonly jwks: JsonWebKeySet;
  readonly issuer: string;
  readonly audience: string;
  readonly now: Instant;
}

export type JwsVerification =
  | { readonly kind: 'valid'; readonly claims: AssertionClaims }
  | { readonly kind: 'refused'; readonly reason: string };

const LONGEST_JWS = 65_536;
const HEADER = ['alg', 'kid', 'typ'];

/** Verifies signature, header, audience, issuer and times of a compact JWS. */
export async function verifyJws(jws: string, expected: JwsExpectation): Promise<JwsVerification> {
  if (jws.length > LONGEST_JWS) return { kind: 'refused', reason: 'too long' };
  const keys: { keys: JWK[] } = { keys: expected.jwks.keys.map((key) => ({ ...key })) };
  try {
    const members = Object.keys(decodeProtectedHeader(jws)).sort();
    if (members.join() !== HEADER.join()) return { kind: 'refused', reason: 'unexpected header' };
    const { payload } = await jwtVerify(jws, createLocalJWKSet(keys), {
      algorithms: ['ES256'],
      typ: 'JWT',
      issuer: expected.issuer,
      audience: expected.audience,
      requiredClaims: ['sub', 'iat', 'nbf', 'exp'],
      currentDate: new Date(expected.now),
    });
    return { kind: 'valid', claims: payload as unknown as AssertionClaims };
  } catch (error) {
    return { kind: 'refused', reason: error instanceof errors.JOSEError ? error.code : 'not a JWS' };
  }
}
