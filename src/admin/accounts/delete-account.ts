/** The acts `user-delete`, `group-delete` and `host-delete`: the entry and, by the directory's rules, its memberships. */
import type { AccountBook, AccountKind } from './account-book.ts';

export async function deleteAccount(
  book: AccountBook,
  kind: AccountKind,
  input: { readonly name: string; readonly dryRun?: boolean | undefined },
): Promise<{ dn: string }> {
  const entry = book.find(kind, input.name);
  const dn = book.dn(entry);
  await book.apply({ kind: 'delete', dn: book.parsed(entry) }, { dryRun: input.dryRun });
  return { dn };
}
