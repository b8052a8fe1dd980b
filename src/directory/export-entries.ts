/**
 * The whole tree as it is at one instant, in an order in which it can be imported again: parents first.
 *
 * What changes is copied first, without giving anybody a turn, and formatted afterwards, so that an export is of one
 * instant however long its reader takes. Stored operational attributes and entryUUID are part of it; passwords only on demand.
 */
import type { Instant } from '../base/index.ts';
import { type LdifText, parseDistinguishedName } from '../x500/index.ts';
import type { Directory } from './directory.ts';
import { decodeEntry, type StoredAttribute } from './stored/entry-form.ts';
import { ALWAYS, type Period } from './stored/member-form.ts';
import { formatUuid } from './stored/uuid.ts';
import { generalizedTime } from './write/generalized-time.ts';

export interface ExportOptions {
  /** Puts the stored forms of passwords back as `userPassword`. App-bound passwords never leave. */
  readonly withPasswords: boolean;
}

/** An entry with what belongs to it and stands elsewhere. */
interface CopiedEntry {
  readonly name: string;
  readonly uuid: Uint8Array;
  readonly stored: Uint8Array;
  readonly members: readonly CopiedMember[];
  readonly passwords: readonly string[];
}

interface CopiedMember {
  readonly attribute: 'member' | 'memberUid';
  readonly value: string;
  readonly period: Period;
}

export interface TreeCopy {
  readonly size: number;
  records(): Generator<Extract<LdifText, { kind: 'entry' }>>;
}

/** Copies the tree. */
export function copyTree(directory: Directory, options: ExportOptions): TreeCopy {
  const { view } = directory;
  const copies: CopiedEntry[] = [];
  const waiting = [...view.namingContexts()];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    for (const child of view.children(entry)) waiting.push(child);
    const uuid = view.uuid(entry);
    copies.push({
      name: view.dnText(entry),
      uuid,
      stored: view.storedEntry(entry).slice(),
      members: [...membersOf(directory, entry)],
      passwords: options.withPasswords ? directory.verifiers.formsOf(uuid) : [],
    });
  }
  return {
    size: copies.length,
    *records() {
      for (const copy of copies) yield recordOf(copy);
    },
  };
}

/** In the form of the group's own class; by name where a member of a posixGroup has no uid. */
function* membersOf({ view, schema }: Directory, group: number): Generator<CopiedMember> {
  let isUnixGroup: boolean | undefined;
  const uid = schema.attributeType('uid');
  for (const member of view.storedMembers(group)) {
    isUnixGroup ??= isOnlyUnixGroup(view.storedEntry(group));
    const period = view.membership(group, member) ?? ALWAYS;
    if (member.kind === 'uid') yield { attribute: 'memberUid', value: member.uid, period };
    else if (member.kind === 'name') yield { attribute: 'member', value: member.name, period };
    else {
      const entry = view.byUuid(member.uuid);
      if (entry === undefined) continue;
      const [first] = isUnixGroup && uid !== undefined ? view.attribute(entry, uid) : [];
      yield first === undefined
        ? { attribute: 'member', value: view.dnText(entry), period }
        : { attribute: 'memberUid', value: Buffer.from(first).toString('utf8'), period };
    }
  }
}

function isOnlyUnixGroup(stored: Uint8Array): boolean {
  const classes = decodeEntry(stored)?.user.find(({ description }) => description === 'objectClass')?.values ?? [];
  const names = classes.map((value) => Buffer.from(value).toString('utf8'));
  return names.includes('posixGroup') && !names.some((name) => /^groupOf/.test(name));
}

function recordOf({ name, uuid, stored, members, passwords }: CopiedEntry): Extract<LdifText, { kind: 'entry' }> {
  const entry = decodeEntry(stored);
  const texts = (attribute: string, values: readonly string[]) => ({
    attribute,
    values: values.map((value) => Buffer.from(value)),
  });
  return {
    kind: 'entry',
    dn: parseDistinguishedName(name) ?? { rdns: [] },
    attributes: [
      ...(entry?.user ?? []).map(attributeOf),
      ...members.map(({ attribute, value, period }) => texts(`${attribute}${dates(period)}`, [value])),
      ...(passwords.length === 0 ? [] : [texts('userPassword', passwords)]),
      ...(entry?.operational ?? []).map(attributeOf),
      texts('entryUUID', [formatUuid(uuid)]),
    ],
  };
}

function attributeOf({ description, values }: StoredAttribute) {
  return { attribute: description, values };
}

function dates({ start, end }: Period): string {
  const option = (side: string, at: Instant) => (Number.isFinite(at) ? `;x-${side}-${generalizedTime(at)}` : '');
  return `${option('start', start)}${option('end', end)}`;
}
