/**
 * What an entry is called, beside its DN: login names and other values that only one entry may have, and the uid and the name that groups
 * know it by. Settled whenever an entry comes to be or is called otherwise.
 */
import { loginNameKey } from '../../access/index.ts';
import { parseDistinguishedName } from '../../x500/index.ts';
import { ALWAYS, type Member } from '../stored/member-form.ts';
import type { ClassProfile } from './class-profile.ts';
import type { EntryDraft } from './entry-draft.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Transaction } from './transaction.ts';
import { valueKey } from './value-rules.ts';

/** The names of an entry at one moment. */
export interface EntryNames {
  /** Folded. */
  readonly logins: ReadonlySet<string>;
  /** As spelled, in order. */
  readonly uids: readonly string[];
  /** As spelled: what a role or a rule of the configuration may know the entry by. */
  readonly spoken: ReadonlySet<string>;
  /** Attribute and key of each value that only one entry may have. */
  readonly unique: ReadonlyMap<string, { readonly name: string; readonly value: Uint8Array }>;
}

export const NO_NAMES: EntryNames = { logins: new Set(), uids: [], spoken: new Set(), unique: new Map() };

/** The names that a draft gives its entry; a Refusal when one is nobody's. */
export function namesOf(transaction: Transaction, draft: EntryDraft, profile: ClassProfile): EntryNames | Refusal {
  const uids = texts(draft.values('uid'));
  const logins = new Set<string>();
  for (const name of uids.length === 0 && profile.isHost ? texts(draft.values('cn')) : uids) {
    const key = loginNameKey(name);
    if (key === undefined) {
      const attribute = uids.length === 0 ? 'cn' : 'uid';
      return new Refusal(
        'constraintViolation',
        `${attribute}: nobody can log in by this name; it is too long or has control characters`,
      );
    }
    logins.add(key);
  }
  const unique = new Map<string, { name: string; value: Uint8Array }>();
  for (const { description, among } of transaction.context.unique) {
    if (among.length > 0 && !profile.classes.some((each) => among.includes(Buffer.from(each).toString()))) continue;
    for (const value of draft.get(description)?.values ?? []) {
      const { name } = description;
      unique.set(`${name}=${valueKey(description.type, value)}`, { name, value });
    }
  }
  const isCalledByCn = uids.length === 0 || profile.allowsMembers;
  return { logins, uids, spoken: new Set([...uids, ...(isCalledByCn ? texts(draft.values('cn')) : [])]), unique };
}

/** Undefined when the asker may give the entry what it is called now and was not before, and no other entry has it. */
export function claimNames(
  transaction: Transaction,
  entry: number | undefined,
  before: EntryNames,
  after: EntryNames,
): Refusal | undefined {
  const { context, touches, rights } = transaction;
  for (const name of after.spoken) {
    if (before.spoken.has(name) || rights.mayTakeName(name)) continue;
    return new Refusal('insufficientAccessRights', `an entry may not be called '${name}' by you`);
  }
  for (const key of before.logins) if (!after.logins.has(key)) touches.take(Touch.login(key));
  for (const key of after.logins) {
    if (before.logins.has(key)) continue;
    touches.take(Touch.login(key));
    if (isTaken(transaction, entry, context.logins.holders(key))) {
      return new Refusal('constraintViolation', `the login name '${key}' is another entry's`);
    }
  }
  for (const key of before.unique.keys()) if (!after.unique.has(key)) touches.take(Touch.value(key));
  for (const [key, { name, value }] of after.unique) {
    if (before.unique.has(key)) continue;
    touches.take(Touch.value(key));
    const { type } = context.descriptions.of(name)!;
    const normal = type.equality?.normalize(value);
    if (normal !== undefined && isTaken(transaction, entry, context.view.holder(type, normal), name)) {
      return new Refusal(
        'constraintViolation',
        `${name}: the value '${Buffer.from(value).toString()}' is another entry's`,
      );
    }
  }
  for (const uid of before.uids) if (!after.uids.includes(uid)) touches.take(Touch.uid(uid));
  for (const uid of after.uids) if (!before.uids.includes(uid)) touches.take(Touch.uid(uid));
  return undefined;
}

/** Groups that named the entry before there was one of this name have it as a member from now on. */
export function adopt(
  transaction: Transaction,
  uuid: Uint8Array,
  name: string | undefined,
  uids: Iterable<string>,
): void {
  const { view } = transaction.context;
  if (view.content.memberships.raw.size === 0) return;
  for (const uid of uids) {
    for (const group of [...view.groupsNaming('uid', uid)]) adoptIn(transaction, group, { kind: 'uid', uid }, uuid);
  }
  if (name === undefined) return;
  for (const group of [...view.groupsNaming('name', name)]) {
    for (const stored of rawNamesOf(transaction, group, name)) adoptIn(transaction, group, stored, uuid);
  }
}

/** Groups show their members by name: those that the entry is in change when its name or its uid does. */
export function touchGroupsOf(transaction: Transaction, entry: number): void {
  for (const group of transaction.context.view.groupsHolding(entry)) {
    if (!transaction.isDropped(group)) transaction.edit(group);
  }
}

/** The uid that `memberUid` shows: the one it is named with, else its first. */
export function canonicalUid(rdn: string, uids: readonly string[]): string | undefined {
  const named = parseDistinguishedName(rdn)?.rdns[0]?.find(({ type }) => type === 'uid')?.value;
  return typeof named === 'string' ? named : uids[0];
}

function adoptIn(transaction: Transaction, group: number, raw: Member, uuid: Uint8Array): void {
  if (transaction.isDropped(group)) return;
  const { view } = transaction.context;
  const { uuid: groupUuid } = transaction.edit(group);
  const member: Member = { kind: 'entry', uuid };
  if (view.membership(group, member) === undefined) {
    transaction.putMember(groupUuid, member, view.membership(group, raw) ?? ALWAYS);
  }
  transaction.deleteMember(groupUuid, raw);
}

/** The spellings in which the group has a raw member of this name. */
function rawNamesOf(transaction: Transaction, group: number, name: string): Member[] {
  const { view, schema } = transaction.context;
  const exact: Member = { kind: 'name', name };
  if (view.membership(group, exact) !== undefined) return [exact];
  const keyOf = (text: string) => {
    const dn = parseDistinguishedName(text);
    return dn && schema.dnKey(dn);
  };
  const key = keyOf(name);
  return [...view.storedMembers(group)].filter((member) => member.kind === 'name' && keyOf(member.name) === key);
}

function isTaken(
  transaction: Transaction,
  entry: number | undefined,
  holders: Iterable<number>,
  attribute?: string,
): boolean {
  const { view, unique, schema } = transaction.context;
  const among = unique.find(({ description }) => description.name === attribute)?.among ?? [];
  const objectClass = schema.attributeType('objectClass')!;
  for (const holder of holders) {
    if (holder === entry) continue;
    if (among.length === 0) return true;
    if (texts(view.attribute(holder, objectClass)).some((each) => among.includes(each))) return true;
  }
  return false;
}

function texts(values: readonly Uint8Array[]): string[] {
  return values.map((value) => Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8'));
}
