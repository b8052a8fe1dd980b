/**
 * Directory is the tree of entries of this server: read from memory, written through the store.
 *
 * A change is checked in the order of slapd, made durable together with others, and only then seen; a refused one changes nothing.
 * While the disk refuses, reads and logins go on.
 *
 * INVARIANT: nothing is answered with `success` that a crash could take back.
 */
import { type Clock, CodedError, type Instant, type Logger, type Random } from '../base/index.ts';
import { formatKeyPath } from '../config/index.ts';
import type { KeyDerivation } from '../password/index.ts';
import type { JournalStore, JournalTransaction, ObjectWrite } from '../store/index.ts';
import { type DistinguishedName, formatDistinguishedName, type Schema } from '../x500/index.ts';
import { parseCsn } from './change-sequence-number.ts';
import { type Comparison, compare } from './compare.ts';
import type { DirectoryConfiguration } from './directory-configuration.ts';
import type { Blocklist } from './policy/blocklist.ts';
import { PasswordPolicy } from './policy/password-policy.ts';
import { accessProblems } from './rights/access-problems.ts';
import { AccessRules } from './rights/access-rules.ts';
import type { RolePort } from './rights/account-principals.ts';
import type { Asker } from './rights/asker.ts';
import type { Rights } from './rights/rights.ts';
import { matches } from './search/matches.ts';
import type { SearchRequest } from './search/search-request.ts';
import { type SearchRun, search } from './search/search-run.ts';

import { Space } from './stored/space.ts';
import { UUID_OCTETS } from './stored/uuid.ts';
import { AccountStatus } from './verifier/account-status.ts';
import type { VerifierWrite } from './verifier/verifier-plan.ts';
import { Verifiers } from './verifier/verifiers.ts';
import { DirectoryView } from './view/directory-view.ts';
import type { ChangeOptions, DirectoryChange } from './write/change.ts';
import { ChangeRunner } from './write/change-runner.ts';
import { CommitQueue } from './write/commit-queue.ts';
import type { LoginNames } from './write/login-names.ts';
import { Refusal } from './write/refusal.ts';
import { type DirectoryResult, SUCCESS } from './write/result.ts';
import { Touch, Touches } from './write/touches.ts';
import { latin1 } from './write/value-rules.ts';
import { type WriteContext, writeContext } from './write/write-context.ts';

export interface DirectoryOptions {
  /** Stays the caller's, who closes it after the directory. */
  readonly store: JournalStore;
  readonly schema: Schema;
  readonly configuration: DirectoryConfiguration;
  readonly blocklist: Blocklist;
  /** Verifies and hashes passwords. */
  readonly keys: KeyDerivation;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Who has which role; without it nobody has any. */
  readonly roles?: RolePort;
}

/** What may change while the directory is open: rights, roles and the password policy. The other keys of `directory` take a restart. */
export type DirectoryRules = Pick<DirectoryOptions, 'configuration' | 'blocklist' | 'roles'>;

/**
 * Loads everything from the store. Rejects with what the store rejects with, DIRECTORY_BROKEN_TREE, or DIRECTORY_CONFIGURATION
 * when the configuration names what the schema does not know.
 */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const directory = new Directory(options);
  await directory.load();
  return directory;
}

export class Directory {
  readonly schema: Schema;
  readonly suffix: DistinguishedName;
  readonly view: DirectoryView;
  /** Who logs in by which name. */
  readonly logins: LoginNames;
  readonly verifiers: Verifiers;
  readonly #options: DirectoryOptions;
  readonly #context: WriteContext;
  readonly #queue: CommitQueue;
  readonly #runner: ChangeRunner;
  readonly #listeners = new Set<(writes: readonly ObjectWrite[]) => void>();
  #access: AccessRules<DirectoryView>;
  #contextCsn = '';

  constructor(options: DirectoryOptions) {
    const { store, schema, configuration, clock, random, logger, keys } = options;
    this.#options = options;
    this.schema = schema;
    this.view = new DirectoryView(schema);
    this.#context = writeContext({
      schema,
      view: this.view,
      configuration,
      clock,
      random,
      passwordsOf: (uuid) => this.verifiers.planRemoval(uuid),
    });
    this.suffix = this.#context.suffix;
    this.logins = this.#context.logins;
    this.#access = this.#accessOf(options);
    this.#queue = new CommitQueue({ store, logger, apply: (writes, csn) => this.#apply(writes, csn) });
    this.verifiers = new Verifiers({
      clock,
      random,
      logger,
      keys,
      view: this.view,
      ...this.#passwordRulesOf(options),
      commit: (writes, stillHolds) => this.commitVerifiers(writes, stillHolds),
    });
    this.#runner = new ChangeRunner({
      context: this.#context,
      queue: this.#queue,
      passwords: this.verifiers,
      rightsOf: (asker, now) => this.rightsOf(asker, now),
      matches: (entry, filter, now, rights) => matches(this.view, entry, filter, now, rights),
      matchesAlone: (object, filter) => {
        const view = new DirectoryView(schema);
        view.load([object]);
        return matches(view, view.namingContexts()[0]!, filter, clock.now());
      },
    });
  }

  /** Once, by `openDirectory`. */
  async load(): Promise<void> {
    const loader = this.view.loader();
    for await (const objects of await this.#options.store.objects()) {
      loader.add(objects);
      this.verifiers.load(objects);
      for (const { space, key, value } of objects) if (space === Space.entry) this.logins.observe(key, value);
    }
    loader.finish();
    // Reads are answered from what was just checked row by row; whether the file can take writes is found out beside them.
    this.#options.store.sound().catch((error: unknown) => this.#queue.refuseAll(error));
    this.#observe(this.#options.store.csn());
  }

  /** The names of the tops of the tree, for the root DSE. */
  get namingContexts(): readonly string[] {
    return [formatDistinguishedName(this.suffix)];
  }

  /** The change sequence number of the last change that is seen; empty when there was none yet. */
  get contextCsn(): string {
    return this.#contextCsn;
  }

  /** Why nothing can be written until a restart; undefined while writing works. */
  get readOnly(): string | undefined {
    return this.#queue.down;
  }

  /** What the asker may do at this instant; for one operation, not to be kept. */
  rightsOf(asker: Asker, now: Instant): Rights {
    return this.#access.rightsOf(this.view, asker, now);
  }

  /** Begins a search, which the caller pulls entry by entry. */
  search(request: SearchRequest, asker: Asker): SearchRun {
    const now = this.#options.clock.now();
    return search(this.view, request, this.rightsOf(asker, now), now);
  }

  /** Whether the entry has the value (RFC 4511, 4.10). */
  compare(comparison: Comparison, asker: Asker): DirectoryResult | 'true' | 'false' {
    const now = this.#options.clock.now();
    return compare(this.view, this.#context.descriptions, comparison, this.rightsOf(asker, now), now);
  }

  /** Makes a change, or says why not. It is durable and seen when this resolves with `success`. */
  apply(change: DirectoryChange, asker: Asker, options: ChangeOptions = {}): Promise<DirectoryResult> {
    return this.#runner.run(change, asker, options);
  }

  /** Writes passwords without a change of their entries; false when they no longer hold, or cannot be written. */
  async commitVerifiers(writes: readonly VerifierWrite[], stillHolds: () => boolean): Promise<boolean> {
    const result = await this.#queue.submit(() => {
      const touches = new Touches();
      for (const { key } of writes) {
        const owner = latin1(key.subarray(0, UUID_OCTETS));
        touches.share(Touch.entry(owner));
        touches.take(Touch.passwords(owner));
      }
      const isThere = writes.every(({ key }) => this.view.byUuid(key.subarray(0, UUID_OCTETS)) !== undefined);
      if (!isThere || !stillHolds()) {
        return { touches, outcome: new Refusal('noSuchObject', 'the password or its entry is another') };
      }
      return { touches, outcome: { csn: this.#context.csns.next(), writes } };
    });
    return result === SUCCESS;
  }

  /** Takes over what another process made durable, in the order of its journal; for a directory that writes nothing itself. */
  follow(records: readonly JournalTransaction[]): void {
    for (const { writes, csn } of records) this.#apply(writes, csn);
  }

  /** Calls `listener` with what has become durable and is seen; returns how to end that. */
  onCommitted(listener: (writes: readonly ObjectWrite[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A new configuration. Throws DIRECTORY_CONFIGURATION, and keeps the old one, when it names what the schema does not know. */
  adopt(rules: DirectoryRules): void {
    const access = this.#accessOf(rules);
    const passwordRules = this.#passwordRulesOf(rules);
    this.verifiers.adopt(passwordRules);
    this.#access = access;
  }

  /** Takes no more changes and completes those that were begun. The store stays open. */
  async close(): Promise<void> {
    this.verifiers.close();
    await this.#queue.close();
  }

  #accessOf({ configuration, roles }: DirectoryRules): AccessRules<DirectoryView> {
    const [problem] = accessProblems(configuration.access, this.schema);
    if (problem !== undefined) throw misconfigured(['access', ...problem.path], problem.message);
    return new AccessRules({
      schema: this.schema,
      suffix: this.suffix,
      configuration: configuration.access,
      matches,
      ...(roles === undefined ? {} : { roles }),
    });
  }

  #passwordRulesOf({ configuration, blocklist }: DirectoryRules) {
    const [unknown] = AccountStatus.unknown(this.schema, configuration.disabledWhen);
    if (unknown !== undefined) throw misconfigured(['disabledWhen'], `the schema has no attribute ${unknown}`);
    return {
      policy: new PasswordPolicy(configuration.passwords, blocklist),
      status: new AccountStatus(this.schema, configuration.disabledWhen),
    };
  }

  #apply(writes: readonly ObjectWrite[], csn: string): void {
    this.view.apply(writes);
    this.verifiers.apply(writes);
    for (const { space, key, value } of writes) if (space === Space.entry) this.logins.observe(key, value);
    this.#observe(csn);
    for (const listener of this.#listeners) listener(writes);
  }

  #observe(text: string): void {
    this.#contextCsn = text;
    this.view.contextCsn = text;
    const csn = parseCsn(text);
    if (csn !== undefined) this.#context.csns.observe(csn);
  }
}

function misconfigured(path: readonly (string | number)[], message: string): CodedError {
  return new CodedError('DIRECTORY_CONFIGURATION', `${formatKeyPath(['directory', ...path])}: ${message}`);
}
