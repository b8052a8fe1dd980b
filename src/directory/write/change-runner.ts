/**
 * ChangeRunner takes a change from its request to its result: it is checked, its password is hashed where it has one, it is checked
 * against what is there then, written, and seen.
 *
 * Hashing takes its time, off this thread, so everything else is checked before it: nobody lets the server hash for a change that is
 * refused anyway.
 */
import { CodedError, type Instant, unreachable } from '../../base/index.ts';
import type { StoredObject } from '../../store/index.ts';
import { type DistinguishedName, type Filter, formatDistinguishedName } from '../../x500/index.ts';
import type { Asker } from '../rights/asker.ts';
import type { Rights } from '../rights/rights.ts';
import { encodeEntry } from '../stored/entry-form.ts';
import { Space } from '../stored/space.ts';
import { NIL_UUID } from '../stored/uuid.ts';
import type { PasswordChange, PasswordModification, VerifierPlan, VerifierRefusal } from '../verifier/verifier-plan.ts';
import type { AddChange, ChangeOptions, DirectoryChange, ModifyChange, PasswordModifyChange } from './change.ts';
import type { CheckedWrites, CheckOutcome, CommitQueue } from './commit-queue.ts';
import { isPassword, keptChange, passwordRefusal } from './password-edit.ts';
import { planAdd } from './plan-add.ts';
import { planDelete } from './plan-delete.ts';
import { planMembership } from './plan-membership.ts';
import { type PasswordOutcome, planModify } from './plan-modify.ts';
import { planPassword } from './plan-password.ts';
import { planRename } from './plan-rename.ts';
import { Refusal } from './refusal.ts';
import { type DirectoryResult, SUCCESS } from './result.ts';
import { type Edit, type Plan, Transaction } from './transaction.ts';
import { latin1 } from './value-rules.ts';
import type { WriteContext } from './write-context.ts';

/** What plans passwords; `Verifiers` is it. */
export interface PasswordPlanner {
  planModification(
    change: PasswordChange,
    modifications: readonly PasswordModification[],
  ): Promise<VerifierPlan | VerifierRefusal>;
  planPasswordModify(
    change: PasswordChange,
    modify: Pick<PasswordModifyChange, 'old' | 'next'>,
  ): Promise<VerifierPlan | VerifierRefusal>;
}

export interface ChangeRunnerOptions {
  readonly context: WriteContext;
  readonly queue: CommitQueue;
  readonly passwords: PasswordPlanner;
  readonly rightsOf: (asker: Asker, now: Instant) => Rights;
  /** Whether the entry matches a filter, as far as the asker may know. */
  readonly matches: (entry: number, filter: Filter, now: Instant, rights: Rights) => boolean | undefined;
  /** Whether an entry that is not in the view matches a filter. */
  readonly matchesAlone: (entry: StoredObject, filter: Filter) => boolean | undefined;
}

/** One request on its way. */
interface Request {
  readonly change: DirectoryChange;
  readonly asker: Asker;
  readonly options: ChangeOptions;
  /** The identity that a new entry gets. */
  readonly newUuid: Uint8Array;
}

/** A password that is changed again and again while another is hashed for it is not followed for ever. */
const MOST_ROUNDS = 3;
/** What a check says when the password that was planned is no longer what it was planned from. */
const OUTDATED: DirectoryResult = {
  code: 'busy',
  message: 'the password is being changed by somebody else; try again',
};

export class ChangeRunner {
  readonly #options: ChangeRunnerOptions;

  constructor(options: ChangeRunnerOptions) {
    this.#options = options;
  }

  /** Resolves with what became of it; rejects only for a defect. */
  async run(change: DirectoryChange, asker: Asker, options: ChangeOptions): Promise<DirectoryResult> {
    if (options.keepOperational === true && asker.kind !== 'system') {
      return new Refusal('insufficientAccessRights', 'operational attributes are written by the directory alone');
    }
    const request: Request = { change, asker, options, newUuid: this.#options.context.uuids.next() };
    return this.#changesPassword(change) ? this.#withPassword(request) : this.#submit(request, undefined);
  }

  #changesPassword(change: DirectoryChange): boolean {
    const { descriptions } = this.#options.context;
    const given = change.kind === 'add' ? change.attributes : change.kind === 'modify' ? change.modifications : [];
    return (
      change.kind === 'password' ||
      given.some(({ attribute }) => {
        const description = descriptions.of(attribute);
        return description !== undefined && isPassword(description);
      })
    );
  }

  async #withPassword(request: Request): Promise<DirectoryResult> {
    const { options } = request;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      let checked: Plan | undefined;
      let rights: Rights | undefined;
      const allowed = await this.#submit(
        { ...request, options: { ...options, dryRun: true } },
        'pending',
        (plan, its) => {
          checked = plan;
          rights = its;
        },
      );
      if (checked === undefined || rights === undefined || allowed !== SUCCESS) return allowed;
      const planned = await this.#plan(request, checked.uuid, rights).catch(busyOf);
      if (planned instanceof Refusal) return planned;
      if (planned.kind === 'refused') return passwordRefusal(planned);
      if (options.dryRun === true) return SUCCESS;
      const result = await this.#submit(request, planned);
      if (result === OUTDATED) continue;
      return planned.generated === undefined || result !== SUCCESS
        ? result
        : { ...result, generated: planned.generated };
    }
    return OUTDATED;
  }

  /** What the password comes to that the request brings. */
  #plan(
    { change, asker, options }: Request,
    owner: Uint8Array,
    rights: Rights,
  ): Promise<VerifierPlan | VerifierRefusal> {
    const { passwords } = this.#options;
    const isSelf = asker.kind === 'entry' && latin1(asker.uuid) === latin1(owner);
    const by = asker.kind === 'system' ? 'system' : isSelf ? 'self' : 'other';
    const about: PasswordChange = {
      owner,
      by,
      names: change.kind === 'add' ? namesGiven(change) : this.#namesHeld(owner),
      storesHashed: rights.storesHashedPasswords,
      ...(change.kind === 'add' && options.keepOperational === true ? keptChange(change.attributes) : {}),
    };
    if (change.kind === 'password') return passwords.planPasswordModify(about, change);
    return passwords.planModification(about, this.#modifications(change as AddChange | ModifyChange));
  }

  #modifications(change: AddChange | ModifyChange): PasswordModification[] {
    const { descriptions } = this.#options.context;
    const given =
      change.kind === 'add'
        ? change.attributes.map((attribute) => ({ ...attribute, operation: 'add' as const }))
        : change.modifications;
    return given.flatMap(({ attribute, operation, values }) => {
      const description = descriptions.of(attribute);
      if (description === undefined || !isPassword(description) || operation === 'increment') return [];
      return [{ operation, values }];
    });
  }

  /** What the owner is called: a password may not be made of it. */
  #namesHeld(owner: Uint8Array): string[] {
    const { view, schema } = this.#options.context;
    const entry = view.byUuid(owner);
    if (entry === undefined) return [];
    return NAME_TYPES.flatMap((name) => view.attribute(entry, schema.attributeType(name)!)).map(textOf);
  }

  #submit(
    request: Request,
    password: PasswordOutcome,
    checked?: (plan: Plan, rights: Rights) => void,
  ): Promise<DirectoryResult> {
    const { queue, context, rightsOf } = this.#options;
    const { asker, options } = request;
    return queue.submit((): CheckOutcome => {
      const now = context.clock.now();
      const rights = rightsOf(asker, now);
      const transaction = new Transaction(context, asker, rights, now);
      const { touches } = transaction;
      const plan = this.#check(transaction, request, password);
      if (plan instanceof Refusal) return { touches, outcome: plan };
      if (typeof password === 'object' && !password.stillHolds()) return { touches, outcome: OUTDATED };
      checked?.(plan, rights);
      if (options.dryRun === true) return { touches, outcome: SUCCESS };
      return { touches, outcome: this.#watched(plan, options) };
    }, options.signal);
  }

  /** The plan with who looks at the entry right before and right after it. */
  #watched(plan: Plan, { before, after }: ChangeOptions): CheckedWrites {
    if (before === undefined && after === undefined) return plan;
    const tell = (look: ((entry: number) => void) | undefined) => () => {
      const entry = look === undefined ? undefined : this.#options.context.view.byUuid(plan.uuid);
      if (entry !== undefined) look?.(entry);
    };
    return { ...plan, begun: tell(before), done: tell(after) };
  }

  #check(transaction: Transaction, request: Request, password: PasswordOutcome): Plan | Refusal {
    const { change, options } = request;
    const assertion = (entry: number) => this.#assert(transaction, entry, options.assertion);
    switch (change.kind) {
      case 'add':
        return planAdd(transaction, change, {
          uuid: request.newUuid,
          keep: options.keepOperational === true,
          password,
          assertion: (entry) => this.#assertNew(change.dn, entry, options.assertion),
        });
      case 'delete':
        return planDelete(transaction, change, assertion);
      case 'modify':
        return planModify(transaction, change, password, assertion);
      case 'rename':
        return planRename(transaction, change, assertion);
      case 'membership':
        return planMembership(transaction, change, assertion);
      case 'password':
        return planPassword(transaction, change, password);
      default:
        return unreachable(change);
    }
  }

  #assert(transaction: Transaction, entry: number, assertion: Filter | undefined): Refusal | undefined {
    if (assertion === undefined) return undefined;
    if (this.#options.matches(entry, assertion, transaction.now, transaction.rights) === true) return undefined;
    return new Refusal('assertionFailed', 'the entry does not match the assertion');
  }

  /** An entry that is not there yet is looked at in a tree of its own. */
  #assertNew(dn: DistinguishedName, { uuid, draft }: Edit, assertion: Filter | undefined): Refusal | undefined {
    if (assertion === undefined) return undefined;
    const rdn = formatDistinguishedName(dn);
    const value = encodeEntry({ parent: NIL_UUID, rdn, ...draft.stored() });
    if (this.#options.matchesAlone({ space: Space.entry, key: uuid, value }, assertion) === true) return undefined;
    return new Refusal('assertionFailed', 'the entry does not match the assertion');
  }
}

/** The queue of the key derivation is full: that passes. */
function busyOf(error: unknown): Refusal {
  if (error instanceof CodedError && error.code === 'PASSWORD_BUSY') {
    return new Refusal('busy', 'too many passwords wait to be hashed; try again');
  }
  throw error;
}

const NAME_TYPES = ['uid', 'cn', 'mail'];

function namesGiven({ attributes }: AddChange): string[] {
  return attributes
    .filter(({ attribute }) => NAME_TYPES.includes(attribute.toLowerCase()))
    .flatMap(({ values }) => values.map(textOf));
}

function textOf(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
}
