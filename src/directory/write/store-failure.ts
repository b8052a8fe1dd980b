/**
 * What a failure of the store is to whoever asked for the change, and whether anything can be written after it. A full disk, a lock and a mount
 * pass by themselves; after a failed fsync nobody knows what the disk holds until it is read again (RFC 4511, A.2).
 */
import { Refusal } from './refusal.ts';
import type { ResultName } from './result.ts';

export interface StoreFailure {
  readonly refusal: Refusal;
  /** Why nothing can be written until a restart; undefined when the next change may be tried. */
  readonly down?: string;
}

/** Of the code of a store's error; undefined for an error that is none of its own. */
export function storeFailure(code: string | undefined): StoreFailure {
  switch (code) {
    case 'STORE_FULL':
      return passing('unwillingToPerform', 'there is no space left to write to; nothing was changed');
    case 'STORE_READ_ONLY':
      return passing('unwillingToPerform', 'the data folder cannot be written to; nothing was changed');
    case 'STORE_BUSY':
      return passing('busy', 'another program holds the store; nothing was changed');
    case 'STORE_BAD_KEY':
    case 'STORE_VALUE_TOO_LARGE':
    case 'STORE_BATCH_TOO_LARGE':
      return passing('adminLimitExceeded', 'the change is larger than the store takes; nothing was changed');
    case 'STORE_CLOSED':
      return {
        ...passing('unavailable', 'the directory is closing; nothing was changed'),
        down: 'the directory is closing',
      };
    case 'STORE_CORRUPT':
      return {
        ...passing('other', 'the store of the directory is damaged; nothing was changed'),
        down: 'the store of the directory is damaged: it is read-only until it is restored from a backup (store restore)',
      };
    default:
      return {
        ...passing('other', 'the disk failed while writing: the change may or may not be there after a restart'),
        down: 'the disk failed while writing; the directory is read-only until a restart',
      };
  }
}

function passing(code: ResultName, message: string): StoreFailure {
  return { refusal: new Refusal(code, message) };
}
