/** The acts `group-add`, `group-list` and `group-show`. */
import { z } from 'zod';
import type { AccountBook } from './account-book.ts';
import { formatName } from './account-book.ts';
import { nextNumber } from './add-user.ts';
import { addMembers } from './group-members.ts';
import { accountName, dryRun, text } from './inputs.ts';

export const addGroupInput = z.strictObject({
  name: accountName,
  description: text.optional(),
  gidNumber: z.int().min(1).max(4_294_967_294).optional(),
  members: z.array(text).max(10_000).optional(),
  owners: z.array(text).max(1_000).optional(),
  dryRun,
});

export interface GroupRow {
  readonly name: string;
  readonly dn: string;
  readonly gidNumber: string;
  readonly members: number;
  readonly description: string;
}

export interface GroupDetails extends GroupRow {
  readonly memberNames: readonly string[];
  readonly owners: readonly string[];
}

export async function addGroup(
  book: AccountBook,
  input: z.infer<typeof addGroupInput>,
): Promise<{ dn: string; gidNumber: number }> {
  const { name, description, members = [], owners = [], dryRun } = input;
  const gidNumber = input.gidNumber ?? nextNumber(book, 'group', 'gidNumber');
  const dn = book.dnOf('group', name);
  const value = (content: string) => Buffer.from(content);
  await book.apply(
    {
      kind: 'add',
      dn,
      attributes: [
        { attribute: 'objectClass', values: ['groupOfMembers', 'posixGroup'].map(value) },
        { attribute: 'cn', values: [value(name)] },
        { attribute: 'gidNumber', values: [value(String(gidNumber))] },
        ...(description === undefined ? [] : [{ attribute: 'description', values: [value(description)] }]),
        ...(owners.length === 0
          ? []
          : [{ attribute: 'owner', values: owners.map((owner) => value(book.dn(book.find('user', owner)))) }]),
      ],
    },
    { dryRun },
  );
  if (members.length > 0 && dryRun !== true) await addMembers(book, { name, add: members });
  return { dn: formatName(dn), gidNumber };
}

export function listGroups(book: AccountBook): readonly GroupRow[] {
  return [...book.all('group')].map((entry) => groupRow(book, entry)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function showGroup(book: AccountBook, input: { readonly name: string }): GroupDetails {
  const entry = book.find('group', input.name);
  return {
    ...groupRow(book, entry),
    memberNames: book.texts(entry, 'memberUid'),
    owners: book.texts(entry, 'owner'),
  };
}

function groupRow(book: AccountBook, entry: number): GroupRow {
  return {
    name: book.text(entry, 'cn') ?? '',
    dn: book.dn(entry),
    gidNumber: book.text(entry, 'gidNumber') ?? '',
    members: book.texts(entry, 'member').length,
    description: book.text(entry, 'description') ?? '',
  };
}
