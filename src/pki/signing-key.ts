/**
 * The two kinds of signing key, as private JSON Web Keys: P-256 for assertions (ES256, RFC 7518) and Ed25519 for the
 * audit trail (RFC 8037). A key's id is its thumbprint (RFC 7638), so an id can never name another key.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../base/index.ts';

const octets32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const p256KeySchema = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: octets32,
  y: octets32,
  d: octets32,
  kid: octets32,
});
export type P256Key = z.infer<typeof p256KeySchema>;

export const ed25519KeySchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: octets32,
  d: octets32,
  kid: octets32,
});
export type Ed25519Key = z.infer<typeof ed25519KeySchema>;

/** The fixed start of a PKCS #8 Ed25519 private key (RFC 8410, section 7); the 32 octets of the seed follow. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PROBE = Buffer.from('realmgate key probe');

/** A new P-256 key. */
export function newP256Key(random: Random): P256Key {
  const { privateScalar, point } = randomP256(random);
  const x = base64url(point.subarray(1, 33));
  const y = base64url(point.subarray(33, 65));
  return { kty: 'EC', crv: 'P-256', x, y, d: base64url(privateScalar), kid: p256Thumbprint({ x, y }) };
}

/** A new Ed25519 key. */
export function newEd25519Key(random: Random): Ed25519Key {
  const seed = random.bytes(32);
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const x = createPublicKey(key).export({ format: 'jwk' }).x!;
  return { kty: 'OKP', crv: 'Ed25519', x, d: base64url(seed), kid: ed25519Thumbprint({ x }) };
}

/** True when the private part belongs to the public one and the id to both: what a damaged file fails. */
export function isSound(key: P256Key | Ed25519Key): boolean {
  const kid = key.kty === 'EC' ? p256Thumbprint(key) : ed25519Thumbprint(key);
  if (kid !== key.kid) return false;
  try {
    const { d, ...publicPart } = key;
    const digest = key.kty === 'EC' ? 'sha256' : null;
    const signature = sign(digest, PROBE, createPrivateKey({ key: { ...publicPart, d }, format: 'jwk' }));
    return verify(digest, PROBE, createPublicKey({ key: publicPart, format: 'jwk' }), signature);
  } catch {
    return false;
  }
}

/** The id of an Ed25519 public key. */
export function ed25519KeyId(key: KeyObject): string | undefined {
  const { crv, x } = key.export({ format: 'jwk' });
  return crv === 'Ed25519' && x !== undefined ? ed25519Thumbprint({ x }) : undefined;
}

function randomP256(random: Random): { privateScalar: Uint8Array; point: Uint8Array } {
  for (;;) {
    const privateScalar = random.bytes(32);
    const curve = createECDH('prime256v1');
    try {
      curve.setPrivateKey(privateScalar);
    } catch {
      continue; // zero, or not below the order of the curve: about one in 2^32
    }
    return { privateScalar, point: curve.getPublicKey() };
  }
}

// RFC 7638, section 3: the required members only, in lexicographic order, without white space.
const p256Thumbprint = ({ x, y }: { x: string; y: string }) =>
  thumbprint(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }));
const ed25519Thumbprint = ({ x }: { x: string }) => thumbprint(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }));
const thumbprint = (text: string) => createHash('sha256').update(text).digest('base64url');
const base64url = (octets: Uint8Array) => Buffer.from(octets).toString('base64url');
