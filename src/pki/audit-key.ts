/**
 * The key that signs the heads of the audit trail: Ed25519, apart from the assertion keys, and never rotated by time,
 * so that a trail of years verifies with one key.
 *
 * Its public half lies beside the trail (`audit-signing-<key id>.pem`), so that `realmgate audit verify` needs no
 * server and no private key. Whoever can rewrite the trail can also replace that file: an auditor keeps a copy of it
 * elsewhere and verifies with the copy.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, type Random } from '../base/index.ts';
import { broken, createKeyFile, readKeyFile } from './key-file.ts';
import { ed25519KeyId, ed25519KeySchema, isSound, newEd25519Key } from './signing-key.ts';

export interface AuditSigner {
  readonly keyId: string;
  /** The public half, SubjectPublicKeyInfo in PEM. */
  readonly publicKeyPem: string;
  sign(octets: Uint8Array): Uint8Array;
}

/** True when `signature` over `octets` was made by the key `keyId`; false for a key it does not know. */
export type AuditVerifier = (keyId: string, octets: Uint8Array, signature: Uint8Array) => boolean;

const PUBLIC_FILE = /^audit-signing-[A-Za-z0-9_-]{43}\.pem$/;
const LARGEST_FILE = 4096;

/** Opens the audit key of a key folder and makes it at the first start. */
export function openAuditSigner(folder: string, random: Random): AuditSigner {
  const file = join(folder, 'audit-key.json');
  let key = readKeyFile(file, ed25519KeySchema);
  if (key === undefined) {
    key = newEd25519Key(random);
    if (!createKeyFile(file, key, random)) key = readKeyFile(file, ed25519KeySchema) ?? key;
  }
  if (!isSound(key)) throw broken(file, 'its parts do not belong together');
  const { kid, ...jwk } = key;
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    keyId: kid,
    publicKeyPem: createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }) as string,
    sign: (octets) => sign(null, octets, privateKey),
  };
}

/** Lays the public half beside the trail, for auditors. Throws PKI_KEY_UNWRITABLE. */
export function publishAuditKey(signer: AuditSigner, folder: string): void {
  const file = join(folder, `audit-signing-${signer.keyId}.pem`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, signer.publicKeyPem, { mode: 0o644 });
  } catch (error) {
    throw new CodedError('PKI_KEY_UNWRITABLE', `cannot write the key file ${file}`, { cause: error });
  }
}

/**
 * A verifier with the public keys at `place`: a PEM file, or a folder with `audit-signing-*.pem` files.
 * Throws PKI_NO_AUDIT_KEY when there is none to use.
 */
export function auditVerifier(place: string): AuditVerifier {
  const keys = new Map<string, KeyObject>();
  for (const file of publicFiles(place)) {
    const key = readPublicKey(file);
    const keyId = key && ed25519KeyId(key);
    if (key !== undefined && keyId !== undefined) keys.set(keyId, key);
  }
  if (keys.size === 0) {
    throw new CodedError('PKI_NO_AUDIT_KEY', `${place} holds no public key of an audit trail (audit-signing-….pem)`);
  }
  return (keyId, octets, signature) => {
    const key = keys.get(keyId);
    return key !== undefined && verify(null, octets, key, signature);
  };
}

function publicFiles(place: string): readonly string[] {
  try {
    if (!statSync(place).isDirectory()) return [place];
    return readdirSync(place)
      .filter((name) => PUBLIC_FILE.test(name))
      .map((name) => join(place, name));
  } catch {
    return [];
  }
}

function readPublicKey(file: string): KeyObject | undefined {
  try {
    if (statSync(file).size > LARGEST_FILE) return undefined;
    return createPublicKey(readFileSync(file));
  } catch {
    return undefined;
  }
}
