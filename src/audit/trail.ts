/** AuditTrail is the port through which the other rooms write and read what happened. */
import type { AuditId } from './audit-id.ts';
import type { AuditEntry, AuditRecord } from './record.ts';
import type { AuditFilter } from './search.ts';

/** What makes a permitted decision a repeat of an earlier one. */
export interface AllowKey {
  /** The public name of the session; for a credential sent with each request, something that stands for it. */
  readonly session: string;
  readonly service: string;
  readonly generation: number;
  readonly reason: string;
}

export interface AuditTrail {
  /** A new id, ordered in time, that names the chain of this process. */
  newId(): AuditId;
  /**
   * Writes `entry` before it returns; an `act` is on the disk by then, anything else within a second. Returns the id
   * to show to the user: the entry's own, or, when the entry was folded into a sum (a repeated allow, a flood of
   * refusals), the id of the record that speaks for it.
   * Throws AUDIT_UNAVAILABLE when the disk refuses; then nothing may be permitted.
   */
  append(entry: AuditEntry): AuditId;
  /**
   * Counts a permitted decision that was written before and returns that record's id; undefined when it is new
   * and must be appended. The fast way of the gate: no record is built for a repeat.
   * Throws AUDIT_UNAVAILABLE while the disk refuses.
   */
  repeated(key: AllowKey): AuditId | undefined;
  /** The record with this id, of any chain in the folder. */
  find(id: AuditId): Promise<AuditRecord | undefined>;
  /** Newest first. */
  search(filter: AuditFilter): AsyncIterable<AuditRecord>;
  /** Sums up what is counted, signs a last head and closes the files. Idempotent. */
  close(): Promise<void>;
}
