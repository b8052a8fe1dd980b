/**
 * Imports a whole tree: every entry is checked as an addition is, against a view that grows with them, and what has come together
 * then takes the place of the content of the store at once. Until then nothing of it is seen, and a crash leaves the old content.
 *
 * What `slapcat` printed is taken as it is: operational attributes are kept, computed ones passed over, groups may come
 * before their members. Parents come before their children.
 */
import type { Clock, Random } from '../../base/index.ts';
import type { KeyDerivation } from '../../password/index.ts';
import type { JournalStore, StoredObject } from '../../store/index.ts';
import type { DistinguishedName, Schema } from '../../x500/index.ts';
import { parseCsn } from '../change-sequence-number.ts';
import type { DirectoryConfiguration } from '../directory-configuration.ts';
import { builtInBlocklist } from '../policy/blocklist.ts';
import { PasswordPolicy } from '../policy/password-policy.ts';
import { SYSTEM } from '../rights/asker.ts';
import { ALL_RIGHTS } from '../rights/fixed-rights.ts';
import { encodeMemberKey, encodePeriod } from '../stored/member-form.ts';
import { Space } from '../stored/space.ts';
import { parseUuid } from '../stored/uuid.ts';
import { hashedFormOf } from '../verifier/hashed-form.ts';
import { PasswordPlanner } from '../verifier/password-planner.ts';
import type { VerifierPlan } from '../verifier/verifier-plan.ts';
import { VerifierTable } from '../verifier/verifier-table.ts';
import { DirectoryView } from '../view/directory-view.ts';
import type { Attribute } from './change.ts';
import { isPassword, keptChange, passwordRefusal } from './password-edit.ts';
import { planAdd } from './plan-add.ts';
import { Refusal } from './refusal.ts';
import type { DirectoryResult } from './result.ts';
import { Transaction } from './transaction.ts';
import { latin1 } from './value-rules.ts';
import { type WriteContext, writeContext } from './write-context.ts';

/** An entry to import; the records of an LDIF file are such. */
export interface ImportEntry {
  /** Where it stands in its file. */
  readonly line?: number;
  readonly dn: DistinguishedName;
  readonly attributes: readonly Attribute[];
}

export interface ImportOptions {
  readonly store: JournalStore;
  readonly schema: Schema;
  readonly configuration: DirectoryConfiguration;
  /** Hashes the passwords that are text. */
  readonly keys: KeyDerivation;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of every entry that is not taken, and why. */
  readonly onProblem: (entry: ImportEntry, problem: DirectoryResult) => void;
  /** Told from time to time how many entries were taken. */
  readonly onProgress?: (entries: number) => void;
  /** What is right goes in although something else is not; otherwise nothing does. */
  readonly skipProblems?: boolean;
  /** Everything is checked and nothing is written. */
  readonly dryRun?: boolean;
}

export interface ImportReport {
  /** Entries that were taken. */
  readonly entries: number;
  readonly problems: number;
  /** unchanged: problems, a dry run, no entry at all, or something was written in the meantime (`behind`). */
  readonly outcome: 'replaced' | 'unchanged' | 'behind';
}

const PROGRESS_STEP = 1000;
/** Objects that are staged at a time. */
const STAGE_STEP = 2000;

/**
 * Replaces the content of the store. A directory that is open on it must be opened anew. Rejects with what the store and the key derivation reject
 * with, or with what `entries` throws; the content is then what it was.
 */
export async function importEntries(
  entries: AsyncIterable<ImportEntry> | Iterable<ImportEntry>,
  options: ImportOptions,
): Promise<ImportReport> {
  const content = new ImportedContent(options);
  const staged = options.dryRun === true ? undefined : await options.store.stage();
  let taken = 0;
  let problems = 0;
  try {
    for await (const entry of entries) {
      const problem = await content.add(entry);
      if (problem === undefined) {
        taken += 1;
        if (taken % PROGRESS_STEP === 0) options.onProgress?.(taken);
      } else {
        problems += 1;
        options.onProblem(entry, problem);
      }
    }
    const isWanted = taken > 0 && (problems === 0 || options.skipProblems === true);
    if (staged === undefined || !isWanted) {
      await staged?.discard();
      return { entries: taken, problems, outcome: 'unchanged' };
    }
    for (const objects of content.objects()) await staged.add(objects);
    const outcome = await staged.commit(content.csn());
    return { entries: taken, problems, outcome: outcome === 'committed' ? 'replaced' : 'behind' };
  } catch (error) {
    await staged?.discard();
    throw error;
  }
}

/** The tree as it comes together. */
class ImportedContent {
  readonly #view: DirectoryView;
  readonly #context: WriteContext;
  readonly #passwords: PasswordPlanner;
  readonly #verifiers: StoredObject[] = [];

  constructor({ schema, configuration, clock, random, keys, store }: ImportOptions) {
    this.#view = new DirectoryView(schema);
    this.#context = writeContext({ schema, view: this.#view, configuration, clock, random, passwordsOf: () => [] });
    const policy = new PasswordPolicy(configuration.passwords, builtInBlocklist());
    this.#passwords = new PasswordPlanner({ table: new VerifierTable(), keys, clock, random, policy: () => policy });
    const before = parseCsn(store.csn());
    if (before !== undefined) this.#context.csns.observe(before);
  }

  /** Why the entry is not taken; undefined when it was. */
  async add(entry: ImportEntry): Promise<DirectoryResult | undefined> {
    const uuid = identityOf(entry) ?? this.#context.uuids.next();
    const values = this.#passwordValues(entry);
    let password: VerifierPlan | undefined;
    if (values.length > 0) {
      // A text takes a while to hash: not before all else is right.
      const first = values.some(isText) ? this.#check(entry, uuid, 'pending') : undefined;
      if (first instanceof Refusal) return first;
      const planned = await this.#planPassword(entry, uuid, values);
      if (planned.kind === 'refused') return passwordRefusal(planned);
      password = planned;
    }
    const plan = this.#check(entry, uuid, password);
    if (plan instanceof Refusal) return plan;
    this.#view.apply(plan.writes);
    for (const { space, key, value } of plan.writes) {
      if (value === undefined) continue;
      if (space === Space.entry) this.#context.logins.observe(key, value);
      else if (space === Space.verifier) this.#verifiers.push({ space, key, value });
    }
    return undefined;
  }

  /** Everything that is to be stored, in pieces. */
  *objects(): Generator<StoredObject[]> {
    let piece: StoredObject[] = [];
    for (const object of this.#each()) {
      piece.push(object);
      if (piece.length < STAGE_STEP) continue;
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  }

  csn(): string {
    return this.#context.csns.next();
  }

  *#each(): Generator<StoredObject> {
    const view = this.#view;
    const waiting = [...view.namingContexts()];
    for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
      for (const child of view.children(entry)) waiting.push(child);
      const uuid = view.uuid(entry);
      yield { space: Space.entry, key: uuid, value: view.storedEntry(entry) };
      for (const member of view.storedMembers(entry)) {
        const period = view.membership(entry, member)!;
        yield { space: Space.member, key: encodeMemberKey(uuid, member), value: encodePeriod(period) };
      }
    }
    yield* this.#verifiers;
  }

  #check({ dn, attributes }: ImportEntry, uuid: Uint8Array, password: VerifierPlan | 'pending' | undefined) {
    const now = this.#context.clock.now();
    const transaction = new Transaction(this.#context, SYSTEM, ALL_RIGHTS, now);
    return planAdd(transaction, { kind: 'add', dn, attributes }, { uuid, keep: true, password });
  }

  #planPassword(entry: ImportEntry, owner: Uint8Array, values: readonly Uint8Array[]) {
    return this.#passwords.planModification(
      { owner, by: 'system', names: [], storesHashed: true, ...keptChange(entry.attributes) },
      [{ operation: 'add', values }],
    );
  }

  #passwordValues({ attributes }: ImportEntry): readonly Uint8Array[] {
    return attributes.flatMap(({ attribute, values }) => {
      const description = this.#context.descriptions.of(attribute);
      return description !== undefined && isPassword(description) ? values : [];
    });
  }
}

function isText(value: Uint8Array): boolean {
  return hashedFormOf(Buffer.from(value).toString('utf8')) === undefined;
}

/** The entryUUID that the entry brings. */
function identityOf({ attributes }: ImportEntry): Uint8Array | undefined {
  const [value] = attributes.find(({ attribute }) => attribute.toLowerCase() === 'entryuuid')?.values ?? [];
  return value && parseUuid(latin1(value));
}
