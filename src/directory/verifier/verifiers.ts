/**
 * Verifiers holds the passwords of the directory, apart from its entries: who logs in with what, and what a change of a
 * password comes to. No search can answer with what is not in the view.
 *
 * INVARIANT: a stored form leaves only by `formsOf`, which an export with passwords and a replica that is entitled to
 * them ask; app-bound passwords never leave.
 */
import type { Clock, Instant, Logger, Random, Secret } from '../../base/index.ts';
import type { KeyDerivation } from '../../password/index.ts';
import type { StoredObject } from '../../store/index.ts';
import type { PasswordPolicy } from '../policy/password-policy.ts';
import type { AccountStatus, AccountView } from './account-status.ts';
import { type AppPassword, AppPasswords, appPasswordDigest, LONGEST_LABEL, newAppPassword } from './app-password.ts';
import {
  type Authentication,
  type AuthenticationRequest,
  Authenticator,
  type CommitVerifiers,
} from './authenticator.ts';
import { type PasswordModify, PasswordPlanner } from './password-planner.ts';
import { RefusalSample } from './refusal-sample.ts';
import { RehashQueue } from './rehash-queue.ts';
import type {
  PasswordChange,
  PasswordModification,
  VerifierPlan,
  VerifierRefusal,
  VerifierWrite,
} from './verifier-plan.ts';
import {
  decodePassword,
  encodeAppPassword,
  PASSWORD_SLOT,
  type PasswordRecord,
  VERIFIER_KEY_OCTETS,
  verifierKey,
} from './verifier-record.ts';
import { VerifierTable } from './verifier-table.ts';

export interface VerifiersOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Remembers matches (`rememberMatches`), so that a chatty client costs one derivation. */
  readonly keys: KeyDerivation;
  readonly view: AccountView;
  readonly policy: PasswordPolicy;
  readonly status: AccountStatus;
  readonly commit: CommitVerifiers;
}

/** An object of any space: only those of `verifier` count. */
export interface AnyWrite {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export interface NewAppPassword {
  /** Shown once; it is nowhere afterwards. */
  readonly password: Secret;
  readonly id: number;
  readonly write: VerifierWrite;
}

export class Verifiers {
  readonly #table = new VerifierTable();
  readonly #sample = new RefusalSample();
  readonly #appPasswords = new AppPasswords(this.#table);
  readonly #options: VerifiersOptions;
  readonly #rehash: RehashQueue;
  readonly #authenticator: Authenticator;
  readonly #planner: PasswordPlanner;
  #rules: { readonly policy: PasswordPolicy; readonly status: AccountStatus };

  constructor(options: VerifiersOptions) {
    const { policy, status } = options;
    this.#options = options;
    this.#rules = { policy, status };
    this.#rehash = new RehashQueue(options);
    this.#authenticator = new Authenticator({
      ...options,
      table: this.#table,
      appPasswords: this.#appPasswords,
      sample: this.#sample,
      rehash: this.#rehash,
      rules: () => this.#rules,
    });
    this.#planner = new PasswordPlanner({ ...options, table: this.#table, policy: () => this.#rules.policy });
  }

  /** The policy that holds. */
  get policy(): PasswordPolicy {
    return this.#rules.policy;
  }

  /** The costliest form of all, which a realm's refusals have to cost. */
  get costlySample(): string {
    return this.#sample.form;
  }

  /** How many passwords there are, app-bound ones included. */
  get size(): number {
    return this.#table.size;
  }

  /** A new configuration. */
  adopt(rules: { readonly policy: PasswordPolicy; readonly status: AccountStatus }): void {
    this.#rules = rules;
  }

  /** Takes objects of the store at the start, each of which is there once; other spaces are passed over. */
  load(objects: Iterable<StoredObject>): void {
    for (const { space, key, value } of objects) {
      if (space !== 'verifier' || key.length !== VERIFIER_KEY_OCTETS) continue;
      const slot = key[VERIFIER_KEY_OCTETS - 1]!;
      if (slot === PASSWORD_SLOT) this.#countNext(value);
      else this.#appPasswords.observe(slot);
      this.#table.set(key, value);
    }
  }

  /** Takes what a transaction wrote; other spaces are passed over. */
  apply(writes: Iterable<AnyWrite>): void {
    for (const { space, key, value } of writes) {
      if (space !== 'verifier' || key.length !== VERIFIER_KEY_OCTETS) continue;
      const slot = key[VERIFIER_KEY_OCTETS - 1]!;
      if (slot === PASSWORD_SLOT) this.#countForms(key, value);
      else this.#appPasswords.observe(slot);
      if (value === undefined) this.#table.delete(key);
      else this.#table.set(key, value);
    }
  }

  /**
   * Whether the password is that of the entry with this entryUUID; undefined when the name is nobody's. A value where nothing had
   * to be derived. A refusal costs one derivation. Rejects with PASSWORD_BUSY when too many wait.
   */
  authenticate(
    owner: Uint8Array | undefined,
    password: Secret,
    request: Omit<AuthenticationRequest, 'passwords'>,
  ): Authentication | Promise<Authentication> {
    return this.#authenticator.authenticate(owner, password, request);
  }

  /** As `authenticate`, for a realm, which has its own count of what a login spent and settles it itself. */
  verify(
    owner: Uint8Array | undefined,
    password: Secret,
    request: AuthenticationRequest,
  ): Authentication | Promise<Authentication> {
    return this.#authenticator.verify(owner, password, request);
  }

  /** Whether an account may log in that proved who it is without a password; undefined when the name is nobody's. */
  admit(owner: Uint8Array | undefined, { now }: { readonly now: Instant }): Authentication {
    return this.#authenticator.admit(owner, now);
  }

  /** What changes of userPassword come to. Rejects with PASSWORD_BUSY when too many derivations wait. */
  planModification(
    change: PasswordChange,
    modifications: readonly PasswordModification[],
  ): Promise<VerifierPlan | VerifierRefusal> {
    return this.#planner.planModification(change, modifications);
  }

  /** What a password modify operation (RFC 3062) comes to. Rejects as `planModification`. */
  planPasswordModify(change: PasswordChange, modify: PasswordModify): Promise<VerifierPlan | VerifierRefusal> {
    return this.#planner.planPasswordModify(change, modify);
  }

  /** What goes when an entry is deleted. */
  planRemoval(owner: Uint8Array): readonly VerifierWrite[] {
    return this.slotsOf(owner).map((slot) => ({ space: 'verifier', key: verifierKey(owner, slot), value: undefined }));
  }

  /** The slots that the owner has something in. */
  slotsOf(owner: Uint8Array): readonly number[] {
    const slots = [...this.#appPasswords.of(owner)].map(({ id }) => id);
    return this.#table.get(verifierKey(owner, PASSWORD_SLOT)) === undefined ? slots : [PASSWORD_SLOT, ...slots];
  }

  /** Whether the entry has a password, whatever it is good for. */
  hasPassword(owner: Uint8Array): boolean {
    return this.#table.get(verifierKey(owner, PASSWORD_SLOT)) !== undefined;
  }

  /** The stored forms of a password and of the former ones, for an export with passwords. */
  formsOf(owner: Uint8Array): PasswordRecord | undefined {
    const stored = this.#table.get(verifierKey(owner, PASSWORD_SLOT));
    return stored === undefined ? undefined : decodePassword(stored);
  }

  appPasswordsOf(owner: Uint8Array): readonly AppPassword[] {
    return [...this.#appPasswords.of(owner)].map(({ id, record: { service, label, createdAt, lastUsedAt } }) => ({
      id,
      service,
      label,
      createdAt,
      lastUsedAt,
    }));
  }

  /** Makes a password for one service; undefined when the owner has as many as one may have, or a name is empty or too long. */
  planAppPassword(owner: Uint8Array, service: string, label: string): NewAppPassword | undefined {
    for (const text of [service, label]) if (text.trim() === '' || text.length > LONGEST_LABEL) return undefined;
    const id = this.#appPasswords.freeSlot(owner);
    if (id === undefined) return undefined;
    const password = newAppPassword(this.#options.random);
    const value = encodeAppPassword({
      digest: appPasswordDigest(password),
      service,
      label,
      createdAt: this.#options.clock.now(),
      lastUsedAt: undefined,
    });
    return { password, id, write: { space: 'verifier', key: verifierKey(owner, id), value } };
  }

  /** What takes an app-bound password away; undefined when there is none of this id. */
  planAppPasswordRemoval(owner: Uint8Array, id: number): VerifierWrite | undefined {
    const isThere = id !== PASSWORD_SLOT && this.slotsOf(owner).includes(id);
    return isThere ? { space: 'verifier', key: verifierKey(owner, id), value: undefined } : undefined;
  }

  /** Ends the work in the background. */
  close(): void {
    this.#rehash.close();
  }

  #countForms(key: Uint8Array, next: Uint8Array | undefined): void {
    const before = this.#table.get(key);
    for (const form of (before && decodePassword(before))?.forms ?? []) this.#sample.remove(form);
    if (next !== undefined) this.#countNext(next);
  }

  #countNext(next: Uint8Array): void {
    for (const form of decodePassword(next)?.forms ?? []) this.#sample.add(form);
  }
}
