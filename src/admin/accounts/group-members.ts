/** The acts `group-members` and `group-owners`: who is in a group, from when to when, and who may say so. */
import { z } from 'zod';
import { CodedError, type Instant } from '../../base/index.ts';
import { ALWAYS, type Member, type Modification } from '../../directory/index.ts';
import { parseDistinguishedName, type Schema } from '../../x500/index.ts';
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
  /** A distinguished name; of somebody without an entry as it was given. */
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
  const gone = remove.map((member) => removal(book, group, member));
  if (add.length > 0) await addMembers(book, { ...input, add });
  if (gone.length > 0) await book.modify(group, gone, { dryRun });
  return { members: memberRows(book, book.find('group', name)) };
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
  const { start, end, dryRun } = input;
  const group = book.parsed(book.find('group', input.name));
  const members = input.add.map((member) => book.parsed(book.find('user', member)));
  const dates = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
  for (const member of members) await book.apply({ kind: 'membership', group, member, ...dates }, { dryRun });
}

export async function groupOwners(
  book: AccountBook,
  input: z.infer<typeof groupOwnersInput>,
): Promise<{ owners: readonly string[] }> {
  const { name, add = [], remove = [], dryRun } = input;
  const group = book.find('group', name);
  const names = (users: readonly string[]) => users.map((user) => book.dn(book.find('user', user)));
  const changes = [
    textModification('add', 'owner', names(add)),
    textModification('delete', 'owner', names(remove)),
  ].filter(({ values }) => values.length > 0);
  if (changes.length > 0) await book.modify(group, changes, { dryRun });
  return { owners: book.texts(book.find('group', name), 'owner') };
}

/** Every membership, also those that do not count yet or no more, and those of names without an entry. */
function memberRows(book: AccountBook, group: number): readonly MemberRow[] {
  const { view } = book.directory;
  const now = book.clock.now();
  const rows = [...view.storedMembers(group)].map((member) => {
    const { start, end } = view.membership(group, member) ?? ALWAYS;
    return {
      dn: nameOf(book, member),
      start: Number.isFinite(start) ? start : undefined,
      end: Number.isFinite(end) ? end : undefined,
      counts: start <= now && now < end,
    };
  });
  return rows.sort((one, other) => (one.dn < other.dn ? -1 : 1));
}

function nameOf({ directory: { view } }: AccountBook, member: Member): string {
  if (member.kind === 'uid') return member.uid;
  if (member.kind === 'name') return member.name;
  const entry = view.byUuid(member.uuid);
  return entry === undefined ? '' : view.dnText(entry);
}

/** Takes a member out: an entry, or a name that no entry has. @throws CodedError ADMIN_UNKNOWN_MEMBER */
function removal(book: AccountBook, group: number, name: string): Modification {
  const { schema, view } = book.directory;
  const entry = book.lookUp('user', name);
  if (entry !== undefined && view.membership(group, { kind: 'entry', uuid: view.uuid(entry) }) !== undefined) {
    return textModification('delete', 'member', [view.dnText(entry)]);
  }
  const key = keyOf(schema, name);
  for (const member of view.storedMembers(group)) {
    if (member.kind === 'uid' && member.uid === name) return textModification('delete', 'memberUid', [name]);
    if (member.kind !== 'name') continue;
    if (member.name === name || (key !== undefined && keyOf(schema, member.name) === key)) {
      return textModification('delete', 'member', [member.name]);
    }
  }
  throw new CodedError(
    'ADMIN_UNKNOWN_MEMBER',
    `${JSON.stringify(name)} is not in the group; \`realmgate group members ${book.text(group, 'cn') ?? ''}\` shows who is`,
  );
}

function keyOf(schema: Schema, name: string): string | undefined {
  const dn = parseDistinguishedName(name);
  return dn === undefined ? undefined : schema.dnKey(dn);
}
