/**
 * Checks the addition of an entry (RFC 4511, 4.7), in slapd's order: what the request says by itself first, then what is in the tree.
 */
import { type AttributeType, type DistinguishedName, formatDistinguishedName } from '../../x500/index.ts';
import { isNilUuid, NIL_UUID, parseUuid } from '../stored/uuid.ts';
import type { VerifierPlan } from '../verifier/verifier-plan.ts';
import type { AddChange } from './change.ts';
import { EntryDraft } from './entry-draft.ts';
import { adopt, claimNames, NO_NAMES, namesOf } from './entry-names.ts';
import { checkEntry, settleClasses } from './entry-rules.ts';
import { type CheckedName, checkName, noSuchObject } from './find-entry.ts';
import { type GivenAttribute, readAttributes } from './given-attribute.ts';
import { MembershipEdit } from './membership-edit.ts';
import { namingValues, rdnText } from './naming.ts';
import { applyPassword, isPassword } from './password-edit.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Edit, Plan, Transaction } from './transaction.ts';
import { latin1, valueKey } from './value-rules.ts';

export interface AddOptions {
  /** The identity of the new entry. */
  readonly uuid: Uint8Array;
  /** Keep the operational attributes that are given. */
  readonly keep: boolean;
  /** What its userPassword comes to; `pending` while that is not known yet, and only the rest is checked. */
  readonly password: VerifierPlan | 'pending' | undefined;
  /** Refuses the entry, which is complete but for what is stamped on it, when it is not what the asker asserted. */
  readonly assertion?: (entry: Edit) => Refusal | undefined;
}

export function planAdd(transaction: Transaction, change: AddChange, options: AddOptions): Plan | Refusal {
  const { context } = transaction;
  if (change.dn.rdns.length === 0) return new Refusal('entryAlreadyExists', 'the root is there already');
  const name = checkName(transaction, change.dn);
  if (name instanceof Refusal) return name;
  const given = readAttributes(change.attributes, context.descriptions, options.keep);
  if (given instanceof Refusal) return given;
  if (given.length === 0) return new Refusal('protocolError', 'no attribute is given');
  const [rdn] = name.dn.rdns;
  const naming = namingValues(rdn!, context.descriptions);
  if (naming instanceof Refusal) return naming;

  const uuid = identityOf(given, options);
  if (uuid instanceof Refusal) return uuid;
  const draft = new EntryDraft();
  const members = new MembershipEdit(transaction, { entry: undefined, uuid, dnKey: name.key });
  for (const { description, values, form, period } of given) {
    if (form !== undefined) {
      const refusal = members.add(form, values, period);
      if (refusal !== undefined) return refusal;
    } else if (!isPassword(description) && description.type.name !== 'entryUUID') draft.set(description, values);
  }
  // The values of the name are the entry's, whether they are sent or not.
  for (const { description, value } of naming) {
    const attribute = draft.get(description);
    if (attribute?.has(valueKey(description.type, value)) === true) continue;
    draft.set(description, [...(attribute?.values ?? []), value]);
  }
  const profile = settleClasses(draft, context.profiles);
  if (profile instanceof Refusal) return profile;
  draft.set(context.descriptions.of('objectClass')!, profile.classes);
  const apart = { password: options.password !== undefined, members: members.hasMembers() };
  const violation = checkEntry(draft, profile, naming, apart);
  if (violation !== undefined) return violation;

  const parent = placeOf(
    transaction,
    name,
    given.map(({ description }) => description.type),
  );
  if (parent instanceof Refusal) return parent;
  const names = namesOf(transaction, draft, profile);
  if (names instanceof Refusal) return names;
  const taken = claimNames(transaction, undefined, NO_NAMES, names);
  if (taken !== undefined) return taken;
  if (context.view.byUuid(uuid) !== undefined) {
    return new Refusal('constraintViolation', 'entryUUID: another entry has it');
  }
  transaction.touches.take(Touch.entry(latin1(uuid)));

  const edit: Edit = { uuid, parent, rdn: isNilUuid(parent) ? formatDistinguishedName(name.dn) : rdnText(rdn!), draft };
  transaction.setOperational(draft, 'structuralObjectClass', profile.structural.name);
  members.commit();
  adopt(transaction, uuid, formatDistinguishedName(name.dn), names.uids);
  const refused = options.assertion?.(edit);
  if (refused !== undefined) return refused;
  const keep = options.keep && draft.values('modifyTimestamp').length > 0;
  if (draft.values('creatorsName').length === 0) {
    transaction.setOperational(draft, 'creatorsName', transaction.askerName());
  }
  if (draft.values('createTimestamp').length === 0) {
    transaction.setOperational(draft, 'createTimestamp', transaction.time());
  }
  if (options.password !== undefined && options.password !== 'pending') {
    applyPassword(transaction, edit, options.password, options.keep);
  }
  return transaction.finish(edit, keep);
}

/** The entryUUID that is kept, or the new one. */
function identityOf(given: readonly GivenAttribute[], options: AddOptions): Uint8Array | Refusal {
  const [value] = given.find(({ description }) => description.type.name === 'entryUUID')?.values ?? [];
  if (value === undefined) return options.uuid;
  const uuid = parseUuid(latin1(value));
  if (uuid !== undefined && !isNilUuid(uuid)) return uuid;
  return new Refusal('invalidAttributeSyntax', 'entryUUID: is no identity');
}

/** The entryUUID of the parent, when an entry of this name may be added and there is none. */
function placeOf(
  transaction: Transaction,
  { dn, key }: CheckedName,
  types: readonly AttributeType[],
): Uint8Array | Refusal {
  const { touches, rights, context } = transaction;
  let parent: number | undefined;
  if (key !== context.suffixKey) {
    const above: DistinguishedName = { rdns: dn.rdns.slice(1) };
    touches.share(Touch.name(key.slice(context.schema.rdnKey(dn.rdns[0]!)!.length + 1)));
    parent = context.view.find(above);
    if (parent === undefined || !rights.knows(parent)) return noSuchObject(context.view, dn, rights);
    touches.share(Touch.entry(latin1(context.view.uuid(parent))));
  }
  if (!rights.mayAdd(parent, dn, types)) {
    return new Refusal('insufficientAccessRights', 'an entry like this may not be added here');
  }
  touches.take(Touch.name(key));
  if (context.view.find(dn) !== undefined) return new Refusal('entryAlreadyExists', 'there is an entry of this name');
  return parent === undefined ? NIL_UUID : context.view.uuid(parent);
}
