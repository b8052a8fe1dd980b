/**
 * What can go wrong in a store, as stable codes (docs/errors.md says what the operator does about each).
 */
import { CodedError } from '../base/index.ts';

export type StoreErrorCode =
  | 'STORE_FULL'
  | 'STORE_READ_ONLY'
  | 'STORE_IO'
  | 'STORE_BUSY'
  | 'STORE_CORRUPT'
  | 'STORE_NEWER'
  | 'STORE_DOWN'
  | 'STORE_CLOSED'
  | 'STORE_LOCKED'
  | 'STORE_TRIMMED'
  | 'STORE_BAD_BACKUP'
  | 'STORE_TARGET_EXISTS'
  | 'STORE_BAD_KEY'
  | 'STORE_BAD_EXPIRY'
  | 'STORE_VALUE_TOO_LARGE'
  | 'STORE_BATCH_TOO_LARGE';

export function storeError(code: StoreErrorCode, message: string, cause?: unknown): CodedError<StoreErrorCode> {
  return new CodedError(code, message, cause === undefined ? {} : { cause });
}
