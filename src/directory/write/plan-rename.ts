/**
 * Checks a rename (RFC 4511, 4.9): another RDN, another superior, or both, with everything below. Groups show the new names from
 * then on, and references are rewritten; memberships themselves go by identity and are not touched.
 */
import { type DistinguishedName, formatDistinguishedName } from '../../x500/index.ts';
import { NIL_UUID } from '../stored/uuid.ts';
import type { RenameChange } from './change.ts';
import type { EntryDraft } from './entry-draft.ts';
import { adopt, claimNames, namesOf, touchGroupsOf } from './entry-names.ts';
import { checkEntry, settleClasses } from './entry-rules.ts';
import { type FoundEntry, findEntry, noSuchObject } from './find-entry.ts';
import { canonicalRdn, type NamingValue, namingValues, rdnText } from './naming.ts';
import { hasPassword } from './password-edit.ts';
import { rewriteReferences } from './references.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Plan, Transaction } from './transaction.ts';
import { latin1, valueKey } from './value-rules.ts';

/** Where the entry goes. */
interface Destination {
  readonly dn: DistinguishedName;
  readonly naming: readonly NamingValue[];
  readonly parent: number | undefined;
}

export function planRename(
  transaction: Transaction,
  change: RenameChange,
  assertion: (entry: number) => Refusal | undefined,
): Plan | Refusal {
  const { context, touches } = transaction;
  const { view, profiles, descriptions } = context;
  if (change.dn.rdns.length === 0) return new Refusal('unwillingToPerform', 'the root cannot be renamed');
  const found = findEntry(transaction, change.dn);
  if (found instanceof Refusal) return found;
  if (view.hasChildren(found.entry)) touches.take(Touch.tree);
  touches.take(Touch.name(found.key));
  touches.take(Touch.entry(latin1(view.uuid(found.entry))));
  const destination = destinationOf(transaction, found, change);
  if (destination instanceof Refusal) return destination;
  const refused = assertion(found.entry);
  if (refused !== undefined) return refused;

  const edit = transaction.edit(found.entry);
  const { draft } = edit;
  const [structural] = draft.values('structuralObjectClass');
  const profile = settleClasses(draft, profiles, structural && latin1(structural));
  if (profile instanceof Refusal) return profile;
  const before = namesOf(transaction, draft, profile);
  if (before instanceof Refusal) return before;
  const oldNaming = namingValues(found.dn.rdns[0]!, descriptions);
  if (oldNaming instanceof Refusal) return oldNaming;
  if (change.deleteOldRdn) removeValues(draft, oldNaming);
  addMissing(draft, destination.naming);
  const apart = {
    password: hasPassword(draft),
    members: view.storedMembers(found.entry)[Symbol.iterator]().next().done !== true,
  };
  const violation = checkEntry(draft, profile, destination.naming, apart);
  if (violation !== undefined) return violation;
  const after = namesOf(transaction, draft, profile);
  if (after instanceof Refusal) return after;
  const taken = claimNames(transaction, found.entry, before, after);
  if (taken !== undefined) return taken;

  edit.rdn = rdnText(destination.dn.rdns[0]!);
  edit.parent = destination.parent === undefined ? NIL_UUID : view.uuid(destination.parent);
  const newUids = after.uids.filter((uid) => !before.uids.includes(uid));
  adopt(transaction, edit.uuid, undefined, newUids);
  moveNames(transaction, found.entry, formatDistinguishedName(destination.dn));
  return transaction.finish(edit);
}

function destinationOf(transaction: Transaction, found: FoundEntry, change: RenameChange): Destination | Refusal {
  const { context, touches, rights } = transaction;
  const { view, schema, descriptions } = context;
  const rdn = change.newRdn.length === 0 ? undefined : canonicalRdn(change.newRdn, descriptions);
  if (rdn === undefined || schema.rdnKey(rdn) === undefined) {
    return new Refusal(
      'invalidDNSyntax',
      'the new name has an attribute that the schema does not know, or a value that it cannot compare',
    );
  }
  const naming = namingValues(rdn, descriptions);
  if (naming instanceof Refusal) return naming;
  let parent = view.parent(found.entry);
  let above: DistinguishedName = { rdns: found.dn.rdns.slice(1) };
  if (parent === undefined) {
    return new Refusal('unwillingToPerform', 'the suffix of the directory is set in its configuration and not renamed');
  }
  if (change.newSuperior !== undefined) {
    const superior = findEntry(transaction, change.newSuperior);
    if (superior instanceof Refusal) return superior;
    for (let at: number | undefined = superior.entry; at !== undefined; at = view.parent(at)) {
      if (at === found.entry) return new Refusal('unwillingToPerform', 'an entry cannot be moved below itself');
    }
    parent = superior.entry;
    above = superior.dn;
  }
  if (!rights.knows(parent)) return noSuchObject(view, above, rights);
  const dn = { rdns: [rdn, ...above.rdns] };
  if (!rights.mayRename(found.entry, parent, dn)) {
    return new Refusal('insufficientAccessRights', 'the entry may not be given this name by you');
  }
  touches.share(Touch.entry(latin1(view.uuid(parent))));
  touches.take(Touch.name(schema.dnKey(dn)!));
  const there = view.find(dn);
  if (there !== undefined && there !== found.entry) {
    return new Refusal('entryAlreadyExists', 'there is an entry of the new name');
  }
  return { dn, naming, parent };
}

function removeValues(draft: EntryDraft, naming: readonly NamingValue[]): void {
  for (const { description, value } of naming) {
    const key = valueKey(description.type, value);
    const values = draft.get(description)?.values ?? [];
    draft.set(
      description,
      values.filter((each) => valueKey(description.type, each) !== key),
    );
  }
}

function addMissing(draft: EntryDraft, naming: readonly NamingValue[]): void {
  for (const { description, value } of naming) {
    const attribute = draft.get(description);
    if (attribute?.has(valueKey(description.type, value)) === true) continue;
    draft.set(description, [...(attribute?.values ?? []), value]);
  }
}

/** Everything that knows the entry, or one below it, by name: groups that show it, groups that wait for it, references. */
function moveNames(transaction: Transaction, top: number, name: string): void {
  const { view } = transaction.context;
  const above = view.dnText(top).length;
  const moved = [top];
  for (let index = 0; index < moved.length; index += 1) {
    const entry = moved[index]!;
    for (const child of view.children(entry)) moved.push(child);
    touchGroupsOf(transaction, entry);
    const from = view.dnText(entry);
    // The text of what is below ends with the text of what is above.
    const to = from.slice(0, from.length - above) + name;
    adopt(transaction, view.uuid(entry), to, []);
    rewriteReferences(transaction, { from, to });
  }
}
