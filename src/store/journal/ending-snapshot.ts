/**
 * EndingSnapshot is a snapshot as its store knows it: one that can be ended when its content goes, or the store does.
 */
import type { ObjectSnapshot } from './journal-store.ts';

export interface EndingSnapshot extends ObjectSnapshot {
  /** Gives the connection back; whoever still iterates is told so. Idempotent. */
  end(): Promise<void>;
}
