/**
 * What a snapshot and the thread that reads it say to each other.
 */
import type { Failure } from '../sqlite/writer-protocol.ts';
import type { PackedObjects } from './packed-objects.ts';

export interface ScanThreadData {
  /** The database. */
  readonly path: string;
}

/** To the thread: read another batch, or end. */
export type ScanOrder = 'next' | 'end';

/** From the thread: first what it sees, then a batch for each `next` until there is none. After `failed` and `done` it has ended. */
export type ScanReport =
  | {
      readonly kind: 'opened';
      readonly generation: string;
      readonly head: number;
      readonly csn: string;
      readonly count: number;
    }
  | { readonly kind: 'batch'; readonly batch: PackedObjects }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'done' };
