/** The acts `host-add` and `host-list`: services that bind to the directory, below `ou=Hosts`. */
import { z } from 'zod';
import { type AccountBook, formatName, textAttribute } from './account-book.ts';
import { accountName, dryRun, passwordInput, text } from './inputs.ts';
import { newPassword } from './new-password.ts';

export const addHostInput = z.strictObject({
  name: accountName,
  description: text.optional(),
  ...passwordInput,
  dryRun,
});

export interface AddHostReport {
  readonly dn: string;
  readonly generated?: string;
}

export interface HostRow {
  readonly name: string;
  readonly dn: string;
  readonly description: string;
}

/** A service without a password cannot bind: one is made when none is given. */
export async function addHost(book: AccountBook, input: z.infer<typeof addHostInput>): Promise<AddHostReport> {
  const { name, description, dryRun } = input;
  const password = newPassword(book, { ...input, generate: true }, [name]);
  const dn = book.placeOf('host', name);
  const attributes = [
    textAttribute('objectClass', ['applicationProcess', 'simpleSecurityObject']),
    textAttribute('cn', [name]),
    textAttribute('description', description === undefined ? [] : [description]),
    textAttribute('userPassword', password === undefined ? [] : [password.value]),
  ].filter(({ values }) => values.length > 0);
  await book.apply({ kind: 'add', dn, attributes }, { dryRun });
  return { dn: formatName(dn), ...(password?.generated !== undefined && { generated: password.generated }) };
}

export function listHosts(book: AccountBook): readonly HostRow[] {
  return [...book.all('host')]
    .map((entry) => ({
      name: book.text(entry, 'cn') ?? '',
      dn: book.dn(entry),
      description: book.text(entry, 'description') ?? '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
