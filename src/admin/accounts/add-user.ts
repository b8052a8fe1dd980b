/** The act `user-add`: a person with a Unix account, ready for LDAP clients, SSH and the gate (RFC 2798, RFC 2307). */
import { z } from 'zod';
import type { Attribute, DirectoryChange } from '../../directory/index.ts';
import type { AccountBook } from './account-book.ts';
import { formatName } from './account-book.ts';
import { addMembers } from './group-members.ts';
import { accountName, dryRun, passwordInput, text } from './inputs.ts';
import { type NewPassword, newPassword } from './new-password.ts';

export const addUserInput = z.strictObject({
  name: accountName,
  /** Shown name; the login name when absent. */
  commonName: text.optional(),
  givenName: text.optional(),
  surname: text.optional(),
  mail: text.optional(),
  uidNumber: z.int().min(1).max(4_294_967_294).optional(),
  gidNumber: z.int().min(1).max(4_294_967_294).optional(),
  home: text.optional(),
  shell: text.optional(),
  groups: z.array(text).max(1_000).optional(),
  keys: z.array(z.string().max(16_384)).max(100).optional(),
  ...passwordInput,
  dryRun,
});

export type AddUserInput = z.infer<typeof addUserInput>;

export interface AddUserReport {
  readonly dn: string;
  readonly uidNumber: number;
  /** The password that was made because none was given; shown this once. */
  readonly generated?: string;
}

/** The first number given to a person: those below belong to the machines' own accounts. */
const FIRST_NUMBER = 10_000;

export async function addUser(book: AccountBook, input: AddUserInput): Promise<AddUserReport> {
  const { name } = input;
  const uidNumber = input.uidNumber ?? nextNumber(book, 'user', 'uidNumber');
  const password = newPassword(input, book.random);
  const dn = book.dnOf('user', name);
  const change: DirectoryChange = {
    kind: 'add',
    dn,
    attributes: attributesOf(input, uidNumber, password),
  };
  await book.apply(change, { dryRun: input.dryRun });
  if (input.dryRun !== true) {
    for (const group of input.groups ?? []) await addMembers(book, { name: group, add: [name] });
  }
  return { dn: formatName(dn), uidNumber, ...(password?.generated !== undefined && { generated: password.generated }) };
}

function attributesOf(input: AddUserInput, uidNumber: number, password: NewPassword | undefined): readonly Attribute[] {
  const { name, keys = [] } = input;
  const commonName = input.commonName ?? ([input.givenName, input.surname].filter(Boolean).join(' ') || name);
  const texts: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['objectClass', ['inetOrgPerson', 'posixAccount', 'ldapPublicKey']],
    ['uid', [name]],
    ['cn', [commonName]],
    ['sn', [input.surname ?? commonName.split(' ').at(-1)]],
    ['givenName', [input.givenName]],
    ['mail', [input.mail]],
    ['uidNumber', [String(uidNumber)]],
    ['gidNumber', [String(input.gidNumber ?? uidNumber)]],
    ['homeDirectory', [input.home ?? `/home/${name}`]],
    ['loginShell', [input.shell ?? '/bin/bash']],
    ['sshPublicKey', keys],
    ['userPassword', [password?.value]],
  ];
  return texts.flatMap(([attribute, given]) => {
    const values = given.filter((value) => value !== undefined).map((value) => Buffer.from(value));
    return values.length === 0 ? [] : [{ attribute, values }];
  });
}

/** One more than the highest that is in use. */
export function nextNumber(book: AccountBook, kind: 'user' | 'group', attribute: string): number {
  let highest = FIRST_NUMBER - 1;
  for (const entry of book.all(kind)) {
    const number = Number(book.text(entry, attribute));
    // 65534 is nobody's, and what is above belongs to others on many machines.
    if (number > highest && number < 4_000_000_000) highest = number;
  }
  return highest + 1;
}
