/**
 * RefusalFloods decides which refusals are written one by one and which are only counted.
 *
 * Each minute, so many refusals of the same name, client and reason are written in full, so many of one client, and so
 * many at all; beyond that a flood is open, and one record speaks for all that follow in it. Memory is bounded by
 * the number of floods and names that one minute may hold; what does not fit belongs to the flood of everybody.
 */
import type { AuditId } from './audit-id.ts';
import type { RefusalsRecord } from './record.ts';

/** What makes refusals alike. */
export interface Refusal {
  readonly id: AuditId;
  readonly reason: string;
  readonly where: string;
  readonly name?: string;
  readonly client?: string;
}

export interface FloodLimits {
  /** Refusals a minute of one name, client and reason that are written in full. */
  readonly same: number;
  readonly client: number;
  readonly all: number;
}

export const FLOOD_LIMITS: FloodLimits = { same: 20, client: 200, all: 3000 };

/** What to do with a refusal: write it, open a flood with this record, or nothing more (it was counted). */
export type FloodVerdict =
  | { readonly kind: 'write' }
  | { readonly kind: 'open'; readonly record: RefusalsRecord; readonly opened: () => void }
  | { readonly kind: 'counted'; readonly by: RefusalsRecord };

interface Bucket {
  /** Written in full this minute. */
  written: number;
  like: AuditId | undefined;
  flood: Flood | undefined;
}

interface Flood {
  readonly record: RefusalsRecord;
  count: number;
  readonly ids: AuditId[];
}

const MOST_BUCKETS = 20_000;
/** Ids that are kept of one flood, and of all, in a minute, so that `explain` finds them. */
const IDS_A_FLOOD = 1000;
const IDS_A_MINUTE = 10_000;

export class RefusalFloods {
  readonly #limits: FloodLimits;
  readonly #newId: () => AuditId;
  #buckets = new Map<string, Bucket>();
  #everybody: Bucket = emptyBucket();
  #ids = 0;

  constructor(limits: FloodLimits, newId: () => AuditId) {
    this.#limits = limits;
    this.#newId = newId;
  }

  judge(refusal: Refusal): FloodVerdict {
    const { reason, where, name = '', client = '' } = refusal;
    const same = this.#bucket(`same\n${client}\n${reason}\n${where}\n${name}`);
    const ofClient = this.#bucket(`client\n${client}\n${reason}`);
    if (same.flood !== undefined || same.written >= this.#limits.same) return this.#fold(same, 'same', refusal);
    if (ofClient.flood !== undefined || ofClient.written >= this.#limits.client) {
      return this.#fold(ofClient, 'client', refusal);
    }
    const all = this.#everybody;
    if (all.flood !== undefined || all.written >= this.#limits.all) return this.#fold(all, 'all', refusal);
    return { kind: 'write' };
  }

  /** A refusal that was judged `write` has been written. */
  written(refusal: Refusal): void {
    const { id, reason, where, name = '', client = '' } = refusal;
    const buckets = [
      this.#bucket(`same\n${client}\n${reason}\n${where}\n${name}`),
      this.#bucket(`client\n${client}\n${reason}`),
      this.#everybody,
    ];
    for (const bucket of new Set(buckets)) {
      bucket.written += 1;
      bucket.like = id;
    }
  }

  /** Ends the minute: the sums of its floods. */
  *drain(): Iterable<RefusalsRecord> {
    const buckets = [...this.#buckets.values(), this.#everybody];
    this.#buckets = new Map();
    this.#everybody = emptyBucket();
    this.#ids = 0;
    for (const { flood } of buckets) {
      if (flood === undefined || flood.count === 0) continue;
      const { id: of, ...opening } = flood.record;
      yield { ...opening, id: this.#newId(), of, count: flood.count, ids: flood.ids };
    }
  }

  #fold(bucket: Bucket, level: RefusalsRecord['level'], refusal: Refusal): FloodVerdict {
    const { flood } = bucket;
    if (flood !== undefined) {
      this.#count(flood, refusal.id);
      return { kind: 'counted', by: flood.record };
    }
    const { id, reason, where, name, client } = refusal;
    const record: RefusalsRecord = {
      kind: 'refusals',
      id: this.#newId(),
      level,
      reason: level === 'all' ? 'any' : reason,
      ...(level === 'same' ? { where } : {}),
      ...(level === 'same' && name !== undefined ? { name } : {}),
      ...(level !== 'all' && client !== undefined ? { client } : {}),
      count: 0,
      like: bucket.like ?? id,
    };
    const opened = () => {
      bucket.flood = { record, count: 0, ids: [] };
      this.#count(bucket.flood, id);
    };
    return { kind: 'open', record, opened };
  }

  #count(flood: Flood, id: AuditId): void {
    flood.count += 1;
    if (flood.ids.length >= IDS_A_FLOOD || this.#ids >= IDS_A_MINUTE) return;
    flood.ids.push(id);
    this.#ids += 1;
  }

  #bucket(key: string): Bucket {
    let bucket = this.#buckets.get(key);
    if (bucket !== undefined) return bucket;
    if (this.#buckets.size >= MOST_BUCKETS) return this.#everybody;
    bucket = emptyBucket();
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function emptyBucket(): Bucket {
  return { written: 0, like: undefined, flood: undefined };
}
