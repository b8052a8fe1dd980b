/**
 * AllowSums remembers which permitted decisions were written, so that a page of fifty images is one record and a count.
 *
 * Bounded: two maps of equal size, the older forgotten when the newer is full (an approximation of least recently used
 * that costs one look-up). What is forgotten is written anew; what was counted of it is kept until it is summed up.
 */
import type { Instant } from '../base/index.ts';
import type { AuditId } from './audit-id.ts';
import type { RepeatsRecord } from './record.ts';
import type { AllowKey } from './trail.ts';

export type RepeatCount = RepeatsRecord['counts'][number];

interface Allow {
  readonly of: AuditId;
  count: number;
  last: Instant;
}

const MOST_REMEMBERED = 25_000;
/** How many counts one record holds, so that it fits in a line. */
const COUNTS_A_RECORD = 500;

export class AllowSums {
  #recent = new Map<string, Allow>();
  #older = new Map<string, Allow>();
  /** Counted since the last summing up. */
  #counted = new Set<Allow>();

  /** Counts a repeat at `now`; the id of the written record, or undefined when there is none. */
  count(key: AllowKey, now: Instant): AuditId | undefined {
    const text = textOf(key);
    let allow = this.#recent.get(text);
    if (allow === undefined) {
      allow = this.#older.get(text);
      if (allow === undefined) return undefined;
      this.#remember(text, allow);
    }
    if (allow.count++ === 0) this.#counted.add(allow);
    allow.last = now;
    return allow.of;
  }

  /** Remembers that the decision was written as `of`. */
  written(key: AllowKey, of: AuditId): void {
    this.#remember(textOf(key), { of, count: 0, last: 0 });
  }

  /** The counts since the last call, in portions of one record each. */
  *drain(): Iterable<readonly RepeatCount[]> {
    const counted = [...this.#counted];
    this.#counted = new Set();
    for (let start = 0; start < counted.length; start += COUNTS_A_RECORD) {
      const portion = counted.slice(start, start + COUNTS_A_RECORD);
      const counts = portion.map(({ of, count, last }) => ({ of, count, last }));
      for (const allow of portion) allow.count = 0;
      yield counts;
    }
  }

  #remember(text: string, allow: Allow): void {
    if (this.#recent.size >= MOST_REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(text, allow);
  }
}

// The parts come from the configuration and from names without control characters; a newline keeps them apart.
function textOf({ session, service, generation, reason }: AllowKey): string {
  return `${generation}\n${service}\n${reason}\n${session}`;
}
