/**
 * Transaction gathers what one change comes to: the entries it alters, the objects that go with them, and what all of it rests
 * on. It alters nothing itself; what it yields is written and applied as a whole.
 *
 * Every entry that is altered gets its own, greater change sequence number, the entry of the change itself the greatest.
 */
import type { Instant } from '../../base/index.ts';
import { unreachable } from '../../base/index.ts';
import type { ObjectWrite } from '../../store/index.ts';
import { formatDistinguishedName } from '../../x500/index.ts';
import { type Csn, parseCsn } from '../change-sequence-number.ts';
import type { Asker } from '../rights/asker.ts';
import type { Rights } from '../rights/rights.ts';
import { decodeEntry, encodeEntry } from '../stored/entry-form.ts';
import { encodeMemberKey, encodePeriod, type Member, type Period } from '../stored/member-form.ts';
import { Space } from '../stored/space.ts';
import { EntryDraft } from './entry-draft.ts';
import { Refusal } from './refusal.ts';
import { Touch, Touches } from './touches.ts';
import { latin1 } from './value-rules.ts';
import type { WriteContext } from './write-context.ts';

/** An entry that the change alters or makes. */
export interface Edit {
  readonly uuid: Uint8Array;
  /** The parent's entryUUID. */
  parent: Uint8Array;
  /** As spelled. */
  rdn: string;
  readonly draft: EntryDraft;
}

/** A checked change: what to write, and what that rests on. */
export interface Plan {
  readonly csn: Csn;
  readonly writes: readonly ObjectWrite[];
  readonly touches: Touches;
  /** The entryUUID of the entry that was changed; of a deleted one too. */
  readonly uuid: Uint8Array;
}

/** The most octets of writes in one change: what the store takes, and some room. */
const LARGEST_CHANGE = 60 * 1024 * 1024;

export class Transaction {
  readonly context: WriteContext;
  readonly asker: Asker;
  readonly rights: Rights;
  readonly touches = new Touches();
  /** When the change is checked. */
  readonly now: Instant;
  readonly #edits = new Map<number, Edit>();
  readonly #gone = new Set<number>();
  #askerName: string | undefined;
  /** Memberships that end go before the entries, those that begin come after, so that whoever applies them knows both ends. */
  readonly #ending: ObjectWrite[] = [];
  readonly #beginning: ObjectWrite[] = [];

  constructor(context: WriteContext, asker: Asker, rights: Rights, now: Instant) {
    this.context = context;
    this.asker = asker;
    this.rights = rights;
    this.now = now;
    this.touches.share(Touch.tree);
  }

  /** The entry as a draft that is written with the change. */
  edit(entry: number): Edit {
    const known = this.#edits.get(entry);
    if (known !== undefined) return known;
    const { view, descriptions } = this.context;
    const uuid = view.uuid(entry);
    this.touches.take(Touch.content(latin1(uuid)));
    const stored = decodeEntry(view.storedEntry(entry))!;
    const edit = { uuid, parent: stored.parent, rdn: stored.rdn, draft: EntryDraft.of(stored, descriptions) };
    this.#edits.set(entry, edit);
    return edit;
  }

  /** Says that the entry goes with this change: nothing else of it is altered. */
  drop(entry: number): void {
    const uuid = latin1(this.context.view.uuid(entry));
    this.touches.take(Touch.entry(uuid));
    this.touches.take(Touch.content(uuid));
    this.touches.take(Touch.passwords(uuid));
    this.#gone.add(entry);
    this.#edits.delete(entry);
  }

  isDropped(entry: number): boolean {
    return this.#gone.has(entry);
  }

  putMember(group: Uint8Array, member: Member, period: Period): void {
    this.#beginning.push({ space: Space.member, key: encodeMemberKey(group, member), value: encodePeriod(period) });
  }

  deleteMember(group: Uint8Array, member: Member): void {
    this.#ending.push({ space: Space.member, key: encodeMemberKey(group, member), value: undefined });
  }

  /** Any other object of the change. */
  put(writes: readonly ObjectWrite[]): void {
    this.#beginning.push(...writes);
  }

  /** The change to an entry that was made or altered. `keep` leaves what it, and the groups that adopt it, say about who changed them and when. */
  finish(main: Edit, keep = false): Plan | Refusal {
    const writes = [...this.#ending];
    for (const edit of keep ? [] : this.#edits.values()) {
      if (edit === main) continue;
      this.#stamp(edit.draft);
      const write = this.#write(edit);
      if (write instanceof Refusal) return write;
      writes.push(write);
    }
    const csn = keep ? this.#keptCsn(main.draft) : this.#stamp(main.draft);
    const write = this.#write(main);
    if (write instanceof Refusal) return write;
    writes.push(write, ...this.#beginning);
    return this.#plan(csn, writes, main.uuid);
  }

  /** The deletion of the entries that were dropped, in the order in which they were. */
  finishDeletion(uuid: Uint8Array): Plan | Refusal {
    const writes = [...this.#ending];
    for (const edit of this.#edits.values()) {
      this.#stamp(edit.draft);
      const write = this.#write(edit);
      if (write instanceof Refusal) return write;
      writes.push(write);
    }
    writes.push(...this.#beginning);
    for (const entry of this.#gone) {
      writes.push({ space: Space.entry, key: this.context.view.uuid(entry), value: undefined });
    }
    return this.#plan(this.context.csns.next(), writes, uuid);
  }

  /** When the change is made, as `modifyTimestamp` says it. */
  time(): string {
    return this.context.times.of(this.now);
  }

  /** Who makes the change, as `modifiersName` says it. */
  askerName(): string {
    this.#askerName ??= this.#nameOf();
    return this.#askerName;
  }

  #nameOf(): string {
    switch (this.asker.kind) {
      case 'anonymous':
        return 'cn=anonymous';
      case 'system':
        return 'cn=Realmgate';
      case 'entry': {
        const entry = this.context.view.byUuid(this.asker.uuid);
        return entry === undefined ? formatDistinguishedName(this.asker.dn) : this.context.view.dnText(entry);
      }
      default:
        return unreachable(this.asker);
    }
  }

  /** Sets an operational attribute; undefined removes it. */
  setOperational(draft: EntryDraft, name: string, value: string | undefined): void {
    const description = this.context.descriptions.of(name)!;
    draft.set(description, value === undefined ? [] : [Buffer.from(value)]);
  }

  #plan(csn: Csn, writes: readonly ObjectWrite[], uuid: Uint8Array): Plan | Refusal {
    let octets = 0;
    for (const { key, value } of writes) octets += key.length + (value?.length ?? 0);
    if (octets > LARGEST_CHANGE) {
      return new Refusal(
        'adminLimitExceeded',
        `the change comes to ${octets} octets, more than one change may; divide it`,
      );
    }
    return { csn, writes, touches: this.touches, uuid };
  }

  #stamp(draft: EntryDraft): Csn {
    const csn = this.context.csns.next();
    this.setOperational(draft, 'modifiersName', this.askerName());
    this.setOperational(draft, 'modifyTimestamp', this.time());
    this.setOperational(draft, 'entryCSN', csn);
    return csn;
  }

  /** What is kept lies before all that is made. */
  #keptCsn(draft: EntryDraft): Csn {
    const [given] = draft.values('entryCSN');
    const kept = given && parseCsn(latin1(given));
    if (kept !== undefined) this.context.csns.observe(kept);
    const csn = this.context.csns.next();
    if (kept === undefined) this.setOperational(draft, 'entryCSN', csn);
    return csn;
  }

  #write({ uuid, parent, rdn, draft }: Edit): ObjectWrite | Refusal {
    const value = encodeEntry({ parent, rdn, ...draft.stored() }, this.context.scratch);
    const { entry: limit } = this.context.limits;
    if (value.length > limit) {
      return new Refusal('adminLimitExceeded', `the entry would have ${value.length} octets; the limit is ${limit}`);
    }
    return { space: Space.entry, key: uuid, value };
  }
}
