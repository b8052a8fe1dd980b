/**
 * Memberships is who is in which group, as it is asked: by identity where the member is an entry, by text where it is not, nested groups
 * included where somebody wants them. Every question about what counts is asked with an instant.
 */
import type { Instant } from '../../base/index.ts';
import type { Schema } from '../../x500/index.ts';
import { decodeMemberKey, decodePeriod, type Member, MemberTag, type Period } from '../stored/member-form.ts';
import { UUID_OCTETS } from '../stored/uuid.ts';
import { Bitmap } from './bitmap.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import { MembershipTable, NO_ROW } from './membership-table.ts';
import { type RawKind, RawMembers } from './raw-members.ts';

/** Whether an object was a membership of entries that are there. */
export type PutMembership = 'put' | 'no-entry' | 'malformed';

export class Memberships {
  readonly table = new MembershipTable();
  readonly raw: RawMembers;
  readonly #entries: EntryTable;
  readonly #byUuid: (octets: Uint8Array, from: number) => EntryNumber;
  /** The group of the last object: a store has those of one group together. */
  #lastGroup: EntryNumber = -1;

  constructor(schema: Schema, entries: EntryTable, byUuid: (octets: Uint8Array, from: number) => EntryNumber) {
    this.raw = new RawMembers(schema);
    this.#entries = entries;
    this.#byUuid = byUuid;
  }

  /** Takes an object of the space `member`. */
  put(key: Uint8Array, value: Uint8Array): PutMembership {
    const period = decodePeriod(value);
    if (period === undefined || key.length <= UUID_OCTETS + 1) return 'malformed';
    const group = this.#groupOf(key);
    if (key[UUID_OCTETS] === MemberTag.entry) {
      if (key.length !== 2 * UUID_OCTETS + 1) return 'malformed';
      const member = this.#byUuid(key, UUID_OCTETS + 1);
      if (group < 0 || member < 0) return 'no-entry';
      this.#set(group, member, period);
      return 'put';
    }
    const decoded = decodeMemberKey(key)?.member;
    if (decoded === undefined || decoded.kind === 'entry') return 'malformed';
    if (group < 0) return 'no-entry';
    const { kind, text } = rawOf(decoded);
    const known = this.raw.find(kind, text);
    const row = known < 0 ? NO_ROW : this.table.find(group, ~known);
    if (row === NO_ROW) this.table.add(group, ~this.raw.refer(kind, text), period);
    else this.table.setPeriod(row, period);
    return 'put';
  }

  /** Takes an object of the space `member` away; nothing happens when there is none. */
  remove(key: Uint8Array): void {
    const decoded = decodeMemberKey(key);
    if (decoded === undefined) return;
    const group = this.#byUuid(decoded.group, 0);
    const row = group < 0 ? NO_ROW : this.#rowOf(group, decoded.member);
    if (row !== NO_ROW) this.#removeRow(row);
  }

  /** Takes away every membership of and in an entry. */
  drop(entry: EntryNumber): void {
    for (let row = this.table.firstOfGroup(entry); row !== NO_ROW; row = this.table.firstOfGroup(entry)) {
      this.#removeRow(row);
    }
    for (let row = this.table.firstOfMember(entry); row !== NO_ROW; row = this.table.firstOfMember(entry)) {
      this.#removeRow(row);
    }
  }

  /** The stored membership, whatever its dates. */
  stored(group: EntryNumber, member: Member): Period | undefined {
    const row = this.#rowOf(group, member);
    return row === NO_ROW ? undefined : this.table.period(row);
  }

  /** The members of a group, whatever the dates; the group must not change while they are walked. */
  *storedMembers(group: EntryNumber): Generator<Member> {
    for (let row = this.table.firstOfGroup(group); row !== NO_ROW; row = this.table.nextInGroup(row)) {
      yield this.#memberOf(this.table.member(row));
    }
  }

  /** Groups with a membership of the entry, whatever its dates. */
  holding(entry: EntryNumber): EntryNumber[] {
    return this.#groupsOf(entry);
  }

  /** Groups with this text as a raw memberUid, or with a raw member whose name means the same. */
  naming(kind: RawKind, text: string): EntryNumber[] {
    const octets = Buffer.from(text);
    const known = this.raw.find(kind, octets);
    const numbers = kind === 'name' ? this.raw.meaning(kind, octets) : known < 0 ? [] : [known];
    return [...new Set(numbers.flatMap((number) => this.#groupsOf(~number)))];
  }

  /** Whether the membership of `member` itself counts. */
  isMember(group: EntryNumber, member: EntryNumber, now: Instant): boolean {
    const row = this.table.find(group, member);
    return row !== NO_ROW && this.table.counts(row, now);
  }

  /** The groups that a member itself is in. */
  groupsOf(member: number, now: Instant): EntryNumber[] {
    const groups: EntryNumber[] = [];
    for (let row = this.table.firstOfMember(member); row !== NO_ROW; row = this.table.nextOfMember(row)) {
      if (this.table.counts(row, now)) groups.push(this.table.group(row));
    }
    return groups;
  }

  /** The entries that are members of the group themselves. */
  members(group: EntryNumber, now: Instant): EntryNumber[] {
    const members: EntryNumber[] = [];
    for (let row = this.table.firstOfGroup(group); row !== NO_ROW; row = this.table.nextInGroup(row)) {
      const member = this.table.member(row);
      if (member >= 0 && this.table.counts(row, now)) members.push(member);
    }
    return members;
  }

  /** All groups that the members are in, through others too; a circle ends where it began. */
  groupsAbove(members: readonly number[], now: Instant): Bitmap {
    return closure(members, (at) => this.groupsOf(at, now));
  }

  /** All entries that are in the group, through others too. */
  membersBelow(group: EntryNumber, now: Instant): Bitmap {
    return closure([group], (at) => this.members(at, now));
  }

  #groupOf(key: Uint8Array): EntryNumber {
    const last = this.#lastGroup;
    if (!this.#entries.has(last) || !this.#entries.hasUuid(last, key)) this.#lastGroup = this.#byUuid(key, 0);
    return this.#lastGroup;
  }

  #groupsOf(member: number): EntryNumber[] {
    const groups: EntryNumber[] = [];
    for (let row = this.table.firstOfMember(member); row !== NO_ROW; row = this.table.nextOfMember(row)) {
      groups.push(this.table.group(row));
    }
    return groups;
  }

  #memberOf(member: number): Member {
    if (member >= 0) return { kind: 'entry', uuid: this.#entries.uuid(member) };
    const text = this.raw.text(~member).toString('utf8');
    return this.raw.kind(~member) === 'uid' ? { kind: 'uid', uid: text } : { kind: 'name', name: text };
  }

  #rowOf(group: EntryNumber, member: Member): number {
    if (member.kind === 'entry') {
      const entry = this.#byUuid(member.uuid, 0);
      return entry < 0 ? NO_ROW : this.table.find(group, entry);
    }
    const { kind, text } = rawOf(member);
    const number = this.raw.find(kind, text);
    return number < 0 ? NO_ROW : this.table.find(group, ~number);
  }

  #set(group: EntryNumber, member: number, period: Period): void {
    const row = this.table.find(group, member);
    if (row === NO_ROW) this.table.add(group, member, period);
    else this.table.setPeriod(row, period);
  }

  #removeRow(row: number): void {
    const member = this.table.member(row);
    this.table.remove(row);
    if (member < 0) this.raw.release(~member);
  }
}

function rawOf(member: Exclude<Member, { kind: 'entry' }>): { kind: RawKind; text: Buffer } {
  return member.kind === 'uid'
    ? { kind: 'uid', text: Buffer.from(member.uid) }
    : { kind: 'name', text: Buffer.from(member.name) };
}

/** What is reached from some entries by one step or more. */
function closure(from: readonly EntryNumber[], step: (entry: EntryNumber) => readonly EntryNumber[]): Bitmap {
  const reached = new Bitmap();
  const waiting = [...from];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    for (const next of step(entry)) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached;
}
