/**
 * Keeps sessions in the Store, a record a session. The token is kept as a digest: who reads the store can use no
 * session. A record that cannot be read is no session.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { CodedError, type Instant } from '../base/index.ts';
import { BATCH_LIMIT, type Store, type StoreErrorCode, type Write } from '../store/index.ts';
import type { Session } from './session.ts';

/** A session as it is kept. */
export interface SessionRecord {
  readonly session: Session;
  /** tokenDigest of the token. */
  readonly digest: string;
  readonly seenAt: Instant;
}

const BUCKET = 'sessions';
const DISK_FAULTS: ReadonlySet<string> = new Set<StoreErrorCode>([
  'STORE_FULL',
  'STORE_READ_ONLY',
  'STORE_IO',
  'STORE_DOWN',
]);

const principal = z.strictObject({
  type: z.enum(['user', 'group', 'host', 'x500']),
  name: z.string(),
  domain: z.string(),
  module: z.string(),
  aliases: z.array(z.string()).exactOptional(),
});
const wrapped = z.discriminatedUnion('wraps', [
  z.strictObject({ wraps: z.literal('domain'), domain: z.string(), principal }),
  z.strictObject({ wraps: z.literal('realm'), realm: z.string(), domain: z.string(), principal }),
]);
const record = z.strictObject({
  version: z.literal(1),
  digest: z.string().length(43),
  seenAt: z.number(),
  session: z.strictObject({
    id: z.string().min(1),
    parent: z.string().exactOptional(),
    host: z.string(),
    subject: z.strictObject({
      realm: z.string(),
      domain: z.string(),
      name: z.string().min(1),
      principals: z.array(principal),
      wrapped: z.array(wrapped),
    }),
    attempt: z.string(),
    client: z.string().exactOptional(),
    createdAt: z.number(),
  }),
});

/** What is kept of a token. The token has 256 random bits, so that a fast digest is enough. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'base64url');
}

export async function* loadSessions(store: Store): AsyncIterable<SessionRecord> {
  for await (const { key, value } of store.list(BUCKET)) {
    const decoded = decode(value);
    if (decoded?.session.id === key) yield decoded;
  }
}

export function saveWrite({ session, digest, seenAt }: SessionRecord): Write {
  const value = Buffer.from(JSON.stringify({ version: 1, digest, seenAt, session }));
  return { bucket: BUCKET, key: session.id, value, expect: 'any' };
}

export function deleteWrite(id: string): Write {
  return { bucket: BUCKET, key: id, value: undefined, expect: 'any' };
}

/** The store is sound and its disk is not: full, read-only, or failed before. */
export function isDiskFault(error: unknown): boolean {
  return error instanceof CodedError && DISK_FAULTS.has(error.code);
}

/** Commits any number of writes, in batches that the store takes. */
export async function commitAll(store: Store, writes: readonly Write[]): Promise<void> {
  const batches: Promise<unknown>[] = [];
  // All are handed over at once: the order of the store is the order of the calls.
  for (let from = 0; from < writes.length; from += BATCH_LIMIT) {
    batches.push(store.commit(writes.slice(from, from + BATCH_LIMIT)));
  }
  await Promise.all(batches);
}

function decode(value: Uint8Array): SessionRecord | undefined {
  try {
    return record.safeParse(JSON.parse(Buffer.from(value).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
