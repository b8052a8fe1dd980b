/**
 * The whole tree as it is at one instant, by name and parents first: it can be imported again, and two exports compared.
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
import { passwordHistory } from './verifier/password-history.ts';
import type { PasswordRecord } from './verifier/verifier-record.ts';
import { generalizedTime } from './write/generalized-time.ts';

export interface ExportOptions {
  /** Puts the stored forms of passwords back as `userPassword`, former ones as `pwdHistory`. App-bound passwords never leave. */
  readonly withPasswords: boolean;
}

/** An entry with what belongs to it and stands elsewhere. */
interface CopiedEntry {
  readonly name: string;
  /** Its relative names from the top of the tree on: sorted by it, an entry comes right before those below it. */
  readonly path: string;
  readonly uuid: Uint8Array;
  readonly stored: Uint8Array;
  readonly members: readonly CopiedMember[];
  readonly passwords: PasswordRecord | undefined;
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
  const copy = (entry: number, above?: CopiedEntry) => {
    const name = view.dnText(entry);
    const uuid = view.uuid(entry);
    const copied: CopiedEntry = {
      name,
      path: above === undefined ? name : `${above.path}\0${name.slice(0, -above.name.length - 1)}`,
      uuid,
      stored: view.storedEntry(entry).slice(),
      members: [...membersOf(directory, entry)],
      passwords: options.withPasswords ? directory.verifiers.formsOf(uuid) : undefined,
    };
    copies.push(copied);
    for (const child of view.children(entry)) copy(child, copied);
  };
  for (const top of view.namingContexts()) copy(top);
  return {
    size: copies.length,
    *records() {
      copies.sort(byPath);
      for (const copied of copies) yield recordOf(copied);
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
      ...[...members]
        .sort(byValue)
        .map(({ attribute, value, period }) => texts(`${attribute}${dates(period)}`, [value])),
      ...passwordTexts(passwords).map(([attribute, values]) => texts(attribute, values)),
      ...[...(entry?.operational ?? [])].sort(byDescription).map(attributeOf),
      texts('entryUUID', [formatUuid(uuid)]),
    ],
  };
}

/** Equal trees are equal texts, however they grew. */
function byPath(one: CopiedEntry, other: CopiedEntry): number {
  return one.path < other.path ? -1 : 1;
}

/** Present forms and former ones, so that nobody takes an old one again because the directory moved. */
function passwordTexts(record: PasswordRecord | undefined): [attribute: string, values: readonly string[]][] {
  if (record === undefined) return [];
  const { forms, history, changedAt } = record;
  const texts: [string, readonly string[]][] = [
    ['userPassword', forms.map(labelled)],
    ['pwdHistory', passwordHistory(history.map(labelled), changedAt)],
  ];
  return texts.filter(([, values]) => values.length > 0);
}

/** What was hashed here has no label in the store, and would be taken for a text without one (RFC 2307, 5.3). */
function labelled(form: string): string {
  return form.startsWith('$argon2') ? `{ARGON2}${form}` : form;
}

function byValue(one: CopiedMember, other: CopiedMember): number {
  return one.value < other.value ? -1 : 1;
}

/** Operational attributes come in the order in which they were first written, which an import does not repeat. */
function byDescription(one: StoredAttribute, other: StoredAttribute): number {
  return one.description < other.description ? -1 : 1;
}

function attributeOf({ description, values }: StoredAttribute) {
  return { attribute: description, values };
}

function dates({ start, end }: Period): string {
  const option = (side: string, at: Instant) => (Number.isFinite(at) ? `;x-${side}-${generalizedTime(at)}` : '');
  return `${option('start', start)}${option('end', end)}`;
}
