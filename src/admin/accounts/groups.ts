/** The acts `group-add`, `group-list` and `group-show`. */
import { z } from 'zod';
import { type AccountBook, formatName, textAttribute } from './account-book.ts';
import { nextNumber } from './add-user.ts';
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
  const dn = book.placeOf('group', name);
  const people = (names: readonly string[]) => names.map((user) => book.dn(book.find('user', user)));
  const attributes = [
    textAttribute('objectClass', ['groupOfMembers', 'posixGroup']),
    textAttribute('cn', [name]),
    textAttribute('gidNumber', [String(gidNumber)]),
    textAttribute('description', description === undefined ? [] : [description]),
    textAttribute('owner', people(owners)),
    textAttribute('member', people(members)),
  ].filter(({ values }) => values.length > 0);
  await book.apply({ kind: 'add', dn, attributes }, { dryRun });
  return { dn: formatName(dn), gidNumber };
}

export function listGroups(book: AccountBook): readonly GroupRow[] {
  return [...book.all('group')].map((entry) => groupRow(book, entry)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function showGroup(book: AccountBook, input: { readonly name: string }): GroupDetails {
  const entry = book.find('group', input.name);
  return {
    ...groupRow(book, entry),
    memberNames: [...book.texts(entry, 'memberUid')].sort(),
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
