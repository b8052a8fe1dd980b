/** The acts `user-set`, `user-disable`, `user-enable` and `user-keys`: one attribute of a person. */
import { z } from 'zod';
import { CodedError } from '../../base/index.ts';
import { type AccountBook, textModification } from './account-book.ts';
import { accountName, dryRun, text } from './inputs.ts';
import { commentOf, publicKey } from './public-key.ts';

export const setUserInput = z.strictObject({
  name: accountName,
  attribute: text,
  operation: z.enum(['add', 'delete', 'replace']),
  /** None with `delete` or `replace` takes the attribute away. */
  values: z.array(z.string().max(65_536)).max(1_000),
  dryRun,
});

export const userKeysInput = z.strictObject({
  name: accountName,
  add: z.string().max(16_384).optional(),
  /** The key itself, or the comment at its end. */
  remove: z.string().max(16_384).optional(),
  dryRun,
});

/** What ppolicy calls a lock without an end (draft-behera-ldap-password-policy-11, 5.3.3). */
const LOCKED_FOR_GOOD = '000001010000Z';

export async function setUser(book: AccountBook, input: z.infer<typeof setUserInput>): Promise<{ dn: string }> {
  const { name, attribute, operation, values, dryRun } = input;
  if (book.type(attribute).name === 'userPassword') {
    throw new CodedError(
      'ADMIN_INPUT',
      'set a password with `realmgate user passwd`, so that it stays out of the list',
    );
  }
  const entry = book.find('user', name);
  await book.modify(entry, [textModification(operation, attribute, values)], { dryRun });
  return { dn: book.dn(book.find('user', name)) };
}

/** Disabled: no login at any door, whatever the password; the entry and its groups stay. */
export async function disableUser(
  book: AccountBook,
  input: { readonly name: string; readonly dryRun?: boolean | undefined },
): Promise<{ dn: string }> {
  const entry = book.find('user', input.name);
  const { dryRun } = input;
  await book.modify(entry, [textModification('replace', 'pwdAccountLockedTime', [LOCKED_FOR_GOOD])], { dryRun });
  return { dn: book.dn(entry) };
}

export async function enableUser(
  book: AccountBook,
  input: { readonly name: string; readonly dryRun?: boolean | undefined },
): Promise<{ dn: string }> {
  const entry = book.find('user', input.name);
  await book.modify(entry, [textModification('replace', 'pwdAccountLockedTime', [])], { dryRun: input.dryRun });
  return { dn: book.dn(entry) };
}

/** Adds or removes an SSH key, and says which there are then. */
export async function userKeys(
  book: AccountBook,
  input: z.infer<typeof userKeysInput>,
): Promise<{ keys: readonly string[] }> {
  const { name, add, remove, dryRun } = input;
  const entry = book.find('user', name);
  const keys = book.texts(entry, 'sshPublicKey');
  if (add !== undefined) {
    const key = publicKey(add);
    const classes = book.texts(entry, 'objectClass').map((value) => value.toLowerCase());
    const missing = classes.includes('ldappublickey')
      ? []
      : [textModification('add', 'objectClass', ['ldapPublicKey'])];
    await book.modify(entry, [...missing, textModification('add', 'sshPublicKey', [key])], { dryRun });
  }
  if (remove !== undefined) {
    const gone = keys.filter((key) => key === remove || commentOf(key) === remove);
    if (gone.length === 0) throw new CodedError('ADMIN_INPUT', `${name} has no key ${JSON.stringify(remove)}`);
    await book.modify(entry, [textModification('delete', 'sshPublicKey', gone)], { dryRun });
  }
  return { keys: book.texts(book.find('user', name), 'sshPublicKey') };
}
