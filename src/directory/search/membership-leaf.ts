/**
 * MembershipLeaf is a filter item on `member`, `memberUid` or `memberOf`: answered from the memberships themselves, without a group's members
 * being made into values. With 1.2.840.113556.1.4.1941 it also reaches through groups in groups.
 *
 * What its value means is looked up when it is first asked, and again after the view changed.
 */
import type { Instant } from '../../base/index.ts';
import { parseDistinguishedName } from '../../x500/index.ts';
import type { Bitmap } from '../view/bitmap.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { NO_ROW } from '../view/membership-table.ts';
import { NumberList } from '../view/number-list.ts';
import type { ViewContent } from '../view/view-content.ts';

export type MembershipForm = 'member' | 'memberUid' | 'memberOf';

/** What an item asks for: the octets of a name, or of a uid with its normal form. */
export type MembershipValue = { readonly name: Buffer } | { readonly uid: Buffer; readonly normal: Uint8Array };

export class MembershipLeaf {
  readonly form: MembershipForm;
  readonly #value: MembershipValue;
  /** Whether it reaches through groups in groups. */
  readonly nested: boolean;
  #version = -1;
  #now: Instant = Number.NaN;
  /** The group of a memberOf. */
  #group: EntryNumber = -1;
  /** The members, as a row of the table has them: entries, and complements of raw members. */
  #members: number[] = [];
  /** With nested groups: every entry that matches. */
  #reached: Bitmap | undefined;

  constructor(form: MembershipForm, value: MembershipValue, nested: boolean) {
    this.form = form;
    this.#value = value;
    this.nested = nested;
  }

  matches(content: ViewContent, entry: EntryNumber, now: Instant): boolean {
    this.#look(content, now);
    if (this.#reached !== undefined) return this.#reached.has(entry);
    const { memberships } = content;
    if (this.form === 'memberOf') return this.#group >= 0 && memberships.isMember(this.#group, entry, now);
    for (const member of this.#members) if (memberships.isMember(entry, member, now)) return true;
    return false;
  }

  /** No fewer entries than those that match. */
  count(content: ViewContent, now: Instant): number {
    this.#look(content, now);
    if (this.#reached !== undefined) return this.#reached.count;
    const { table } = content.memberships;
    if (this.form === 'memberOf') return this.#group < 0 ? 0 : table.size(this.#group);
    let count = 0;
    for (const member of this.#members) {
      for (let row = table.firstOfMember(member); row !== NO_ROW; row = table.nextOfMember(row)) count += 1;
    }
    return count;
  }

  /** The entries that match, and maybe some that do not. */
  candidates(content: ViewContent, now: Instant): NumberList {
    this.#look(content, now);
    const found = new NumberList();
    const { table } = content.memberships;
    if (this.#reached !== undefined) {
      for (let at = this.#reached.next(-1); at >= 0; at = this.#reached.next(at)) found.push(at);
    } else if (this.form === 'memberOf') {
      if (this.#group < 0) return found;
      for (let row = table.firstOfGroup(this.#group); row !== NO_ROW; row = table.nextInGroup(row)) {
        if (table.member(row) >= 0) found.push(table.member(row));
      }
    } else {
      for (const member of this.#members) {
        for (let row = table.firstOfMember(member); row !== NO_ROW; row = table.nextOfMember(row)) {
          found.push(table.group(row));
        }
      }
    }
    return found;
  }

  #look(content: ViewContent, now: Instant): void {
    if (this.#version === content.version && Object.is(this.#now, now)) return;
    this.#version = content.version;
    this.#now = now;
    const value = this.#value;
    const { memberships } = content;
    if ('uid' in value) {
      this.#members = membersByUid(content, value.uid, value.normal);
      return;
    }
    const named = findNamed(content, value.name);
    if (this.form === 'memberOf') {
      this.#group = named;
      if (this.nested && named >= 0) this.#reached = memberships.membersBelow(named, now);
      return;
    }
    this.#members = named < 0 ? [] : [named];
    for (const raw of memberships.raw.meaning('name', value.name)) this.#members.push(~raw);
    if (this.nested) this.#reached = memberships.groupsAbove(this.#members, now);
  }
}

/** The members that have a uid as their memberUid: an entry by its own uid, a raw one by its text. */
function membersByUid(content: ViewContent, uid: Buffer, normal: Uint8Array): number[] {
  const { descriptions, entries, index, memberships, memberUid, schema } = content;
  const members: number[] = [];
  const type = schema.attributeType('uid');
  const form = type === undefined ? undefined : descriptions.keyForm(type);
  if (type === undefined || form === undefined) return members;
  // What a memberUid matches exactly, a uid matches in any case: so the entry is among these.
  const candidates = index.get(form.key(uid, 0, uid.length, descriptions.seed(type)));
  for (let entry = entries.sets.next(candidates, -1); entry >= 0; entry = entries.sets.next(candidates, entry)) {
    if (memberUid.is(entry, uid, normal)) members.push(entry);
  }
  for (const raw of memberships.raw.meaning('uid', uid)) members.push(~raw);
  return members;
}

function findNamed({ names }: ViewContent, name: Buffer): EntryNumber {
  const spelled = names.findSpelled(name);
  if (spelled >= 0) return spelled;
  const dn = parseDistinguishedName(name.toString('utf8'));
  return dn === undefined ? -1 : names.find(dn);
}
