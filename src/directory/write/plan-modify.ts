/**
 * Checks a modification (RFC 4511, 4.6; increment: RFC 4525): the modifications in their order, then the entry that comes of them. In between it
 * may break the rules.
 */
import type { VerifierPlan } from '../verifier/verifier-plan.ts';
import type { ModifyChange } from './change.ts';
import type { ClassProfile } from './class-profile.ts';
import type { EntryDraft } from './entry-draft.ts';
import { adopt, canonicalUid, claimNames, namesOf, touchGroupsOf } from './entry-names.ts';
import { checkEntry, settleClasses } from './entry-rules.ts';
import { type FoundEntry, findEntry } from './find-entry.ts';
import { type GivenModification, readModifications } from './given-attribute.ts';
import { MembershipEdit } from './membership-edit.ts';
import { namingValues } from './naming.ts';
import { applyPassword, hasPassword, isPassword } from './password-edit.ts';
import { Refusal } from './refusal.ts';
import type { Edit, Plan, Transaction } from './transaction.ts';
import { latin1, valueKey } from './value-rules.ts';

/** What its userPassword comes to; `pending` while that is not known yet, and only the rest is checked. */
export type PasswordOutcome = VerifierPlan | 'pending' | undefined;

/** Types that an entry is called by, or that say what it is: changing others cannot change its names. */
const NAMING_TYPES = new Set(['uid', 'cn', 'objectClass']);

/** Digits of a number that is counted with: reading one takes time that grows with the square of them. */
const LONGEST_INTEGER = 1000;

export function planModify(
  transaction: Transaction,
  change: ModifyChange,
  password: PasswordOutcome,
  assertion: (entry: number) => Refusal | undefined,
): Plan | Refusal {
  const { context, rights } = transaction;
  const modifications = readModifications(change.modifications, context.descriptions);
  if (modifications instanceof Refusal) return modifications;
  const found = findEntry(transaction, change.dn);
  if (found instanceof Refusal) return found;
  for (const { description } of modifications) {
    if (!rights.mayWrite(found.entry, description.type)) {
      return new Refusal('insufficientAccessRights', `${description.name}: may not be written by you here`);
    }
  }
  const refused = assertion(found.entry);
  if (refused !== undefined) return refused;

  const edit = transaction.edit(found.entry);
  const before = namesBefore(transaction, edit, modifications);
  if (before instanceof Refusal) return before;
  const members = new MembershipEdit(transaction, { entry: found.entry, uuid: edit.uuid, dnKey: found.key });
  for (const modification of modifications) {
    const refusal = modify(edit.draft, members, modification);
    if (refusal !== undefined) return refusal;
  }
  if (password !== undefined && password !== 'pending') {
    applyPassword(transaction, edit, {
      ...password,
      mustChange: mustChange(edit, modifications) ?? password.mustChange,
    });
  }
  const profile = settle(transaction, edit, found, modifications, members, password === 'pending');
  if (profile instanceof Refusal) return profile;
  if (before !== undefined) {
    const refusal = renameTo(transaction, found, edit, before, profile);
    if (refusal !== undefined) return refusal;
  }
  members.commit();
  return transaction.finish(edit);
}

/** Whoever resets a password may say with it whether it has to be changed. */
function mustChange({ draft }: Edit, modifications: readonly GivenModification[]): boolean | undefined {
  if (!modifications.some(({ description }) => description.name === 'pwdReset')) return undefined;
  return draft.values('pwdReset').some((value) => latin1(value) === 'TRUE');
}

/** Whether the entry may be what the modifications made of it. */
function settle(
  transaction: Transaction,
  edit: Edit,
  found: FoundEntry,
  modifications: readonly GivenModification[],
  members: MembershipEdit,
  awaitsPassword: boolean,
): ClassProfile | Refusal {
  const { profiles, descriptions } = transaction.context;
  const { draft } = edit;
  const structural = draft.values('structuralObjectClass')[0];
  const profile = settleClasses(draft, profiles, structural && latin1(structural));
  if (profile instanceof Refusal) return profile;
  if (modifications.some(({ description }) => description.type.name === 'objectClass')) {
    draft.set(descriptions.of('objectClass')!, profile.classes);
  }
  const naming = namingValues(found.dn.rdns[0]!, descriptions);
  if (naming instanceof Refusal) return naming;
  const apart = { password: awaitsPassword || hasPassword(draft), members: members.hasMembers() };
  return checkEntry(draft, profile, naming, apart) ?? profile;
}

/** What the entry is called, when the modifications might change that. */
function namesBefore(transaction: Transaction, { draft }: Edit, modifications: readonly GivenModification[]) {
  const { unique, profiles } = transaction.context;
  const matters = modifications.some(
    ({ description: { type, name } }) =>
      NAMING_TYPES.has(type.name) || unique.some(({ description }) => description.name === name),
  );
  if (!matters) return undefined;
  const profile = settleClasses(draft, profiles);
  return profile instanceof Refusal ? profile : namesOf(transaction, draft, profile);
}

function renameTo(
  transaction: Transaction,
  { entry }: FoundEntry,
  { uuid, rdn, draft }: Edit,
  before: Exclude<ReturnType<typeof namesBefore>, Refusal | undefined>,
  profile: ClassProfile,
): Refusal | undefined {
  const after = namesOf(transaction, draft, profile);
  if (after instanceof Refusal) return after;
  const taken = claimNames(transaction, entry, before, after);
  if (taken !== undefined) return taken;
  const known = new Set(before.uids);
  adopt(
    transaction,
    uuid,
    undefined,
    after.uids.filter((uid) => !known.has(uid)),
  );
  if (canonicalUid(rdn, before.uids) !== canonicalUid(rdn, after.uids)) touchGroupsOf(transaction, entry);
  return undefined;
}

function modify(draft: EntryDraft, members: MembershipEdit, given: GivenModification): Refusal | undefined {
  const { operation, description, values, form, period } = given;
  if (isPassword(description)) return undefined;
  if (form !== undefined) {
    switch (operation) {
      case 'add':
        return members.add(form, values, period);
      case 'delete':
        return members.remove(form, values);
      default:
        return members.replace(form, values, period);
    }
  }
  switch (operation) {
    case 'add':
      return addValues(draft, given);
    case 'delete':
      return deleteValues(draft, given);
    case 'increment':
      return incrementValues(draft, given);
    default:
      draft.set(description, values);
      return undefined;
  }
}

function addValues(draft: EntryDraft, { description, values }: GivenModification): Refusal | undefined {
  const present = draft.get(description);
  if (present !== undefined && description.type.equality === undefined) {
    return new Refusal(
      'inappropriateMatching',
      `${description.name}: its values cannot be compared, only replaced together`,
    );
  }
  for (const [index, value] of values.entries()) {
    if (present?.has(valueKey(description.type, value)) === true) {
      return new Refusal('attributeOrValueExists', `${description.name}: value #${index} is there already`);
    }
  }
  draft.set(description, [...(present?.values ?? []), ...values]);
  return undefined;
}

function deleteValues(draft: EntryDraft, { description, values }: GivenModification): Refusal | undefined {
  const present = draft.get(description);
  if (present === undefined) return new Refusal('noSuchAttribute', `${description.name}: the entry has none`);
  if (values.length === 0) {
    draft.set(description, []);
    return undefined;
  }
  if (description.type.equality === undefined) {
    return new Refusal(
      'inappropriateMatching',
      `${description.name}: its values cannot be compared, only removed together`,
    );
  }
  const going = new Set<string>();
  for (const [index, value] of values.entries()) {
    const key = valueKey(description.type, value);
    if (!present.has(key) || going.has(key)) {
      return new Refusal('noSuchAttribute', `${description.name}: value #${index} is not there`);
    }
    going.add(key);
  }
  draft.set(
    description,
    present.values.filter((value) => !going.has(valueKey(description.type, value))),
  );
  return undefined;
}

function incrementValues(draft: EntryDraft, { description, values }: GivenModification): Refusal | undefined {
  const present = draft.get(description);
  if (present === undefined) return new Refusal('noSuchAttribute', `${description.name}: the entry has none`);
  const longest = Math.max(...[...values, ...present.values].map(({ length }) => length));
  if (longest > LONGEST_INTEGER)
    return new Refusal('constraintViolation', `${description.name}: is too large to count with`);
  const by = BigInt(latin1(values[0]!));
  draft.set(
    description,
    present.values.map((value) => Buffer.from((BigInt(latin1(value)) + by).toString())),
  );
  return undefined;
}
