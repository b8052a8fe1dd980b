/**
 * What the record store asks of its writer thread.
 */
import type { Instant } from '../../base/index.ts';
import type { CommitOutcome, Write } from '../store.ts';

export type RecordTask =
  | { readonly kind: 'commit'; readonly now: Instant; readonly writes: readonly Write[] }
  | { readonly kind: 'sweep'; readonly now: Instant };

/** A commit's outcome, or the number of records swept. */
export type RecordResult = CommitOutcome | number;

/** Most records that one sweep task removes, so that a commit never waits long behind it. */
export const SWEEP_LIMIT = 1000;
