/** Assertions that a verifier must believe, and forgeries that it must not (RELIABILITY: JWT confusion, RFC 8725). */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssertionClaims, JsonWebKeySet, KeyRing } from '../../src/pki/index.ts';

export const ISSUER = 'https://login.example.org';
export const AUDIENCE = 'portal';

export interface AssertionTokens {
  readonly jwks: JsonWebKeySet;
  readonly good: ReadonlyMap<string, string>;
  readonly bad: ReadonlyMap<string, string>;
}

/** Tokens around the instant `now`, made with the keys of a ring whose files lie in `folder`. */
export async function assertionTokens(ring: KeyRing, folder: string, now: number): Promise<AssertionTokens> {
  const iat = Math.floor(now / 1000);
  const claims: AssertionClaims = {
    iss: ISSUER,
    sub: 'alice',
    aud: AUDIENCE,
    iat,
    nbf: iat,
    exp: iat + 300,
    groups: ['campus\\labs'],
  };
  const jwks = ring.jwks();
  const kid = ring.signer.keyId;
  const published = jwks.keys.find((key) => key.kid === kid)!;
  const own = privateKeyOf(folder, kid);
  const next = jwks.keys.find((key) => key.kid !== kid)!.kid;
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const foreignJwk = foreign.publicKey.export({ format: 'jwk' });
  const spki = createPublicKey({ key: { ...published }, format: 'jwk' });
  const header = { alg: 'ES256', kid, typ: 'JWT' };
  const without = (claim: string) => Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
  const good = await ring.signer.signJws(claims);
  const [head = '', body = '', signature = ''] = good.split('.');
  const hs256 = (secret: string | Buffer) => {
    const input = `${encode({ ...header, alg: 'HS256' })}.${body}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };

  return {
    jwks,
    good: new Map([
      ['as signed', good],
      ['by the next key', jws({ ...header, kid: next }, claims, privateKeyOf(folder, next))],
      ['with a name beyond ASCII', jws(header, { ...claims, sub: 'žofie\u2028' }, own)],
    ]),
    bad: new Map([
      ['alg none', `${encode({ ...header, alg: 'none' })}.${body}.`],
      ['alg nOnE with the signature', `${encode({ ...header, alg: 'nOnE' })}.${body}.${signature}`],
      ['HS256 with the public key as PEM', hs256(spki.export({ format: 'pem', type: 'spki' }))],
      ['HS256 with the public key as DER', hs256(spki.export({ format: 'der', type: 'spki' }))],
      ['HS256 with the public key as JWK', hs256(JSON.stringify(published))],
      ['HS256 with nothing', hs256('')],
      ['an embedded key', jws({ ...header, jwk: foreignJwk }, claims, foreign.privateKey)],
      ['an embedded key, rightly signed', jws({ ...header, jwk: foreignJwk }, claims, own)],
      ['a key set of its own', jws({ ...header, jku: 'https://evil.example.org/jwks.json' }, claims, own)],
      ['a certificate of its own', jws({ ...header, x5u: 'https://evil.example.org/c.pem' }, claims, own)],
      ['another key under our key id', jws(header, claims, foreign.privateKey)],
      ['an unknown key id', jws({ ...header, kid: 'other' }, claims, own)],
      ['a path as key id', jws({ ...header, kid: '../../../dev/null' }, claims, own)],
      ['SQL as key id', jws({ ...header, kid: `${kid}' OR '1'='1` }, claims, own)],
      ['a list as key id', jws({ ...header, kid: [kid] }, claims, own)],
      ['no key id', jws({ alg: 'ES256', typ: 'JWT' }, claims, own)],
      ['another type', jws({ ...header, typ: 'at+jwt' }, claims, own)],
      ['a critical extension', jws({ ...header, crit: ['exp'], exp: 1 }, claims, own)],
      ['b64 false', unencoded({ ...header, crit: ['b64'], b64: false }, body, own)],
      ['b64 true', jws({ ...header, b64: true }, claims, own)],
      ['two algorithms', jwsOfText(`{"alg":"ES256","alg":"none","kid":"${kid}","typ":"JWT"}`, claims, own)],
      ['expired', jws(header, { ...claims, iat: iat - 900, nbf: iat - 900, exp: iat - 600 }, own)],
      ['not yet valid', jws(header, { ...claims, nbf: iat + 120 }, own)],
      ['for another service', jws(header, { ...claims, aud: 'wiki' }, own)],
      ['for several other services', jws(header, { ...claims, aud: ['wiki', 'portal2'] }, own)],
      ['of another issuer', jws(header, { ...claims, iss: 'https://evil.example.org' }, own)],
      ...['iss', 'aud', 'sub', 'iat', 'nbf', 'exp'].map(
        (claim) => [`without ${claim}`, jws(header, without(claim), own)] as const,
      ),
      ['exp as text', jws(header, { ...claims, exp: 'never' }, own)],
      ['another subject under the signature', `${head}.${encode({ ...claims, sub: 'root' })}.${signature}`],
      ['a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
      [
        'a signature in DER',
        `${head}.${body}.${sign('sha256', Buffer.from(`${head}.${body}`), own).toString('base64url')}`,
      ],
      ['half a signature', `${head}.${body}.${signature.slice(0, 43)}`],
      ['no signature', `${head}.${body}.`],
      ['two parts', `${head}.${body}`],
      ['four parts', `${good}.${signature}`],
      ['the header sent twice', `${good}, ${good}`],
      ['JSON serialization', JSON.stringify({ payload: body, protected: head, signature })],
      ['nothing', ''],
      ['"null"', 'null'],
      ['a long token', `${head}.${'A'.repeat(1_000_000)}.${signature}`],
    ]),
  };
}

function privateKeyOf(folder: string, kid: string): KeyObject {
  const ring = JSON.parse(readFileSync(join(folder, 'assertion-keys.json'), 'utf8')) as {
    keys: { key: { kid: string } }[];
  };
  return createPrivateKey({ key: { ...ring.keys.find(({ key }) => key.kid === kid)!.key }, format: 'jwk' });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function jws(header: unknown, claims: unknown, key: KeyObject): string {
  return jwsOfText(JSON.stringify(header), claims, key);
}

function jwsOfText(header: string, claims: unknown, key: KeyObject): string {
  const input = `${Buffer.from(header).toString('base64url')}.${encode(claims)}`;
  return `${input}.${signatureOf(input, key)}`;
}

/** RFC 7797: the signature covers the payload before its encoding. */
function unencoded(header: unknown, body: string, key: KeyObject): string {
  const payload = Buffer.from(body, 'base64url').toString();
  return `${encode(header)}.${body}.${signatureOf(`${encode(header)}.${payload}`, key)}`;
}

function signatureOf(input: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}
