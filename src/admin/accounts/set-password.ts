/** The acts `user-passwd` and `host-passwd`: a new password, given or made; also how a lost administrator comes back. */
import { z } from 'zod';
import { CodedError } from '../../base/index.ts';
import { type AccountBook, type AccountKind, textModification } from './account-book.ts';
import { accountName, dryRun, passwordInput } from './inputs.ts';
import { newPassword } from './new-password.ts';

export const setPasswordInput = z.strictObject({
  name: accountName,
  ...passwordInput,
  /** The owner has to choose another one at the first login. */
  mustChange: z.boolean().optional(),
  dryRun,
});

export interface SetPasswordReport {
  readonly dn: string;
  readonly generated?: string;
}

export async function setPassword(
  book: AccountBook,
  kind: Extract<AccountKind, 'user' | 'host'>,
  input: z.infer<typeof setPasswordInput>,
): Promise<SetPasswordReport> {
  const entry = book.find(kind, input.name);
  const names = ['uid', 'cn', 'mail'].flatMap((attribute) => book.texts(entry, attribute));
  const password = newPassword(book, input, names);
  if (password === undefined) {
    throw new CodedError('ADMIN_INPUT', 'give a password with --password-stdin, or let one be made with --generate');
  }
  const { dryRun } = input;
  await book.modify(
    entry,
    [
      textModification('replace', 'userPassword', [password.value]),
      ...(input.mustChange === true ? [textModification('replace', 'pwdReset', ['TRUE'])] : []),
    ],
    { dryRun },
  );
  return { dn: book.dn(entry), ...(password.generated !== undefined && { generated: password.generated }) };
}
