/**
 * The acts `user-app-password-add`, `-list` and `-remove`: passwords that are bound to one service, one for each device or program
 * of a person, so that the person's own password is given to none of them and a lost device costs one password.
 */
import { z } from 'zod';
import { CodedError, type Instant } from '../../base/index.ts';
import { LDAP_SERVICE, LONGEST_LABEL, MOST_APP_PASSWORDS, type VerifierWrite } from '../../directory/index.ts';
import type { AccountBook } from './account-book.ts';
import { accountName, dryRun } from './inputs.ts';

const label = z
  .string()
  .max(LONGEST_LABEL)
  .refine((text) => text.trim() !== '' && !/\p{Cc}/u.test(text), 'must be text on one line');

export const addAppPasswordInput = z.strictObject({
  name: accountName,
  /** What it opens: a service of the configuration, or the LDAP door. */
  service: label,
  /** What its owner knows the device or program by. */
  label,
  dryRun,
});

export const removeAppPasswordInput = z.strictObject({
  name: accountName,
  id: z.int().min(1).max(MOST_APP_PASSWORDS),
  dryRun,
});

export interface AddAppPasswordReport {
  readonly dn: string;
  readonly id: number;
  readonly service: string;
  /** Shown once; absent in a dry run, which makes none. */
  readonly password?: string;
}

export interface AppPasswordRow {
  readonly id: number;
  readonly service: string;
  readonly label: string;
  readonly created: string;
  /** To the hour; undefined: never. */
  readonly lastUsed: string | undefined;
}

/** @throws CodedError ADMIN_UNKNOWN_SERVICE, ADMIN_APP_PASSWORD, ADMIN_REFUSED */
export async function addAppPassword(
  book: AccountBook,
  input: z.infer<typeof addAppPasswordInput>,
  services: Iterable<string>,
): Promise<AddAppPasswordReport> {
  const { name, service } = input;
  const known = [...services, LDAP_SERVICE];
  if (!known.includes(service)) {
    throw new CodedError(
      'ADMIN_UNKNOWN_SERVICE',
      `no service is called ${JSON.stringify(service)}; there are ${known.join(', ')}`,
    );
  }
  const owner = ownerOf(book, name);
  const { verifiers } = book.directory;
  const planned = verifiers.planAppPassword(owner.uuid, service, input.label);
  if (planned === undefined) {
    throw new CodedError(
      'ADMIN_APP_PASSWORD',
      `${name} has ${MOST_APP_PASSWORDS} app-bound passwords, and more nobody may have; remove some`,
    );
  }
  const { id, write, password } = planned;
  if (input.dryRun === true) return { dn: owner.dn, id, service };
  await commit(book, write, () => !verifiers.slotsOf(owner.uuid).includes(id));
  return { dn: owner.dn, id, service, password: password.reveal() };
}

export function listAppPasswords(book: AccountBook, { name }: { readonly name: string }): readonly AppPasswordRow[] {
  const { verifiers } = book.directory;
  return verifiers.appPasswordsOf(ownerOf(book, name).uuid).map(({ id, service, label, createdAt, lastUsedAt }) => ({
    id,
    service,
    label,
    created: written(createdAt),
    lastUsed: lastUsedAt === undefined ? undefined : written(lastUsedAt),
  }));
}

/** @throws CodedError ADMIN_APP_PASSWORD, ADMIN_REFUSED */
export async function removeAppPassword(
  book: AccountBook,
  { name, id, dryRun }: z.infer<typeof removeAppPasswordInput>,
): Promise<{ dn: string }> {
  const owner = ownerOf(book, name);
  const { verifiers } = book.directory;
  const write = verifiers.planAppPasswordRemoval(owner.uuid, id);
  if (write === undefined) {
    throw new CodedError(
      'ADMIN_APP_PASSWORD',
      `${name} has no app-bound password ${id}; \`realmgate user app-password list\` shows all`,
    );
  }
  if (dryRun !== true) await commit(book, write, () => verifiers.slotsOf(owner.uuid).includes(id));
  return { dn: owner.dn };
}

function ownerOf(book: AccountBook, name: string): { readonly uuid: Uint8Array; readonly dn: string } {
  const entry = book.find('user', name);
  return { uuid: Buffer.from(book.directory.view.uuid(entry)), dn: book.dn(entry) };
}

async function commit(book: AccountBook, write: VerifierWrite, stillHolds: () => boolean): Promise<void> {
  if (await book.directory.commitVerifiers([write], stillHolds)) return;
  const why = book.directory.readOnly ?? 'nothing can be written now, or somebody else changed it meanwhile: try again';
  throw new CodedError('ADMIN_REFUSED', `the app-bound password was not saved: ${why}`);
}

function written(at: Instant): string {
  return new Date(at).toISOString();
}
