/** The acts `group-members` and `group-owners`: who is in a group, from when to when, and who may say so. */
import { z } from 'zod';
import type { Instant } from '../../base/index.ts';
import { type AccountBook, textModification } from './account-book.ts';
import { accountName, dryRun, text } from './inputs.ts';

export const groupMembersInput = z.strictObject({
  name: accountName,
  add: z.array(text).max(10_000).optional(),
  remove: z.array(text).max(10_000).optional(),
  /** Instants between which the memberships that are added count. */
  start: z.int().optional(),
  end: z.int().optional(),
  dryRun,
});

export const groupOwnersInput = z.strictObject({
  name: accountName,
  add: z.array(text).max(1_000).optional(),
  remove: z.array(text).max(1_000).optional(),
  dryRun,
});

export interface MemberRow {
  readonly dn: string;
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
  /** False before the start and after the end. */
  readonly counts: boolean;
}

export async function groupMembers(
  book: AccountBook,
  input: z.infer<typeof groupMembersInput>,
): Promise<{ members: readonly MemberRow[] }> {
  const { name, add = [], remove = [], dryRun } = input;
  const group = book.find('group', name);
  if (add.length > 0) await addMembers(book, { ...input, add });
  if (remove.length > 0) {
    const gone = remove.map((member) => book.dn(book.find('user', member)));
    await book.modify(group, [textModification('delete', 'member', gone)], { dryRun });
  }
  return { members: book.membersWithPeriods(book.find('group', name)) };
}

/** Puts people into a group; one who is in it gets the new dates. */
export async function addMembers(
  book: AccountBook,
  input: {
    readonly name: string;
    readonly add: readonly string[];
    readonly start?: Instant | undefined;
    readonly end?: Instant | undefined;
    readonly dryRun?: boolean | undefined;
  },
): Promise<void> {
  const group = book.parsed(book.find('group', input.name));
  const members = input.add.map((member) => book.parsed(book.find('user', member)));
  for (const member of members) {
    await book.apply(
      {
        kind: 'membership',
        group,
        member,
        ...(input.start !== undefined && { start: input.start }),
        ...(input.end !== undefined && { end: input.end }),
      },
      { dryRun: input.dryRun },
    );
  }
}

export async function groupOwners(
  book: AccountBook,
  input: z.infer<typeof groupOwnersInput>,
): Promise<{ owners: readonly string[] }> {
  const { name, add = [], remove = [], dryRun } = input;
  const group = book.find('group', name);
  const names = (users: readonly string[]) => users.map((user) => book.dn(book.find('user', user)));
  if (add.length > 0) await book.modify(group, [textModification('add', 'owner', names(add))], { dryRun });
  if (remove.length > 0) await book.modify(group, [textModification('delete', 'owner', names(remove))], { dryRun });
  return { owners: book.texts(book.find('group', name), 'owner') };
}
