/**
 * MembershipEdit changes who is in one group, by either form of the same thing: `member` names entries, `memberUid` their uids.
 *
 * A value that names an entry becomes a membership by identity; any other is kept as it is, as slapd does. A `memberUid` is
 * compared exactly as it is spelled (caseExactIA5Match), whatever case the uid of the entry ignores.
 */
import { formatDistinguishedName, parseDistinguishedName } from '../../x500/index.ts';
import { ALWAYS, LONGEST_RAW_MEMBER, type Member, type Period } from '../stored/member-form.ts';
import type { MembershipForm } from './membership-form.ts';
import { canonicalName } from './naming.ts';
import { Refusal } from './refusal.ts';
import { Touch } from './touches.ts';
import type { Transaction } from './transaction.ts';
import { latin1 } from './value-rules.ts';

/** What the change did to one membership, and by which form. */
interface Pending {
  readonly member: Member;
  readonly period: Period | undefined;
  readonly form: MembershipForm;
}

/** Who the group is that is changed; `entry` is undefined while it is being added. */
export interface EditedGroup {
  readonly entry: number | undefined;
  readonly uuid: Uint8Array;
  /** Its name and its uids: it may be a member of itself. */
  readonly dnKey: string;
}

export class MembershipEdit {
  readonly #transaction: Transaction;
  readonly #group: EditedGroup;
  readonly #pending = new Map<string, Pending>();

  constructor(transaction: Transaction, group: EditedGroup) {
    this.#transaction = transaction;
    this.#group = group;
  }

  add(form: MembershipForm, values: readonly Uint8Array[], period: Period = ALWAYS): Refusal | undefined {
    const { now } = this.#transaction;
    for (const [index, value] of values.entries()) {
      const member = this.resolve(form, value);
      if (member instanceof Refusal) return member;
      if (this.#saidOtherwise(member, form, true)) continue;
      const current = this.#period(member);
      // One that is over, or has not begun, shows nowhere: adding it is no mistake.
      if (current !== undefined && current.start <= now && now < current.end) {
        return new Refusal('attributeOrValueExists', `${form}: value #${index} is a member already`);
      }
      this.#set(member, period, form);
    }
    return undefined;
  }

  /** Removes these; all that the form shows when none are given. */
  remove(form: MembershipForm, values: readonly Uint8Array[]): Refusal | undefined {
    if (values.length === 0) {
      const shown = this.#shown(form);
      if (shown.length === 0) return new Refusal('noSuchAttribute', `${form}: there is none`);
      for (const member of shown) this.#set(member, undefined, form);
      return undefined;
    }
    for (const [index, value] of values.entries()) {
      const member = this.resolve(form, value);
      if (member instanceof Refusal) return member;
      if (this.#saidOtherwise(member, form, false)) continue;
      if (this.#period(member) === undefined) {
        return new Refusal('noSuchAttribute', `${form}: value #${index} is no member`);
      }
      this.#set(member, undefined, form);
    }
    return undefined;
  }

  /** Lets the form show exactly these. Who stays keeps the dates of the membership, unless dates are given. */
  replace(form: MembershipForm, values: readonly Uint8Array[], period: Period | undefined): Refusal | undefined {
    const wanted = new Map<string, Member>();
    for (const value of values) {
      const member = this.resolve(form, value);
      if (member instanceof Refusal) return member;
      wanted.set(this.#key(member), member);
    }
    for (const member of this.#shown(form)) {
      if (!wanted.has(this.#key(member))) this.#set(member, undefined, form);
    }
    for (const member of wanted.values()) {
      const current = this.#period(member);
      const over = current === undefined || current.end <= this.#transaction.now;
      if (over || period !== undefined) this.#set(member, period ?? ALWAYS, form);
    }
    return undefined;
  }

  /** Puts a member in with these dates, or gives one that is in these dates. */
  set(member: Member, period: Period): void {
    this.#set(member, period, 'member');
  }

  /** Whether the group has members afterwards. */
  hasMembers(): boolean {
    for (const { period } of this.#pending.values()) if (period !== undefined) return true;
    if (this.#group.entry === undefined) return false;
    for (const member of this.#transaction.context.view.storedMembers(this.#group.entry)) {
      if (!this.#pending.has(this.#key(member))) return true;
    }
    return false;
  }

  /** Gives what is to be written to the transaction. */
  commit(): void {
    for (const { member, period } of this.#pending.values()) {
      if (period === undefined) this.#transaction.deleteMember(this.#group.uuid, member);
      else this.#transaction.putMember(this.#group.uuid, member, period);
    }
  }

  /** Whom a value names: an entry, or nobody yet. */
  resolve(form: MembershipForm, value: Uint8Array): Member | Refusal {
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
    const member = form === 'member' ? this.#named(text) : this.#withUid(text, value);
    if (member === undefined) return new Refusal('invalidAttributeSyntax', `${form}: is no name of an entry`);
    if (member.kind !== 'entry' && value.length > LONGEST_RAW_MEMBER) {
      return new Refusal(
        'constraintViolation',
        `${form}: no entry has this name, and it is too long to be kept for one`,
      );
    }
    return member;
  }

  #named(text: string): Member | undefined {
    const { view, schema, descriptions } = this.#transaction.context;
    const parsed = parseDistinguishedName(text);
    const dn = parsed && canonicalName(parsed, descriptions);
    const key = dn && schema.dnKey(dn);
    if (dn === undefined || key === undefined || key === '') return undefined;
    this.#transaction.touches.share(Touch.name(key));
    if (key === this.#group.dnKey) return { kind: 'entry', uuid: this.#group.uuid };
    const entry = view.find(dn);
    if (entry === undefined) return this.#asStored({ kind: 'name', name: formatDistinguishedName(dn) });
    return this.#entry(entry);
  }

  #withUid(text: string, value: Uint8Array): Member | undefined {
    const { view, schema } = this.#transaction.context;
    if (text === '') return undefined;
    this.#transaction.touches.share(Touch.uid(text));
    const type = schema.attributeType('uid')!;
    const normal = type.equality!.normalize(value);
    if (normal !== undefined) {
      for (const entry of view.holder(type, normal)) {
        if (view.attribute(entry, type).some((uid) => Buffer.compare(uid, value) === 0)) return this.#entry(entry);
      }
    }
    return { kind: 'uid', uid: text };
  }

  #entry(entry: number): Member {
    const uuid = this.#transaction.context.view.uuid(entry);
    this.#transaction.touches.share(Touch.entry(latin1(uuid)));
    return { kind: 'entry', uuid };
  }

  /** A raw name in the spelling that the group has it in already. */
  #asStored(member: Member & { readonly kind: 'name' }): Member {
    const { entry } = this.#group;
    const { view } = this.#transaction.context;
    if (entry === undefined || view.membership(entry, member) !== undefined) return member;
    for (const group of view.groupsNaming('name', member.name)) {
      if (group !== entry) continue;
      const key = this.#key(member);
      for (const stored of view.storedMembers(entry)) {
        if (stored.kind === 'name' && this.#key(stored) === key) return stored;
      }
    }
    return member;
  }

  /** Whether this change said the same by the other form: a client that writes both means one membership. */
  #saidOtherwise(member: Member, form: MembershipForm, isMember: boolean): boolean {
    const pending = this.#pending.get(this.#key(member));
    return pending !== undefined && pending.form !== form && (pending.period !== undefined) === isMember;
  }

  /** The members that a form shows, whatever their dates. */
  #shown(form: MembershipForm): Member[] {
    const { entry } = this.#group;
    const { view, schema } = this.#transaction.context;
    const uid = schema.attributeType('uid')!;
    const hasUid = (uuid: Uint8Array) => {
      const holder = view.byUuid(uuid);
      return holder !== undefined && view.attribute(holder, uid).length > 0;
    };
    const shows = (member: Member) =>
      member.kind === 'entry'
        ? form === 'member' || hasUid(member.uuid)
        : (member.kind === 'name') === (form === 'member');
    const shown: Member[] = [];
    for (const { member, period } of this.#pending.values())
      if (period !== undefined && shows(member)) shown.push(member);
    for (const member of entry === undefined ? [] : view.storedMembers(entry)) {
      if (!this.#pending.has(this.#key(member)) && shows(member)) shown.push(member);
    }
    return shown;
  }

  #period(member: Member): Period | undefined {
    const pending = this.#pending.get(this.#key(member));
    if (pending !== undefined) return pending.period;
    const { entry } = this.#group;
    return entry === undefined ? undefined : this.#transaction.context.view.membership(entry, member);
  }

  #set(member: Member, period: Period | undefined, form: MembershipForm): void {
    this.#pending.set(this.#key(member), { member, period, form });
  }

  /** The same for two members that are one. */
  #key(member: Member): string {
    if (member.kind === 'entry') return `e${latin1(member.uuid)}`;
    if (member.kind === 'uid') return `u${member.uid}`;
    const dn = parseDistinguishedName(member.name);
    return `n${dn && this.#transaction.context.schema.dnKey(dn)}`;
  }
}
