import type { Instant } from '../base/index.ts';
import type { AuditRecord } from './record.ts';

/** What to look for; absent fields match everything, texts match whole and in any case. */
export interface AuditFilter {
  /** First instant that counts, by when the record was written. */
  readonly since?: Instant;
  /** First instant that no longer counts. */
  readonly until?: Instant;
  readonly kinds?: readonly AuditRecord['kind'][];
  readonly name?: string;
  readonly client?: string;
  readonly realm?: string;
  readonly service?: string;
  /** An attempt's outcome, or `permitted` or `denied` of a decision. */
  readonly outcome?: string;
  /** How many records at most, 1 to 10,000; 100 when absent. */
  readonly limit?: number;
}
