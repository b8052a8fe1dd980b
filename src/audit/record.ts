/**
 * The records of the audit trail: a closed union, one JSON line each.
 *
 * A room hands in an AuditEntry (`attempt`, `decision`, `act`); the trail adds the number in its chain and the
 * instant of writing, and writes the other kinds itself. When a login began is in its id; `at` is when its line was
 * written, and never runs backwards within a file.
 *
 * INVARIANT: no field can hold a Secret, a cookie or a credential; every one is text, a number or a flag that an
 * auditor may read. `tests/audit/record.test.ts` holds the types to it.
 */
import type { Instant, Milliseconds } from '../base/index.ts';
import type { AuditId } from './audit-id.ts';

/** What one login module did in an attempt. */
export interface AuditedModule {
  /** Position in the realm, from 1. */
  readonly position: number;
  readonly use: string;
  readonly domain?: string;
  readonly flag: string;
  readonly result: 'success' | 'ignored' | 'failure';
  readonly reason?: string;
  /** For the operator; never a secret nor an attribute value. */
  readonly detail?: string;
  readonly ms: Milliseconds;
}

/** A principal and where it came from. */
export interface AuditedPrincipal {
  readonly type: string;
  readonly name: string;
  readonly domain: string;
  /** `<position>:<use>`. */
  readonly module: string;
  /** Other names of the same principal, such as the distinguished name of a group. */
  readonly aliases?: readonly string[];
}

/** One login at one door. */
export interface AttemptRecord {
  readonly kind: 'attempt';
  readonly id: AuditId;
  /** What received the credential: `form`, `basic`, `certificate`, `ldap`, `api`, `cli` ... */
  readonly door: string;
  readonly realm: string;
  readonly service?: string;
  /** The canonical login name; absent when none was sent. */
  readonly name?: string;
  /** The client's address as the trusted proxies tell it. */
  readonly client?: string;
  /** In the order in which they were asked. */
  readonly modules: readonly AuditedModule[];
  readonly outcome: 'authenticated' | 'challenged' | 'refused' | 'unavailable';
  /** Why it was not `authenticated`: one word of the realm, such as `wrong-credential`. */
  readonly reason?: string;
  /** The login domain that vouched (or that did not answer). */
  readonly domain?: string;
  readonly principals: readonly AuditedPrincipal[];
  /** True when the login waited for a one-time code between two requests. */
  readonly parked?: boolean;
}

/** May this subject enter this service: one answer of the gate. */
export interface DecisionRecord {
  readonly kind: 'decision';
  readonly id: AuditId;
  readonly service: string;
  /** The public name of the session, never its cookie. */
  readonly session?: string;
  /** The attempt that made the session or verified the credential. */
  readonly attempt?: AuditId;
  readonly host: string;
  /** The canonical path without the query, which may carry tokens. */
  readonly path: string;
  readonly method: string;
  readonly client?: string;
  readonly realm?: string;
  readonly name?: string;
  readonly domain?: string;
  readonly permitted: boolean;
  readonly reason: string;
  /** The configuration generation whose rules decided. */
  readonly generation: number;
  /** The list items and mappings that matched, as the configuration spells them. */
  readonly matched: readonly string[];
  readonly roles: readonly string[];
}

/** Something that was done: a session revoked, a key rotated, a configuration loaded, a start, a stop. */
export interface ActRecord {
  readonly kind: 'act';
  readonly id: AuditId;
  /** `<what>.<verb>`: `session.revoke`, `key.rotate`, `configuration.load`, `process.start`. */
  readonly action: string;
  /** Who did it: a subject, `operator`, or `realmgate` itself. */
  readonly by: string;
  readonly target?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Permitted decisions that repeated an earlier one, counted and summed up once a minute. */
export interface RepeatsRecord {
  readonly kind: 'repeats';
  readonly id: AuditId;
  readonly counts: readonly { readonly of: AuditId; readonly count: number; readonly last: Instant }[];
}

/**
 * A flood of refusals that are not written one by one. The first record opens the flood (`count` 0) and its id is
 * what the refused are shown; the one at the end of each minute carries the count and names the first in `of`.
 */
export interface RefusalsRecord {
  readonly kind: 'refusals';
  readonly id: AuditId;
  readonly of?: AuditId;
  /** `same`: one name, client and reason; `client`: one client, any name; `all`: everybody. */
  readonly level: 'same' | 'client' | 'all';
  readonly reason: string;
  /** The realm of attempts, the service of decisions. */
  readonly where?: string;
  readonly name?: string;
  readonly client?: string;
  readonly count: number;
  /** The last refusal of the flood that was written in full. */
  readonly like: AuditId;
  /** The ids of refusals that this record speaks for, as many as are kept. */
  readonly ids?: readonly AuditId[];
}

/** Signs that the chain had `upTo` records and that the last of them had this hash. */
export interface HeadRecord {
  readonly kind: 'head';
  readonly id: AuditId;
  readonly upTo: number;
  readonly hashUpTo: string;
  readonly keyId: string;
  /** Over `headOctets`, base64url. */
  readonly signature: string;
}

/** Octets at the end of a file that were never a whole record: a line torn by a crash or a full disk. */
export interface TornTail {
  readonly file: string;
  readonly octets: number;
  /** SHA-256 of those octets, base64url. */
  readonly digest: string;
}

/** The first record of each file: ties it to the one before, whether that still exists or not. */
export interface FileRecord {
  readonly kind: 'file';
  readonly id: AuditId;
  readonly chain: string;
  readonly reason: 'first' | 'size' | 'day' | 'clock' | 'torn' | 'lost';
  /** The number and the hash of the record before; 0 and the origin for the first file. */
  readonly previous: { readonly n: number; readonly hash: string };
  readonly aside?: readonly TornTail[];
}

/** What other rooms write. */
export type AuditEntry = AttemptRecord | DecisionRecord | ActRecord;
/** Everything that may stand in a file, before it is numbered. */
export type UnnumberedRecord = AuditEntry | RepeatsRecord | RefusalsRecord | HeadRecord | FileRecord;

/** What the trail adds to every record. */
export interface Numbered {
  /** Position in the chain, from 1, without gaps. */
  readonly n: number;
  /** When the line was written. */
  readonly at: Instant;
  /** True when texts or lists of the record were too long for a line and were cut: what is missing is not known. */
  readonly cut?: boolean;
}

export type AuditRecord = UnnumberedRecord & Numbered;
