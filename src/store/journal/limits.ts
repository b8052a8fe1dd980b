/**
 * The limits of a journal store, the same for every implementation and checked before a write is queued.
 */
import { storeError } from '../errors.ts';
import type { JournalTransaction, ObjectWrite, StoredObject } from './journal-store.ts';

/** Octets of an object's key. */
export const OBJECT_KEY_LIMIT = 600;
/** Octets of an object's value: what the largest request of an authenticated client may carry. */
export const OBJECT_VALUE_LIMIT = 16 * 1024 * 1024;
/** Octets of the writes of one transaction, and of one append. */
export const APPEND_OCTETS_LIMIT = 64 * 1024 * 1024;
/** Transactions of one append. */
export const APPEND_LIMIT = 10_000;

const CSN_LIMIT = 128;
/** Most records of one answer, however many are asked for. */
export const RECORDS_LIMIT = 10_000;

const SPACE = /^[a-z][a-z0-9-]{0,63}$/;

/** Throws the coded error of the first transaction that can never be kept; what they take together is checked when they are encoded. */
export function checkTransactions(transactions: readonly JournalTransaction[]): void {
  if (transactions.length > APPEND_LIMIT) {
    throw storeError(
      'STORE_BATCH_TOO_LARGE',
      `${transactions.length} transactions at once, at most ${APPEND_LIMIT} are kept`,
    );
  }
  for (const { csn, writes } of transactions) {
    checkCsn(csn);
    for (const write of writes) checkWrite(write);
  }
}

/** Throws STORE_BAD_KEY for what cannot be a CSN. */
export function checkCsn(csn: string): void {
  if (csn.length === 0 || Buffer.byteLength(csn) > CSN_LIMIT || !csn.isWellFormed()) {
    throw storeError('STORE_BAD_KEY', `a change sequence number has 1 to ${CSN_LIMIT} octets of well-formed text`);
  }
}

/** Throws STORE_BAD_KEY or STORE_VALUE_TOO_LARGE for a write that can never be kept. */
export function checkWrite({ space, key, value }: ObjectWrite | StoredObject): void {
  if (!SPACE.test(space)) {
    throw storeError('STORE_BAD_KEY', 'a space is named by a lower-case letter and up to 63 of a-z, 0-9 and -');
  }
  if (key.byteLength === 0 || key.byteLength > OBJECT_KEY_LIMIT) {
    throw storeError('STORE_BAD_KEY', `a key has 1 to ${OBJECT_KEY_LIMIT} octets, not ${key.byteLength}`);
  }
  if (value !== undefined && value.byteLength > OBJECT_VALUE_LIMIT) {
    throw storeError(
      'STORE_VALUE_TOO_LARGE',
      `a value of ${value.byteLength} octets, at most ${OBJECT_VALUE_LIMIT} are kept`,
    );
  }
}
