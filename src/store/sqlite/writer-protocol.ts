/**
 * What the main thread and a writer thread say to each other. Every task is answered by its id, in the order given.
 */

/** To the writer: a task, the question whether what it writes to is sound, or the wish that it finishes and ends. */
export type Order<Request> =
  | { readonly kind: 'task'; readonly id: number; readonly request: Request }
  | { readonly kind: 'check' }
  | { readonly kind: 'close' };

/** A CodedError does not survive the way between threads; its parts do. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What became of a task: its result, or why it failed. */
export type Answer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly failure: Failure };

export type Report<Result> =
  | { readonly kind: 'ready' }
  /** The answer to `check`. */
  | { readonly kind: 'checked'; readonly failure?: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly answers: readonly Answer<Result>[] };
