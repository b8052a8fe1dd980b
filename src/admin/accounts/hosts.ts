/** The acts `host-add` and `host-list`: services that bind to the directory, below `ou=Hosts`. */
import { z } from 'zod';
import { type AccountBook, formatName } from './account-book.ts';
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
  const password = newPassword({ ...input, generate: true }, book.random);
  const dn = book.dnOf('host', name);
  const values = (...texts: string[]) => texts.map((content) => Buffer.from(content));
  await book.apply(
    {
      kind: 'add',
      dn,
      attributes: [
        { attribute: 'objectClass', values: values('applicationProcess', 'simpleSecurityObject') },
        { attribute: 'cn', values: values(name) },
        ...(description === undefined ? [] : [{ attribute: 'description', values: values(description) }]),
        ...(password === undefined ? [] : [{ attribute: 'userPassword', values: values(password.value) }]),
      ],
    },
    { dryRun },
  );
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
