/**
 * Keeps the ledger of a realm's lockout in the Store, a record a name.
 *
 * The key is a digest of the name, because a name may be longer than a key.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BATCH_LIMIT, type Store, type Write } from '../store/index.ts';
import type { LockoutRecord, LockoutStore } from './lockout-ledger.ts';

const stored = z.strictObject({ name: z.string().min(1), failures: z.array(z.number()).max(10_000) });

/** The records of one realm. A record that cannot be read is passed over: it may lock nobody and free nobody. */
export function storedLockouts(store: Store, realm: string): LockoutStore {
  const bucket = `lockout:${realm}`;
  return {
    async *load() {
      for await (const { value } of store.list(bucket)) {
        const record = decode(value);
        if (record !== undefined) yield record;
      }
    },
    async save(records) {
      for (let from = 0; from < records.length; from += BATCH_LIMIT) {
        await store.commit(records.slice(from, from + BATCH_LIMIT).map((record) => writeOf(bucket, record)));
      }
    },
  };
}

function writeOf(bucket: string, { name, failures, expiresAt }: LockoutRecord): Write {
  const key = createHash('sha256').update(name).digest('base64url');
  if (failures.length === 0) return { bucket, key, value: undefined, expect: 'any' };
  return { bucket, key, value: Buffer.from(JSON.stringify({ name, failures })), expect: 'any', expiresAt };
}

function decode(value: Uint8Array): z.infer<typeof stored> | undefined {
  try {
    return stored.safeParse(JSON.parse(Buffer.from(value).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
