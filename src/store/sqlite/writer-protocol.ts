/**
 * What the main thread and the writer thread say to each other. Every task is answered by its id, in the order given.
 */
import type { Instant } from '../../base/index.ts';
import type { CommitOutcome, Write } from '../store.ts';

export type Task =
  | { readonly kind: 'commit'; readonly id: number; readonly now: Instant; readonly writes: readonly Write[] }
  | { readonly kind: 'sweep'; readonly id: number; readonly now: Instant };

/** To the writer: a task, or the wish that it finishes and ends. */
export type Order = Task | { readonly kind: 'close' };

/** A CodedError does not survive the way between threads; its parts do. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What became of a task: a commit's outcome, the number of records swept, or why it failed. */
export interface Answer {
  readonly id: number;
  readonly result: CommitOutcome | number | Failure;
}

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly answers: readonly Answer[] };

/** Most records that one sweep task removes, so that a commit never waits long behind it. */
export const SWEEP_LIMIT = 1000;
