/**
 * Checks a change of one membership with its dates.
 */
import { formatDistinguishedName } from '../../x500/index.ts';
import type { MembershipChange } from './change.ts';
import { settleClasses } from './entry-rules.ts';
import { findEntry } from './find-entry.ts';
import { MembershipEdit } from './membership-edit.ts';
import { Refusal } from './refusal.ts';
import type { Plan, Transaction } from './transaction.ts';

export function planMembership(
  transaction: Transaction,
  change: MembershipChange,
  assertion: (entry: number) => Refusal | undefined,
): Plan | Refusal {
  const { schema, profiles } = transaction.context;
  const start = change.start ?? Number.NEGATIVE_INFINITY;
  const end = change.end ?? Number.POSITIVE_INFINITY;
  if (!(start < end)) return new Refusal('constraintViolation', 'the membership would end before it starts');
  const found = findEntry(transaction, change.group);
  if (found instanceof Refusal) return found;
  if (!transaction.rights.mayWrite(found.entry, schema.attributeType('member')!)) {
    return new Refusal('insufficientAccessRights', 'member: may not be written by you here');
  }
  const refused = assertion(found.entry);
  if (refused !== undefined) return refused;
  const edit = transaction.edit(found.entry);
  const profile = settleClasses(edit.draft, profiles);
  if (profile instanceof Refusal) return profile;
  if (!profile.allowsMembers) return new Refusal('objectClassViolation', 'member: the entry is no group');
  const members = new MembershipEdit(transaction, { entry: found.entry, uuid: edit.uuid, dnKey: found.key });
  const member = members.resolve('member', Buffer.from(formatDistinguishedName(change.member)));
  if (member instanceof Refusal) return member;
  members.set(member, { start, end });
  members.commit();
  return transaction.finish(edit);
}
