/**
 * Checks the change of a password by its own operation (RFC 3062): what the modify of `userPassword` would be.
 */
import type { PasswordModifyChange } from './change.ts';
import { checkEntry, settleClasses } from './entry-rules.ts';
import { findEntry } from './find-entry.ts';
import { namingValues } from './naming.ts';
import { applyPassword } from './password-edit.ts';
import type { PasswordOutcome } from './plan-modify.ts';
import { Refusal } from './refusal.ts';
import type { Plan, Transaction } from './transaction.ts';

export function planPassword(
  transaction: Transaction,
  change: PasswordModifyChange,
  password: PasswordOutcome,
): Plan | Refusal {
  const { schema, profiles, descriptions, view } = transaction.context;
  const found = findEntry(transaction, change.dn);
  if (found instanceof Refusal) return found;
  if (!transaction.rights.mayWrite(found.entry, schema.attributeType('userPassword')!)) {
    return new Refusal('insufficientAccessRights', 'the password of this entry may not be changed by you');
  }
  const edit = transaction.edit(found.entry);
  if (password !== undefined && password !== 'pending') applyPassword(transaction, edit, password);
  const profile = settleClasses(edit.draft, profiles);
  if (profile instanceof Refusal) return profile;
  const naming = namingValues(found.dn.rdns[0]!, descriptions);
  if (naming instanceof Refusal) return naming;
  const members = view.storedMembers(found.entry)[Symbol.iterator]().next().done !== true;
  return checkEntry(edit.draft, profile, naming, { password: true, members }) ?? transaction.finish(edit);
}
