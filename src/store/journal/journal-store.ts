/**
 * JournalStore is the port to the directory's durable content: objects, and the journal of how they came to be.
 *
 * An object lives in a space under a key and is opaque octets. A transaction is a list of object writes with its change sequence
 * number (CSN); the journal holds exactly those writes, numbered in the order of commit without gaps, so that whoever applies the
 * records in order has what the objects are.
 *
 * INVARIANT: `append` resolves with `committed` only after its batch is on stable storage; objects, journal records and CSN of a
 * batch are one transaction: all of it or nothing.
 * INVARIANT: what `objects` and `journal` yield is what was committed. A flipped bit, a lost row, a row too many and an older state
 * than the acknowledged one are found (STORE_CORRUPT) and never yielded as if they were right.
 * INVARIANT: no read waits for a write.
 */

/** One write of a transaction. */
export interface ObjectWrite {
  /** 1 to 64 octets of UTF-8, well-formed. */
  readonly space: string;
  /** 1 to 600 octets. */
  readonly key: Uint8Array;
  /** The new value (0 octets to 16 MiB), or undefined to delete; deleting what is not there is no error. */
  readonly value: Uint8Array | undefined;
}

export interface StoredObject {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One operation of the directory: kept whole or not at all. At most 64 MiB together. */
export interface JournalTransaction {
  /** 1 to 128 octets of UTF-8; the store does not look into it. */
  readonly csn: string;
  /** In the order in which they take effect; the last one of a key wins. */
  readonly writes: readonly ObjectWrite[];
}

export interface JournalRecord extends JournalTransaction {
  /** Grows by one from record to record. */
  readonly sequence: number;
}

/**
 * All objects at one instant, in batches, ordered by space and key (by their octets). Iterate it once, to its end or not: it holds
 * a read transaction from the first batch on. Octets are the caller's own; the buffers behind them are shared within a batch.
 *
 * Rejects with STORE_CORRUPT when a checksum, the set hash or the count does not hold: what was yielded until then must be dropped.
 */
export interface ObjectSnapshot extends AsyncIterable<readonly StoredObject[]> {
  readonly generation: string;
  /** The sequence of the last transaction that is in it. */
  readonly head: number;
  /** The CSN of that transaction, or of the import; empty when there was none yet. */
  readonly csn: string;
  readonly count: number;
}

/** `behind`: the journal's head was not the expected one, and nothing was written. */
export type AppendOutcome = 'committed' | 'behind';

/**
 * Content that is made beside the present one and takes its place whole. Nothing of it is visible before `commit`, and a crash at
 * any moment leaves the old or the new content, never a mix. One at a time; a second `stage` discards the first.
 */
export interface StagedContent {
  /** Adds objects in any order; one with a key that was added before is refused with STORE_BAD_KEY at `commit` at the latest. */
  add(objects: readonly StoredObject[]): Promise<void>;
  /**
   * Swaps the content in: a new generation, the given CSN, an empty journal whose head is one beyond the present (so that an
   * append meant for the old content is `behind`). `behind` when something was appended
   * since `stage`; the staged content is then discarded. Snapshots taken before end with STORE_CLOSED. STORE_BUSY when another program has
   * the present content open.
   */
  commit(csn: string): Promise<AppendOutcome>;
  /** Idempotent. After it, or after `commit`, everything else rejects with STORE_CLOSED. */
  discard(): Promise<void>;
}

export interface JournalReport {
  readonly generation: string;
  readonly head: number;
  readonly csn: string;
  readonly objects: number;
  readonly records: number;
  /** What is wrong, in plain words; empty when nothing is. */
  readonly damage: readonly string[];
}

export interface JournalStore {
  /** Random, and a new one after each restore or import: sequences of two generations are not comparable. */
  readonly generation: string;

  /** The sequence of the last committed transaction (or import) that this process knows of; 0 when there was none. */
  head(): number;

  /** The CSN of the last committed transaction or import; empty when there was none yet. */
  csn(): string;

  /**
   * Resolves when nothing speaks against writing to what is there, which takes a reading of the whole store and is found out once, at
   * the latest for the first write, which waits for it. Rejects with STORE_CORRUPT, with which all writes are then refused, or
   * STORE_DOWN.
   */
  sound(): Promise<void>;

  /** A snapshot of everything. */
  objects(): Promise<ObjectSnapshot>;

  /**
   * The records after sequence `after`, in order, at most `limit` (1 to 10,000, 1,000 when left out; fewer when they are large): none when
   * `after` is the head. Rejects with STORE_TRIMMED when a record after `after` is no longer kept, or `after` is beyond the head.
   */
  journal(after: number, limit?: number): Promise<readonly JournalRecord[]>;

  /**
   * Commits the transactions as one batch when the head is `expectedHead`, each with the next sequence. Rejects with STORE_FULL,
   * STORE_READ_ONLY or STORE_BUSY, after which it may be tried again; STORE_IO, after which all later ones reject with
   * STORE_DOWN until a restart; STORE_CORRUPT, STORE_DOWN, STORE_CLOSED; or, for what can never be written, STORE_BAD_KEY,
   * STORE_VALUE_TOO_LARGE or STORE_BATCH_TOO_LARGE. Nothing of a rejected batch is visible; only after STORE_IO or STORE_DOWN
   * may a restart still bring all of it. May be called again before the last call resolved, with the head it will leave.
   */
  append(expectedHead: number, transactions: readonly JournalTransaction[]): Promise<AppendOutcome>;

  /** Begins content that will take the place of the present one. */
  stage(): Promise<StagedContent>;

  /** Removes the journal records before `keepFrom`, some thousands in a transaction; the objects stay. Resolves with how many. */
  trim(keepFrom: number): Promise<number>;

  /**
   * Reads everything and checks everything; `progress` is told how many rows were read. Resolves with what is wrong, also when hardly
   * anything can be read.
   */
  verify(progress?: (rows: number) => void): Promise<JournalReport>;

  /** Completes what was appended, then gives the files back. Everything later rejects with STORE_CLOSED. Idempotent. */
  close(): Promise<void>;
}
