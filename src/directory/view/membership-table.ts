/**
 * MembershipTable holds who is in which group: one row in typed arrays a membership, in two rings of rows, the group's and the
 * member's, so that both directions are walked without a search and a row is taken out of both at once.
 *
 * A member is an entry's number, or the complement of the number of a raw member. Dates are kept for the few memberships
 * that have some, and compared with the clock by whoever reads.
 */
import type { Instant } from '../../base/index.ts';
import { ALWAYS, type Period } from '../stored/member-form.ts';
import { EntrySets } from './entry-sets.ts';
import { keyOfPair } from './key-hash.ts';
import { KeyIndex } from './key-index.ts';

/** A membership; good until it is removed. */
export type Row = number;

/** What a ring of nobody begins with, and where a walk ends. */
export const NO_ROW = -1;

const FIRST_ROWS = 64;
/** Up to so many groups of a member are looked through before the index is asked. */
const FEW_GROUPS = 8;

export class MembershipTable {
  readonly #sets = new EntrySets();
  readonly #byPair = new KeyIndex(this.#sets);
  #group = new Int32Array(FIRST_ROWS);
  #member = new Int32Array(FIRST_ROWS);
  /** The period's number; 0 for a membership without dates. */
  #period = new Int32Array(FIRST_ROWS);
  #nextInGroup = new Int32Array(FIRST_ROWS);
  #beforeInGroup = new Int32Array(FIRST_ROWS);
  #nextOfMember = new Int32Array(FIRST_ROWS);
  #beforeOfMember = new Int32Array(FIRST_ROWS);
  #used = 0;
  readonly #freed: number[] = [];
  /** Start and end by period; the first is that of a membership without dates. */
  readonly #periods: Period[] = [ALWAYS];
  readonly #freedPeriods: number[] = [];
  /** The first row of a group, of an entry and of a raw member, by their numbers. */
  #firstOfGroup = new Int32Array(FIRST_ROWS).fill(NO_ROW);
  #firstOfEntry = new Int32Array(FIRST_ROWS).fill(NO_ROW);
  #firstOfRaw = new Int32Array(FIRST_ROWS).fill(NO_ROW);
  /** How many rows a group has. */
  #counts = new Int32Array(FIRST_ROWS);

  /** The row of a membership; NO_ROW when there is none. */
  find(group: number, member: number): Row {
    // Nearly everybody is in a few groups, whose rows are in the processor's cache by now: they were just walked.
    let own = this.firstOfMember(member);
    for (let step = 0; step < FEW_GROUPS && own !== NO_ROW; step += 1) {
      if (this.#group[own] === group) return own;
      own = this.nextOfMember(own);
    }
    if (own === NO_ROW) return NO_ROW;
    const rows = this.#byPair.get(keyOfPair(group, member));
    for (let row = this.#sets.next(rows, -1); row >= 0; row = this.#sets.next(rows, row)) {
      if (this.#group[row] === group && this.#member[row] === member) return row;
    }
    return NO_ROW;
  }

  /** Makes a row, the last of the group's; there is none for this pair yet. */
  add(group: number, member: number, period: Period): void {
    const row = this.#freed.pop() ?? this.#used++;
    if (row >= this.#group.length) this.#growRows();
    this.#roomFor(group, member);
    this.#group[row] = group;
    this.#member[row] = member;
    this.#period[row] = 0;
    this.setPeriod(row, period);
    this.#firstOfGroup[group] = link(this.#nextInGroup, this.#beforeInGroup, this.#firstOfGroup[group]!, row);
    const first = member >= 0 ? this.#firstOfEntry : this.#firstOfRaw;
    const at = member >= 0 ? member : ~member;
    first[at] = link(this.#nextOfMember, this.#beforeOfMember, first[at]!, row);
    this.#counts[group]! += 1;
    this.#byPair.add(keyOfPair(group, member), row);
  }

  remove(row: Row): void {
    const group = this.#group[row]!;
    const member = this.#member[row]!;
    this.#byPair.remove(keyOfPair(group, member), row);
    this.setPeriod(row, ALWAYS);
    this.#firstOfGroup[group] = unlink(this.#nextInGroup, this.#beforeInGroup, this.#firstOfGroup[group]!, row);
    const first = member >= 0 ? this.#firstOfEntry : this.#firstOfRaw;
    const at = member >= 0 ? member : ~member;
    first[at] = unlink(this.#nextOfMember, this.#beforeOfMember, first[at]!, row);
    this.#counts[group]! -= 1;
    this.#freed.push(row);
  }

  group(row: Row): number {
    return this.#group[row]!;
  }

  member(row: Row): number {
    return this.#member[row]!;
  }

  period(row: Row): Period {
    return this.#periods[this.#period[row]!]!;
  }

  setPeriod(row: Row, period: Period): void {
    const before = this.#period[row]!;
    if (before !== 0) this.#freedPeriods.push(before);
    this.#period[row] = 0;
    if (period.start === ALWAYS.start && period.end === ALWAYS.end) return;
    const number = this.#freedPeriods.pop() ?? this.#periods.length;
    this.#periods[number] = period;
    this.#period[row] = number;
  }

  /** Whether the membership counts at an instant. */
  counts(row: Row, now: Instant): boolean {
    const number = this.#period[row]!;
    if (number === 0) return true;
    const { start, end } = this.#periods[number]!;
    return start <= now && now < end;
  }

  /** How many members a group has, whatever their dates. */
  size(group: number): number {
    return group < this.#counts.length ? this.#counts[group]! : 0;
  }

  /** The group's first row, in the order in which they were made; NO_ROW when it has none. */
  firstOfGroup(group: number): Row {
    return group < this.#firstOfGroup.length ? this.#firstOfGroup[group]! : NO_ROW;
  }

  /** The group's row after `row`; NO_ROW behind the last. */
  nextInGroup(row: Row): Row {
    const next = this.#nextInGroup[row]!;
    return next === this.#firstOfGroup[this.#group[row]!] ? NO_ROW : next;
  }

  /** The member's first row; NO_ROW when it is in no group. */
  firstOfMember(member: number): Row {
    const first = member >= 0 ? this.#firstOfEntry : this.#firstOfRaw;
    const at = member >= 0 ? member : ~member;
    return at < first.length ? first[at]! : NO_ROW;
  }

  /** The member's row after `row`; NO_ROW behind the last. */
  nextOfMember(row: Row): Row {
    const next = this.#nextOfMember[row]!;
    return next === this.firstOfMember(this.#member[row]!) ? NO_ROW : next;
  }

  #roomFor(group: number, member: number): void {
    if (group >= this.#firstOfGroup.length) {
      this.#firstOfGroup = grown(this.#firstOfGroup, group + 1, NO_ROW);
      this.#counts = grown(this.#counts, this.#firstOfGroup.length, 0);
    }
    if (member >= this.#firstOfEntry.length) this.#firstOfEntry = grown(this.#firstOfEntry, member + 1, NO_ROW);
    if (~member >= this.#firstOfRaw.length) this.#firstOfRaw = grown(this.#firstOfRaw, ~member + 1, NO_ROW);
  }

  #growRows(): void {
    const length = this.#group.length * 2;
    this.#group = grown(this.#group, length, 0);
    this.#member = grown(this.#member, length, 0);
    this.#period = grown(this.#period, length, 0);
    this.#nextInGroup = grown(this.#nextInGroup, length, 0);
    this.#beforeInGroup = grown(this.#beforeInGroup, length, 0);
    this.#nextOfMember = grown(this.#nextOfMember, length, 0);
    this.#beforeOfMember = grown(this.#beforeOfMember, length, 0);
  }
}

/** Puts a row at the end of a ring that begins with `first`; returns what it begins with now. */
function link(next: Int32Array, before: Int32Array, first: Row, row: Row): Row {
  if (first === NO_ROW) {
    next[row] = row;
    before[row] = row;
    return row;
  }
  const last = before[first]!;
  next[last] = row;
  before[row] = last;
  next[row] = first;
  before[first] = row;
  return first;
}

/** Takes a row out of a ring; returns what it begins with now. */
function unlink(next: Int32Array, before: Int32Array, first: Row, row: Row): Row {
  const after = next[row]!;
  if (after === row) return NO_ROW;
  const previous = before[row]!;
  next[previous] = after;
  before[after] = previous;
  return first === row ? after : first;
}

function grown(array: Int32Array, length: number, fill: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, array.length * 2)).fill(fill);
  larger.set(array);
  return larger;
}
