/**
 * The limits of a store, the same for every implementation and checked before a write is queued, so that a write that can
 * never succeed is refused at once and never fails its neighbours in a group commit.
 */
import { storeError } from './errors.ts';
import type { Write } from './store.ts';

/** Octets of UTF-8 in a bucket name or a key. */
export const KEY_LIMIT = 512;
/** Octets of a value. */
export const VALUE_LIMIT = 1024 * 1024;
/** Writes of a batch. */
export const BATCH_LIMIT = 1000;

/** Throws STORE_BAD_KEY for what cannot name a record. Lone surrogates have no UTF-8 form: two of them would become one key. */
export function checkName(what: 'bucket' | 'key', name: string): void {
  if (name.length === 0) throw storeError('STORE_BAD_KEY', `a ${what} must not be empty`);
  if (name.length > KEY_LIMIT || Buffer.byteLength(name) > KEY_LIMIT) {
    throw storeError('STORE_BAD_KEY', `a ${what} must not be longer than ${KEY_LIMIT} octets`);
  }
  if (!name.isWellFormed()) throw storeError('STORE_BAD_KEY', `a ${what} must be well-formed text`);
}

/** Throws the coded error of the first write that can never be kept. */
export function checkBatch(writes: readonly Write[]): void {
  if (writes.length > BATCH_LIMIT) {
    throw storeError('STORE_BATCH_TOO_LARGE', `${writes.length} writes in one batch, at most ${BATCH_LIMIT} are kept`);
  }
  for (const { bucket, key, value, expiresAt } of writes) {
    checkName('bucket', bucket);
    checkName('key', key);
    if (value !== undefined && value.byteLength > VALUE_LIMIT) {
      throw storeError(
        'STORE_VALUE_TOO_LARGE',
        `a value of ${value.byteLength} octets, at most ${VALUE_LIMIT} are kept`,
      );
    }
    if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt)) {
      throw storeError(
        'STORE_BAD_EXPIRY',
        `a record cannot expire at ${expiresAt}: not a whole number of milliseconds`,
      );
    }
  }
}
