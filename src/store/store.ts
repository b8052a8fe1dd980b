/**
 * Store is the port to durable records: what the rest of the program may rely on, whatever keeps them.
 *
 * A record lives in a bucket under a key and is opaque octets. Every committed batch is one transaction; the
 * conditions on its writes are what makes a one-time ticket one-time and a counter exact.
 *
 * INVARIANT: `commit` resolves only after its batch is on stable storage; a batch is kept whole or not at all.
 * INVARIANT: a read that begins after a commit has resolved sees that commit.
 * INVARIANT: no read waits for a write.
 */
import type { Instant } from '../base/index.ts';

declare const brand: unique symbol;

/**
 * Which writing of a record this is. Grows with every committed batch of the store, and is never used twice, so that a record
 * that was deleted and made again is not mistaken for the old one.
 */
export type Revision = number & { readonly [brand]: 'Revision' };

export interface StoredRecord {
  readonly key: string;
  /** The caller's own copy. */
  readonly value: Uint8Array;
  readonly revision: Revision;
  /** The instant from which on the record is gone; none when it stays until deleted. */
  readonly expiresAt?: Instant;
}

/** One write of a batch. */
export interface Write {
  /** 1 to 512 octets of UTF-8, like the key; any well-formed text, NUL and `__proto__` too. */
  readonly bucket: string;
  readonly key: string;
  /** The new value (0 octets to 1 MiB), or undefined to delete. Copied before `commit` returns. */
  readonly value: Uint8Array | undefined;
  /**
   * What must hold just before this write, after the writes before it in the batch: anything, no such record, or
   * the record as it was read. A record that has expired counts as absent. With an undefined value it deletes only if it holds.
   */
  readonly expect: 'any' | 'absent' | Revision;
  /** A whole number of milliseconds since 1970. */
  readonly expiresAt?: Instant | undefined;
}

/** `conflict`: some condition did not hold, and nothing of the batch was written. */
export type CommitOutcome = 'committed' | 'conflict';

export interface Store {
  /** The record, or undefined when there is none or it has expired. */
  get(bucket: string, key: string): Promise<StoredRecord | undefined>;

  /**
   * The live records of a bucket, ordered by the octets of their keys. Not one instant's picture: a record that is
   * written while the caller iterates may be seen before or after. The caller may write while iterating.
   */
  list(bucket: string): AsyncIterable<StoredRecord>;

  /**
   * Writes a batch of at most 1,000. Rejects with STORE_FULL, STORE_READ_ONLY, STORE_IO, STORE_BUSY, STORE_CORRUPT, STORE_DOWN,
   * STORE_CLOSED or, for what can never be written, STORE_BAD_KEY, STORE_BAD_EXPIRY, STORE_VALUE_TOO_LARGE or STORE_BATCH_TOO_LARGE.
   * Nothing of a rejected batch is visible; only after STORE_IO or STORE_DOWN may a restart still bring all of it.
   */
  commit(writes: readonly Write[]): Promise<CommitOutcome>;

  /** Removes what has expired at `now`, in small transactions that others' commits pass between; resolves with how many. */
  sweep(now: Instant): Promise<number>;

  /** Completes what was committed, then gives the files back. Everything later rejects with STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}
