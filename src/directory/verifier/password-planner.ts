/**
 * PasswordPlanner turns a change of userPassword into verifiers: who may give what, what the policy says, and hashing. Nothing is
 * written here; the transaction of the change does that.
 *
 * A value is text, or a form that was hashed elsewhere (`{SSHA}...`, RFC 2307, 5.3). Text is hashed and not kept.
 * RFC 3062 is the same by another door.
 */
import type { Clock, Random, Secret } from '../../base/index.ts';
import { Secret as SecretText } from '../../base/index.ts';
import type { KeyDerivation } from '../../password/index.ts';
import { judgeText, type PasswordPolicy, type PasswordProblem } from '../policy/password-policy.ts';
import type { PolicyRefusal } from '../policy/policy-refusal.ts';
import { hashedFormOf } from './hashed-form.ts';
import { readableSecret } from './readable-secret.ts';
import type { PasswordChange, PasswordModification, VerifierPlan, VerifierRefusal } from './verifier-plan.ts';
import { decodePassword, encodePassword, PASSWORD_SLOT, type PasswordRecord, verifierKey } from './verifier-record.ts';
import type { VerifierTable } from './verifier-table.ts';

export interface PlannerPorts {
  readonly table: VerifierTable;
  readonly keys: KeyDerivation;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: () => PasswordPolicy;
}

/** What RFC 3062 asks for. */
export interface PasswordModify {
  readonly old?: Secret;
  /** Absent: one is made. */
  readonly next?: Secret;
}

/** Forms that one entry may have: only imports bring several. */
const MOST_FORMS = 4;
/** Characters of five random bits. */
const GENERATED_LENGTH = 20;

export class PasswordPlanner {
  readonly #ports: PlannerPorts;

  constructor(ports: PlannerPorts) {
    this.#ports = ports;
  }

  /** Changes of userPassword as add and modify bring them. Rejects with PASSWORD_BUSY when too many derivations wait. */
  async planModification(
    change: PasswordChange,
    modifications: readonly PasswordModification[],
  ): Promise<VerifierPlan | VerifierRefusal> {
    const draft = this.#draft(change);
    for (const { operation, values } of modifications) {
      const refusal =
        operation === 'delete' ? await this.#delete(draft, values) : await this.#put(draft, operation, values);
      if (refusal !== undefined) return refusal;
    }
    await this.#takeFormer(draft);
    return this.#finish(draft);
  }

  /** The password modify operation (RFC 3062). The old password counts when it is given, and has to be where the policy says so. */
  async planPasswordModify(
    change: PasswordChange,
    { old, next }: PasswordModify,
  ): Promise<VerifierPlan | VerifierRefusal> {
    const draft = this.#draft(change);
    if (old !== undefined) {
      if ((await this.#formOf(draft, old)) === undefined) return refuse('wrong-old', 'the old password is another one');
      draft.oldGiven = true;
    }
    draft.forms = [];
    const generated = next === undefined ? this.#generate() : undefined;
    const refusal = await this.#putText(draft, next ?? generated!);
    if (refusal !== undefined) return refusal;
    const plan = this.#finish(draft);
    return plan.kind === 'planned' && generated !== undefined ? { ...plan, generated } : plan;
  }

  #generate(): Secret {
    return readableSecret(this.#ports.random, Math.max(GENERATED_LENGTH, this.#ports.policy().options.length));
  }

  #draft(change: PasswordChange): Draft {
    const key = verifierKey(change.owner, PASSWORD_SLOT);
    const stored = this.#ports.table.get(key);
    const generation = stored === undefined ? undefined : Buffer.from(stored);
    const record = generation === undefined ? undefined : decodePassword(generation);
    return {
      change,
      key,
      generation,
      record,
      forms: [...(record?.forms ?? [])],
      former: [],
      oldGiven: false,
      isNew: false,
    };
  }

  async #delete(draft: Draft, values: readonly Uint8Array[]): Promise<VerifierRefusal | undefined> {
    if (draft.forms.length === 0) return refuse('no-such-value', 'there is no password to delete');
    if (values.length === 0) draft.forms = [];
    for (const value of values) {
      const text = textOf(value);
      const isStored = text !== undefined && draft.change.storesHashed && draft.forms.includes(text);
      const form = isStored ? text : text === undefined ? undefined : await this.#formOf(draft, new SecretText(text));
      if (form === undefined) return refuse('wrong-old', 'userPassword: the value to delete is not the password');
      draft.forms = draft.forms.filter((held) => held !== form);
      draft.oldGiven = true;
    }
    return undefined;
  }

  async #put(
    draft: Draft,
    operation: 'add' | 'replace',
    values: readonly Uint8Array[],
  ): Promise<VerifierRefusal | undefined> {
    if (operation === 'replace') draft.forms = [];
    for (const value of values) {
      const text = textOf(value);
      if (text === undefined) return refuse('unusable', 'userPassword: a value is not UTF-8');
      const hashed = hashedFormOf(text);
      const refusal = hashed === undefined ? await this.#putText(draft, new SecretText(text)) : putForm(draft, hashed);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  async #putText(draft: Draft, password: Secret): Promise<VerifierRefusal | undefined> {
    const { by, names } = draft.change;
    if (draft.forms.length > 0 && by !== 'system') return refuse('only-one', ONLY_ONE);
    if (draft.forms.length >= MOST_FORMS) return refuse('only-one', ONLY_ONE);
    const policy = this.#ports.policy();
    const problem = by === 'system' ? judgeText(password) : policy.judge(password, names);
    if (problem !== undefined) return refuseFor(problem);
    if (by !== 'system' && (await this.#isFormer(draft, password, policy.options.history))) {
      return refuse('in-history', `this is one of the last ${policy.options.history} passwords`);
    }
    draft.forms.push(await this.#ports.keys.hash(password));
    draft.isNew = true;
    return undefined;
  }

  /** What of an import's former passwords a new one can be compared with, as far back as the policy looks. */
  async #takeFormer(draft: Draft): Promise<void> {
    for (const former of draft.change.former ?? []) {
      if (draft.former.length >= this.#ports.policy().options.history - 1) return;
      const hashed = hashedFormOf(former);
      if (hashed?.kind === 'usable') draft.former.push(former);
      const text = hashed === undefined ? new SecretText(former) : undefined;
      if (text !== undefined && judgeText(text) === undefined) draft.former.push(await this.#ports.keys.hash(text));
    }
  }

  /** The form of the draft that the password fits. */
  async #formOf(draft: Draft, password: Secret): Promise<string | undefined> {
    for (const form of draft.record?.forms ?? []) {
      if (draft.forms.includes(form) && (await this.#ports.keys.verify(form, password)) === 'match') return form;
    }
    return undefined;
  }

  async #isFormer({ record }: Draft, password: Secret, history: number): Promise<boolean> {
    const former = record === undefined ? [] : [...record.forms, ...record.history].slice(0, history);
    for (const form of former) if ((await this.#ports.keys.verify(form, password)) === 'match') return true;
    return false;
  }

  #finish(draft: Draft): VerifierPlan | VerifierRefusal {
    const { change, key, generation, record, forms } = draft;
    const { policy, table, clock } = this.#ports;
    const { options } = policy();
    const oldMissing = options.oldRequired && change.by === 'self' && record !== undefined && !draft.oldGiven;
    if (oldMissing) return refuse('must-supply-old', 'the old password has to be given with the change');
    const former = (record?.forms ?? []).filter((form) => !forms.includes(form));
    const history = [...former, ...(record?.history ?? []), ...draft.former].slice(0, Math.max(0, options.history - 1));
    const changedAt = forms.length === 0 ? undefined : (change.changedAt ?? clock.now());
    // Without a password there is no history to keep: whoever may delete it may delete that too.
    const value = changedAt === undefined ? undefined : encodePassword({ changedAt, forms, history });
    return {
      kind: 'planned',
      writes: value === undefined && generation === undefined ? [] : [{ space: 'verifier', key, value }],
      changedAt,
      mustChange: draft.isNew && change.by === 'other' && options.mustChangeAfterReset,
      stillHolds: () => {
        const now = table.get(key);
        return generation === undefined ? now === undefined : now?.equals(generation) === true;
      },
    };
  }
}

/** What a change comes to as its parts are gone through. */
interface Draft {
  readonly change: PasswordChange;
  readonly key: Uint8Array;
  readonly generation: Buffer | undefined;
  readonly record: PasswordRecord | undefined;
  forms: string[];
  /** Forms of former passwords that an import brought. */
  former: string[];
  /** The old password was given and was right. */
  oldGiven: boolean;
  /** Somebody chose a password, rather than bringing a form. */
  isNew: boolean;
}

const ONLY_ONE = 'there is a password already: replace it, or delete it with the same change';

function putForm(draft: Draft, form: ReturnType<typeof hashedFormOf> & object): VerifierRefusal | undefined {
  const { by, storesHashed } = draft.change;
  if (by !== 'system' && !storesHashed) {
    return refuse('not-allowed', 'userPassword: only administrators store passwords that were hashed elsewhere');
  }
  if (form.kind === 'cleartext')
    return refuse('unusable', 'userPassword: {CLEARTEXT} is not stored; send the text itself');
  // What an import finds locked or broken stays so: nothing matches it.
  if (form.kind === 'broken' && by !== 'system') {
    return refuse('unusable', 'userPassword: this form is cut, too costly or of an unknown kind');
  }
  if (draft.forms.length >= (by === 'system' ? MOST_FORMS : 1)) return refuse('only-one', ONLY_ONE);
  draft.forms.push(form.text);
  return undefined;
}

function refuse(refusal: PolicyRefusal, message: string): VerifierRefusal {
  return { kind: 'refused', refusal, message };
}

function refuseFor({ refusal, message }: PasswordProblem): VerifierRefusal {
  return refuse(refusal, `userPassword: ${message}`);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(value: Uint8Array): string | undefined {
  try {
    return decoder.decode(value);
  } catch {
    return undefined;
  }
}
