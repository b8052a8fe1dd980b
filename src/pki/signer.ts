/**
 * Signer is the port that turns claims into a signed assertion (JWS compact form, RFC 7515) for a back end.
 *
 * ES256 because every verifier has it: see docs/decisions/0006-assertion-signature.md.
 */
import { CompactSign, importJWK } from 'jose';
import { CodedError, type Milliseconds } from '../base/index.ts';
import type { P256Key } from './signing-key.ts';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

/** What an assertion says (RFC 7519, section 4.1). Times are seconds since 1970. */
export interface AssertionClaims {
  readonly iss: string;
  readonly sub: string;
  /** The one service that it is for. */
  readonly aud: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly [claim: string]: JsonValue;
}

export interface Signer {
  /** The key that signs now; changes when the keys rotate. */
  readonly keyId: string;
  readonly algorithm: 'ES256';
  /** Signs off the main thread. Throws PKI_ASSERTION_TOO_LONG for a life beyond the ring's `longestLife`. */
  signJws(claims: AssertionClaims): Promise<string>;
}

const encoder = new TextEncoder();

/** A signer with one key. Throws PKI_ASSERTION_TOO_LONG for claims that live longer than `longestLife`. */
export async function keySigner(key: P256Key, longestLife: Milliseconds): Promise<Signer> {
  const { kid, ...jwk } = key;
  const privateKey = await importJWK(jwk, 'ES256');
  const header = { alg: 'ES256', kid, typ: 'JWT' };
  return {
    keyId: kid,
    algorithm: 'ES256',
    async signJws(claims) {
      // INVARIANT: no assertion outlives the time for which its key stays published after it has retired.
      if (!((claims.exp - claims.iat) * 1000 <= longestLife)) {
        throw new CodedError('PKI_ASSERTION_TOO_LONG', `an assertion may live ${longestLife / 1000} s at most`);
      }
      return await new CompactSign(encoder.encode(JSON.stringify(claims))).setProtectedHeader(header).sign(privateKey);
    },
  };
}
