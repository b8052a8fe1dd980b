/**
 * App-bound passwords: made here, shown once, good for one service only. A device keeps one of its own, so that the
 * person's password is nowhere but in the person's head, and a lost device costs one password.
 *
 * 130 random bits need no costly derivation (NIST SP 800-63B, look-up secrets), so that looking through all of an owner's takes
 * microseconds, and a wrong password still costs exactly one derivation.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Instant, Milliseconds, Random, Secret } from '../../base/index.ts';
import { readableSecret } from './readable-secret.ts';
import { type AppPasswordRecord, decodeAppPassword, encodeAppPassword, verifierKey } from './verifier-record.ts';
import type { VerifierTable } from './verifier-table.ts';

/** An app-bound password as its owner sees it. */
export interface AppPassword extends Omit<AppPasswordRecord, 'digest'> {
  /** 1 to MOST_APP_PASSWORDS, of this owner's. */
  readonly id: number;
}

/** One that fits. */
export interface AppPasswordMatch {
  readonly key: Uint8Array;
  readonly record: AppPasswordRecord;
}

/** The LDAP door as a service: a bind with a password of this one reads the directory. No service of the web has the name. */
export const LDAP_SERVICE = 'ldap';

/** Passwords bound to services that one owner may have. */
export const MOST_APP_PASSWORDS = 100;
/** Characters of a label or the name of a service. */
export const LONGEST_LABEL = 128;

/** Characters of five random bits. */
const LENGTH = 26;
/** The last use is saved when it is so much later than the one that is saved. */
const USE_STEP: Milliseconds = 3_600_000;

export function newAppPassword(random: Random): Secret {
  return readableSecret(random, LENGTH);
}

export function appPasswordDigest(password: Secret): Uint8Array {
  return hash('sha256', password.reveal(), 'buffer');
}

/** The octets that save a use; undefined when the last one was saved within the hour. */
export function withUse(record: AppPasswordRecord, now: Instant): Uint8Array | undefined {
  const { lastUsedAt } = record;
  // A clock that was set back must not stop the count for as long as it was ahead.
  if (lastUsedAt !== undefined && now >= lastUsedAt && now - lastUsedAt < USE_STEP) return undefined;
  return encodeAppPassword({ ...record, lastUsedAt: now });
}

/** The app-bound passwords of every owner, in the table of verifiers. */
export class AppPasswords {
  readonly #table: VerifierTable;
  /** No slot above it was ever taken: where nobody has an app-bound password, nothing is looked up. */
  #highest = 0;

  constructor(table: VerifierTable) {
    this.#table = table;
  }

  /** A verifier of this slot was written. */
  observe(slot: number): void {
    if (slot > this.#highest) this.#highest = slot;
  }

  *of(owner: Uint8Array): Generator<AppPasswordMatch & { readonly id: number }> {
    for (let id = 1; id <= this.#highest; id += 1) {
      const key = verifierKey(owner, id);
      const octets = this.#table.get(key);
      const record = octets === undefined ? undefined : decodeAppPassword(Buffer.from(octets));
      if (record !== undefined) yield { id, key, record };
    }
  }

  /** The one of the service that the password is; every one of them is compared, whichever fits. */
  match(owner: Uint8Array, service: string, password: Secret): AppPasswordMatch | undefined {
    if (this.#highest === 0) return undefined;
    let match: AppPasswordMatch | undefined;
    let digest: Uint8Array | undefined;
    for (const { key, record } of this.of(owner)) {
      digest ??= appPasswordDigest(password);
      if (timingSafeEqual(record.digest, digest) && record.service === service) match = { key, record };
    }
    return match;
  }

  /** The lowest slot that is free; undefined when the owner has as many as one may have. */
  freeSlot(owner: Uint8Array): number | undefined {
    const taken = new Set([...this.of(owner)].map(({ id }) => id));
    for (let id = 1; id <= MOST_APP_PASSWORDS; id += 1) if (!taken.has(id)) return id;
    return undefined;
  }
}
