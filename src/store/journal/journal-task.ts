/**
 * What the journal store asks of its writer thread.
 */
import type { AppendOutcome } from './journal-store.ts';

/** A transaction whose writes are encoded. */
export interface EncodedTransaction {
  readonly csn: string;
  readonly writes: Uint8Array;
}

export type JournalTask =
  | { readonly kind: 'append'; readonly expectedHead: number; readonly transactions: readonly EncodedTransaction[] }
  /** Removes at most TRIM_LIMIT records before `keepFrom`. */
  | { readonly kind: 'trim'; readonly keepFrom: number };

/** The journal's head after the task. */
export interface JournalResult {
  readonly outcome: AppendOutcome;
  readonly head: number;
  readonly csn: string;
  readonly trimmed: number;
}

/** Most records that one trim task removes, so that an append never waits long behind it. */
export const TRIM_LIMIT = 2000;
