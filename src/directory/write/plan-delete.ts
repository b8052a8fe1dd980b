/**
 * Checks a deletion (RFC 4511, 4.8), of one entry without children, or of all below it as well. The memberships of what goes end; its
 * passwords and the references to it go with it.
 */
import type { DeleteChange } from './change.ts';
import { touchGroupsOf } from './entry-names.ts';
import { findEntry } from './find-entry.ts';
import { rewriteReferences } from './references.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Plan, Transaction } from './transaction.ts';

export function planDelete(
  transaction: Transaction,
  change: DeleteChange,
  assertion: (entry: number) => Refusal | undefined,
): Plan | Refusal {
  const { view } = transaction.context;
  if (change.dn.rdns.length === 0) return new Refusal('unwillingToPerform', 'the root cannot be deleted');
  const found = findEntry(transaction, change.dn);
  if (found instanceof Refusal) return found;
  const uuid = view.uuid(found.entry);
  transaction.touches.take(Touch.name(found.key));
  const going = change.subtree === true ? withAllBelow(transaction, found.entry) : [found.entry];
  for (const entry of going) {
    if (transaction.rights.mayDelete(entry)) continue;
    return new Refusal('insufficientAccessRights', 'the entry, or one below it, may not be deleted by you');
  }
  const refused = assertion(found.entry);
  if (refused !== undefined) return refused;
  if (going.length === 1 && view.hasChildren(found.entry)) {
    return new Refusal('notAllowedOnNonLeaf', 'there are entries below this one; delete them first');
  }
  if (going.length > 1) transaction.touches.take(Touch.tree);
  for (const entry of going) transaction.drop(entry);
  for (const entry of going) release(transaction, entry);
  return transaction.finishDeletion(uuid);
}

/** The entry and all below it, children before their parents. */
function withAllBelow(transaction: Transaction, top: number): number[] {
  const { view } = transaction.context;
  const entries = [top];
  for (let index = 0; index < entries.length; index += 1) {
    for (const child of view.children(entries[index]!)) entries.push(child);
  }
  return entries.reverse();
}

/** Ends everything that hangs on an entry. */
function release(transaction: Transaction, entry: number): void {
  const { view, passwordsOf } = transaction.context;
  const uuid = view.uuid(entry);
  touchGroupsOf(transaction, entry);
  for (const group of view.groupsHolding(entry)) transaction.deleteMember(view.uuid(group), { kind: 'entry', uuid });
  for (const member of view.storedMembers(entry)) transaction.deleteMember(uuid, member);
  transaction.put(passwordsOf(uuid));
  rewriteReferences(transaction, { from: view.dnText(entry), to: undefined });
}
