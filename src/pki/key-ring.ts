/**
 * KeyRing holds the keys that sign assertions and rotates them so that no back end ever meets an unknown key.
 *
 * At any time one key signs, the next one is already published, and retired ones stay published until the last
 * assertion they signed has expired. One file holds all of them, so a rotation is one atomic replacement: a crash
 * leaves the state before or after, never between.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, CodedError, type Instant, type Milliseconds, type Random } from '../base/index.ts';
import { type AuditSigner, openAuditSigner } from './audit-key.ts';
import { broken, createKeyFile, readKeyFile, replaceKeyFile } from './key-file.ts';
import { keySigner, type Signer } from './signer.ts';
import { isSound, newP256Key, p256KeySchema } from './signing-key.ts';

const MINUTE: Milliseconds = 60_000;
const HOUR: Milliseconds = 60 * MINUTE;
const DAY: Milliseconds = 24 * HOUR;
/** What clocks of back ends may differ by. */
const SKEW: Milliseconds = 5 * MINUTE;
const MOST_KEYS = 32;

export interface KeyRingOptions {
  /** Where the private keys are kept; made with mode 0700 when missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** A key signs for so long; 90 days when absent. */
  readonly rotateEvery?: Milliseconds;
  /** A key is published for so long before it signs, at least what back ends cache the key set for; an hour when absent. */
  readonly publishAhead?: Milliseconds;
  /** No assertion lives longer; ten minutes when absent. */
  readonly longestLife?: Milliseconds;
  /** Called after each rotation, by time or by hand. */
  readonly onRotation?: (rotation: { readonly from: string; readonly to: string }) => void;
  /** Called when a rotation by time failed; it is tried again an hour later. */
  readonly onFailure?: (error: unknown) => void;
}

/** A public key as it is published (RFC 7517); never a private member. */
export interface PublicJsonWebKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

export interface JsonWebKeySet {
  readonly keys: readonly PublicJsonWebKey[];
}

export type Rotation =
  | { readonly kind: 'rotated'; readonly from: string; readonly to: string }
  /** The next key has not been published for long enough; back ends may not know it yet. */
  | { readonly kind: 'too-soon'; readonly until: Instant };

export interface KeyRing {
  /** Signs with the key whose turn it is. */
  readonly signer: Signer;
  /** Signs the heads of the audit trail, with a key of its own. */
  readonly auditSigner: AuditSigner;
  /** What `/.well-known/jwks.json` answers: the signing key first, the next, then the retired. */
  jwks(): JsonWebKeySet;
  /** Lets the next key sign. */
  rotate(): Promise<Rotation>;
  /** Takes over what another process wrote, after a rotation there. */
  reload(): Promise<void>;
  close(): void;
}

const ringSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        state: z.enum(['signing', 'next', 'retired']),
        /** When it was first published. */
        since: z.number().int(),
        signsSince: z.number().int().exactOptional(),
        retiredAt: z.number().int().exactOptional(),
        key: p256KeySchema,
      }),
    )
    .max(MOST_KEYS),
});
type RingKey = z.infer<typeof ringSchema>['keys'][number];

/** Opens the keys of a data folder and makes them at the first start. Throws PKI_KEY_BROKEN, PKI_KEY_EXPOSED, PKI_KEY_UNWRITABLE. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { clock, random } = options;
  const { rotateEvery = 90 * DAY, publishAhead = HOUR, longestLife = 10 * MINUTE } = options;
  const file = join(options.folder, 'assertion-keys.json');
  const auditSigner = openAuditSigner(options.folder, random);
  let keys = openKeys(file, clock.now(), random);
  let current = await keySigner(withState(keys, 'signing').key, longestLife);

  async function install(next: readonly RingKey[]): Promise<void> {
    current = await keySigner(withState(next, 'signing').key, longestLife);
    keys = next;
  }

  /** Two who rotate at once share one rotation. */
  let rotating: Promise<Rotation> | undefined;
  function rotate(): Promise<Rotation> {
    rotating ??= rotateOnce().finally(() => {
      rotating = undefined;
    });
    return rotating;
  }

  async function rotateOnce(): Promise<Rotation> {
    const now = clock.now();
    const signing = withState(keys, 'signing');
    const next = withState(keys, 'next');
    const until = next.since + publishAhead;
    if (now < until) return { kind: 'too-soon', until };
    const rotated: RingKey[] = [
      { ...next, state: 'signing', signsSince: now },
      { state: 'next', since: now, key: newP256Key(random) },
      { ...signing, state: 'retired', retiredAt: now },
      ...keys.filter((key) => key.state === 'retired' && isPublished(key, now)),
    ];
    if (rotated.length > MOST_KEYS) return { kind: 'too-soon', until: now + longestLife + SKEW };
    replaceKeyFile(file, { keys: rotated }, random);
    await install(rotated);
    const rotation = { from: signing.key.kid, to: next.key.kid };
    options.onRotation?.(rotation);
    return { kind: 'rotated', ...rotation };
  }

  function isPublished(key: RingKey, now: Instant): boolean {
    return key.retiredAt === undefined || now < key.retiredAt + longestLife + SKEW;
  }

  const turn = clock.every(HOUR, () => {
    if (clock.now() < (withState(keys, 'signing').signsSince ?? 0) + rotateEvery) return;
    rotate().catch((error: unknown) => options.onFailure?.(error));
  });

  return {
    signer: {
      get keyId() {
        return current.keyId;
      },
      algorithm: 'ES256',
      signJws: (claims) => current.signJws(claims),
    },
    auditSigner,
    jwks() {
      const now = clock.now();
      return { keys: keys.filter((key) => isPublished(key, now)).map(({ key }) => publicPart(key)) };
    },
    rotate,
    reload: () => install(readKeys(file) ?? keys),
    close: () => turn.cancel(),
  };
}

function openKeys(file: string, now: Instant, random: Random): readonly RingKey[] {
  const found = readKeys(file);
  if (found !== undefined) return found;
  const made: RingKey[] = [
    { state: 'signing', since: now, signsSince: now, key: newP256Key(random) },
    { state: 'next', since: now, key: newP256Key(random) },
  ];
  if (createKeyFile(file, { keys: made }, random)) return made;
  const theirs = readKeys(file);
  if (theirs === undefined)
    throw new CodedError('PKI_KEY_UNWRITABLE', `the key file ${file} vanished while it was made`);
  return theirs;
}

function readKeys(file: string): readonly RingKey[] | undefined {
  const ring = readKeyFile(file, ringSchema);
  if (ring === undefined) return undefined;
  for (const state of ['signing', 'next'] as const) {
    const count = ring.keys.filter((key) => key.state === state).length;
    if (count !== 1) throw broken(file, `it has ${count} keys that are ${state}`);
  }
  for (const { key } of ring.keys) {
    if (!isSound(key)) throw broken(file, `the parts of key ${key.kid} do not belong together`);
  }
  return ring.keys;
}

function withState(keys: readonly RingKey[], state: 'signing' | 'next'): RingKey {
  return keys.find((key) => key.state === state)!; // readKeys and rotate keep exactly one of each
}

function publicPart({ x, y, kid }: RingKey['key']): PublicJsonWebKey {
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
}
