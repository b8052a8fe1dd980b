/** The acts `user-list` and `user-show`. */
import { z } from 'zod';
import type { AccountBook } from './account-book.ts';
import { text } from './inputs.ts';

export const listUsersInput = z.strictObject({
  /** Part of the login name, the shown name or the mail address, in any case. */
  matching: text.optional(),
  group: text.optional(),
  limit: z.int().min(1).max(100_000).optional(),
});

export interface UserRow {
  readonly name: string;
  readonly dn: string;
  readonly commonName: string;
  readonly mail: string;
  readonly uidNumber: string;
  readonly disabled: boolean;
}

export interface UserDetails extends UserRow {
  readonly id: string;
  readonly groups: readonly string[];
  readonly keys: readonly string[];
  readonly passwordChanged: string | undefined;
  readonly mustChange: boolean;
  /** Every other attribute that is text. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

const DEFAULT_LIMIT = 1_000;

export function listUsers(book: AccountBook, input: z.infer<typeof listUsersInput>): readonly UserRow[] {
  const { matching, group, limit = DEFAULT_LIMIT } = input;
  const wanted = matching?.toLowerCase();
  const entries = group === undefined ? book.all('user') : book.members(book.find('group', group));
  const rows: UserRow[] = [];
  for (const entry of entries) {
    const row = userRow(book, entry);
    if (wanted !== undefined && !`${row.name}\n${row.commonName}\n${row.mail}`.toLowerCase().includes(wanted)) continue;
    rows.push(row);
    if (rows.length >= limit) break;
  }
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function showUser(book: AccountBook, input: { readonly name: string }): UserDetails {
  const entry = book.find('user', input.name);
  return {
    ...userRow(book, entry),
    id: book.text(entry, 'entryUUID') ?? '',
    groups: book.texts(entry, 'memberOf'),
    keys: book.texts(entry, 'sshPublicKey'),
    passwordChanged: book.text(entry, 'pwdChangedTime'),
    mustChange: book.text(entry, 'pwdReset') === 'TRUE',
    attributes: Object.fromEntries(OTHERS.map((name) => [name, book.texts(entry, name)]).filter(([, v]) => v?.length)),
  };
}

const OTHERS = ['objectClass', 'sn', 'givenName', 'gidNumber', 'homeDirectory', 'loginShell', 'description'] as const;

function userRow(book: AccountBook, entry: number): UserRow {
  return {
    name: book.text(entry, 'uid') ?? book.text(entry, 'cn') ?? '',
    dn: book.dn(entry),
    commonName: book.text(entry, 'cn') ?? '',
    mail: book.text(entry, 'mail') ?? '',
    uidNumber: book.text(entry, 'uidNumber') ?? '',
    disabled: book.text(entry, 'pwdAccountLockedTime') !== undefined,
  };
}
