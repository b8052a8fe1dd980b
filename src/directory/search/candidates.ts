/**
 * Candidates are a set of entries to look at, read one by one in the order of their numbers. A search keeps nothing but the number of the last
 * one, so the view may change while it is half through.
 *
 * Every candidate is verified: a set may hold entries that do not match, but lacks none that does.
 */
import type { EntryNumber } from '../view/entry-table.ts';
import type { NumberList } from '../view/number-list.ts';
import type { ViewContent } from '../view/view-content.ts';

export interface Candidates {
  /** At most so many; by which sets are chosen. */
  readonly count: number;
  /** The smallest above `after`; -1 when there is none. */
  next(after: EntryNumber): EntryNumber;
}

/** The entries under a key of the index. */
export class KeyCandidates implements Candidates {
  readonly count: number;
  readonly #content: ViewContent;
  readonly #key: number;

  constructor(content: ViewContent, key: number) {
    this.#content = content;
    this.#key = key;
    this.count = content.entries.sets.count(content.index.get(key));
  }

  next(after: EntryNumber): EntryNumber {
    return this.#content.entries.sets.next(this.#content.index.get(this.#key), after);
  }
}

/** The entries right below another. */
export class ChildCandidates implements Candidates {
  readonly count: number;
  readonly #content: ViewContent;
  readonly #parent: EntryNumber;

  constructor(content: ViewContent, parent: EntryNumber) {
    this.#content = content;
    this.#parent = parent;
    this.count = content.entries.sets.count(content.entries.children(parent));
  }

  next(after: EntryNumber): EntryNumber {
    return this.#content.entries.sets.next(this.#content.entries.children(this.#parent), after);
  }
}

/** All entries. */
export class EveryEntry implements Candidates {
  readonly count: number;
  readonly #content: ViewContent;

  constructor(content: ViewContent, count: number) {
    this.#content = content;
    this.count = count;
  }

  next(after: EntryNumber): EntryNumber {
    return this.#content.entries.next(after);
  }
}

/** One entry. */
export class OneCandidate implements Candidates {
  readonly count = 1;
  readonly #entry: EntryNumber;

  constructor(entry: EntryNumber) {
    this.#entry = entry;
  }

  next(after: EntryNumber): EntryNumber {
    return after < this.#entry ? this.#entry : -1;
  }
}

/** Entries that have to be collected: they are when the first is asked for. */
export class ListCandidates implements Candidates {
  readonly count: number;
  readonly #collect: () => NumberList;
  #list: NumberList | undefined;
  #at = 0;

  constructor(count: number, collect: () => NumberList) {
    this.count = count;
    this.#collect = collect;
  }

  next(after: EntryNumber): EntryNumber {
    this.#list ??= this.#collect().sortSet();
    const list = this.#list;
    // Asked with growing numbers, as a search does; but also again with one that was asked before.
    if (this.#at > 0 && list.at(this.#at - 1) > after) this.#at = 0;
    while (this.#at < list.length && list.at(this.#at) <= after) this.#at += 1;
    return this.#at < list.length ? list.at(this.#at) : -1;
  }
}

/** What is in any of several sets. */
export class AnyCandidates implements Candidates {
  readonly count: number;
  readonly #sets: readonly Candidates[];

  constructor(sets: readonly Candidates[]) {
    this.#sets = sets;
    this.count = sets.reduce((sum, set) => sum + set.count, 0);
  }

  next(after: EntryNumber): EntryNumber {
    let smallest = -1;
    for (const set of this.#sets) {
      const entry = set.next(after);
      if (entry >= 0 && (smallest < 0 || entry < smallest)) smallest = entry;
    }
    return smallest;
  }
}

export const NO_CANDIDATES: Candidates = { count: 0, next: () => -1 };
