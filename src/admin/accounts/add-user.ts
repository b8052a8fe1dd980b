/** The act `user-add`: a person with a Unix account, ready for LDAP clients, SSH and the gate (RFC 2798, RFC 2307). */
import { z } from 'zod';
import type { Attribute } from '../../directory/index.ts';
import { type AccountBook, formatName, textAttribute } from './account-book.ts';
import { addMembers } from './group-members.ts';
import { accountName, dryRun, passwordInput, text } from './inputs.ts';
import { newPassword } from './new-password.ts';
import { publicKey } from './public-key.ts';

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
  const { name, groups = [], dryRun } = input;
  // Before anything is written: a person who is added and in none of the groups is half an answer.
  for (const group of groups) book.find('group', group);
  const commonName = input.commonName ?? ([input.givenName, input.surname].filter(Boolean).join(' ') || name);
  const uidNumber = input.uidNumber ?? nextNumber(book, 'user', 'uidNumber');
  const password = newPassword(book, input, [name, commonName, input.mail ?? '']);
  const dn = book.placeOf('user', name);
  const attributes = attributesOf(input, commonName, uidNumber, password?.value);
  await book.apply({ kind: 'add', dn, attributes }, { dryRun });
  if (dryRun !== true) for (const group of groups) await addMembers(book, { name: group, add: [name] });
  return { dn: formatName(dn), uidNumber, ...(password?.generated !== undefined && { generated: password.generated }) };
}

function attributesOf(
  input: AddUserInput,
  commonName: string,
  uidNumber: number,
  password: string | undefined,
): readonly Attribute[] {
  const { name, keys = [] } = input;
  const one = (attribute: string, value: string | undefined) =>
    textAttribute(attribute, value === undefined ? [] : [value]);
  return [
    textAttribute('objectClass', ['inetOrgPerson', 'posixAccount', 'ldapPublicKey']),
    one('uid', name),
    one('cn', commonName),
    one('sn', input.surname ?? commonName.split(' ').at(-1)),
    one('givenName', input.givenName),
    one('mail', input.mail),
    one('uidNumber', String(uidNumber)),
    one('gidNumber', String(input.gidNumber ?? uidNumber)),
    one('homeDirectory', input.home ?? `/home/${name}`),
    one('loginShell', input.shell ?? '/bin/bash'),
    textAttribute('sshPublicKey', keys.map(publicKey)),
    one('userPassword', password),
  ].filter(({ values }) => values.length > 0);
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
