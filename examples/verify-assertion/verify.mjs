/**
 * Verifies the signed assertion that Realmgate sends beside the identity headers (`x-realmgate-assertion`).
 *
 *   node verify.mjs --jwks https://login.example.org/.well-known/jwks.json --issuer https://login.example.org --audience portal < assertion
 *
 * `--jwks` may also be a file. Prints the claims; exits with 1 when the assertion must not be believed.
 * In an application: call `assertionVerifier` once, and the function it gives for each request.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';

export function assertionVerifier({ jwks, issuer, audience }) {
  const keys = /^https?:/.test(jwks)
    ? createRemoteJWKSet(new URL(jwks)) // fetched when an unknown key id appears
    : createLocalJWKSet(JSON.parse(readFileSync(jwks, 'utf8')));
  return async (assertion) => {
    // Nothing but these three: a token may neither choose its key (jwk, jku, x5u) nor its rules (crit, b64).
    const header = Object.keys(decodeProtectedHeader(assertion)).sort().join();
    if (header !== 'alg,kid,typ') throw new Error(`unexpected header ${header}`);
    const requiredClaims = ['sub', 'iat', 'nbf', 'exp'];
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: ['ES256'],
      typ: 'JWT',
      issuer,
      audience,
      requiredClaims,
    });
    return payload;
  };
}

if (import.meta.main) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { jwks: text, issuer: text, audience: text } });
  try {
    const verify = assertionVerifier(values);
    console.log(JSON.stringify(await verify(readFileSync(0, 'utf8').trim())));
  } catch (error) {
    console.error(`refused: ${error.message}`);
    process.exitCode = 1;
  }
}
