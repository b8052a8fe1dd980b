/**
 * SearchRun is a search while it is answered, an entry at a time: whoever asks for the next one decides when, so that a slow
 * reader, a page or a time limit holds nothing up.
 *
 * INVARIANT: an entry is answered only if it matches at the moment when it is written. The view may change between two
 * calls: an entry that goes away is passed over, one that comes may be answered or not, none is answered twice while it lives.
 */
import { isUtf8 } from 'node:buffer';
import type { Instant } from '../../base/index.ts';
import { type BerWriter, type DistinguishedName, parseDistinguishedName } from '../../x500/index.ts';
import type { DirectoryView } from '../view/directory-view.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { type DirectoryResult, SUCCESS } from '../write/result.ts';
import { AttributeSelection } from './attribute-selection.ts';
import type { Candidates } from './candidates.ts';
import { compileFilter } from './compile-filter.ts';
import { evaluateFilter } from './evaluate-filter.ts';
import { type FilterNode, itemsOf, nestedItems, TRUE } from './filter-node.ts';
import { planSearch } from './plan-search.ts';
import type { Reading } from './reading.ts';
import type { SearchRequest, SearchRights } from './search-request.ts';
import { compileSort, SortedMatches, type SortRefusal } from './sorted-matches.ts';
import { writeSelected } from './write-entry.ts';

/**
 * entry  an entry was written
 * more   about a millisecond was spent without finding one: others should have their turn before the next call
 * end    there are no more; `outcome` says how it ended
 */
export type SearchStep = 'entry' | 'more' | 'end';

export interface SearchRun {
  /** Writes the next entry: an LDAPDN and a PartialAttributeList (RFC 4511, 4.5.2). */
  next(out: BerWriter): SearchStep;
  /** What the next call of `next` would answer, as things are; writes nothing. */
  peek(): SearchStep;
  /** The entry that was written last; good until the view changes. */
  readonly entry: EntryNumber;
  /** How the search ended. */
  readonly outcome: DirectoryResult;
  /** Why the answer is not sorted, when it was asked to be. Known from the start. */
  readonly sortRefusal: SortRefusal | undefined;
  /** Goes on with what the asker may read now: before a page that is asked for later. */
  renew(rights: SearchRights, now: Instant): void;
}

/** Candidates that are looked at in one call, where the filter has few items. */
const STEP = 1024;
/** So many items are few. */
const FEW_ITEMS = 8;
/** Items that follow names through groups in groups, each of which may walk through all memberships. */
const MOST_NESTED = 16;
/** Answers that are sorted. */
const MOST_SORTED = 250_000;
const NONE = -1;
const PAUSE = -2;

/** Begins a search. `now` is the instant at which memberships count. */
export function search(view: DirectoryView, request: SearchRequest, rights: SearchRights, now: Instant): SearchRun {
  return new Run(view, request, { content: view.content, rights, now });
}

class Run implements SearchRun {
  readonly #request: SearchRequest;
  readonly #selection: AttributeSelection;
  readonly #filter: FilterNode;
  /** What looking at a candidate costs. */
  readonly #weight: number;
  readonly #base: EntryNumber;
  readonly #baseLife: number;
  readonly #sorted: SortedMatches | undefined;
  #reading: Reading;
  #candidates: Candidates | undefined;
  /** The candidate that was looked at last. */
  #last = NONE;
  /** How many more may be looked at in this call. */
  #left = 0;
  /** All matches are collected: what is sorted can be answered. */
  #collected: boolean;
  /** The entry that `peek` found. */
  #peeked = NONE;
  #peekedLife = 0;
  #sent = 0;
  #entry = NONE;
  #ended = false;
  #outcome: DirectoryResult = SUCCESS;
  readonly sortRefusal: SortRefusal | undefined;

  constructor(view: DirectoryView, request: SearchRequest, reading: Reading) {
    const { content } = reading;
    this.#request = request;
    this.#reading = reading;
    this.#selection = new AttributeSelection(content, request.attributes);
    this.#filter = compileFilter(content, request.filter);
    this.#weight = Math.ceil(itemsOf(this.#filter) / FEW_ITEMS);
    this.#base = this.#findBase(view);
    this.#baseLife = this.#base < 0 ? 0 : content.entries.life(this.#base);
    const keys = request.sort === undefined ? [] : compileSort(content, request.sort);
    if ('code' in keys) this.sortRefusal = keys;
    else if (keys.length > 0) this.#sorted = new SortedMatches(keys);
    this.#collected = this.#sorted === undefined;
    if (!this.#ended && nestedItems(this.#filter) > MOST_NESTED) this.#end(TOO_MANY_NESTED);
  }

  get entry(): EntryNumber {
    return this.#entry;
  }

  get outcome(): DirectoryResult {
    return this.#outcome;
  }

  renew(rights: SearchRights, now: Instant): void {
    this.#reading = { content: this.#reading.content, rights, now };
  }

  peek(): SearchStep {
    if (this.#stillPeeked()) return 'entry';
    const found = this.#advance();
    if (found < 0) return found === PAUSE ? 'more' : 'end';
    this.#peeked = found;
    this.#peekedLife = this.#reading.content.entries.life(found);
    return 'entry';
  }

  next(out: BerWriter): SearchStep {
    const found = this.#stillPeeked() ? this.#peeked : this.#advance();
    this.#peeked = NONE;
    if (found < 0) return found === PAUSE ? 'more' : 'end';
    this.#sent += 1;
    this.#entry = found;
    writeSelected(out, this.#reading, found, this.#selection, this.#request.typesOnly);
    return 'entry';
  }

  /** Whether what `peek` found is there and matches yet. */
  #stillPeeked(): boolean {
    const { entries } = this.#reading.content;
    const entry = this.#peeked;
    return entry >= 0 && entries.life(entry) === this.#peekedLife && entries.has(entry) && this.#accepts(entry);
  }

  /** The next entry to answer; NONE at the end, PAUSE after a step without one. */
  #advance(): EntryNumber {
    this.#peeked = NONE;
    if (this.#ended) return NONE;
    const { entries } = this.#reading.content;
    if (entries.life(this.#base) !== this.#baseLife) return this.#end(SUCCESS);
    this.#left = STEP;
    const found = this.#collected || this.#collect() ? this.#nextMatch() : PAUSE;
    if (found === NONE) return this.#ended ? NONE : this.#end(SUCCESS);
    const { sizeLimit } = this.#request;
    if (found >= 0 && sizeLimit > 0 && this.#sent === sizeLimit) return this.#end(SIZE_LIMIT);
    return found;
  }

  #nextMatch(): EntryNumber {
    if (this.#ended) return NONE;
    if (this.#sorted === undefined) return this.#scan();
    while (this.#left > 0) {
      const entry = this.#sorted.next(this.#reading);
      if (entry < 0 || this.#accepts(entry)) return entry;
    }
    return PAUSE;
  }

  /** Collects matches to be sorted; true when all are. */
  #collect(): boolean {
    let entry = this.#scan();
    while (entry >= 0) {
      if (this.#sorted!.count === MOST_SORTED) {
        this.#end(TOO_MANY_SORTED);
        return true;
      }
      this.#sorted!.add(this.#reading, entry);
      entry = this.#scan();
    }
    this.#collected = entry === NONE;
    return this.#collected;
  }

  /** The next candidate that matches. */
  #scan(): EntryNumber {
    const candidates = this.#candidates ?? this.#plan();
    if (candidates === undefined) return PAUSE;
    while (this.#left > 0) {
      const entry = candidates.next(this.#last);
      if (entry < 0) return NONE;
      this.#last = entry;
      if (this.#accepts(entry)) return entry;
    }
    return PAUSE;
  }

  /** Chooses the candidates. Undefined while an index that makes the choice better is made. */
  #plan(): Candidates | undefined {
    const { candidates, wanted } = planSearch(this.#reading, this.#base, this.#request.scope, this.#filter);
    for (const type of wanted) if (!this.#reading.content.ordered.prepare(type)) return undefined;
    this.#candidates = wanted.length === 0 ? candidates : this.#plan();
    return this.#candidates;
  }

  /** Whether the entry is there, in scope and seen, and the filter is true of it. */
  #accepts(entry: EntryNumber): boolean {
    this.#left -= this.#weight;
    const { content, rights } = this.#reading;
    const { entries } = content;
    if (!entries.has(entry)) return false;
    const { scope } = this.#request;
    const inScope =
      scope === 'one'
        ? entries.parent(entry) === this.#base
        : scope === 'base'
          ? entry === this.#base
          : entries.isWithin(entry, this.#base);
    if (!inScope || !(rights.readsAll || rights.sees(entry))) return false;
    return evaluateFilter(this.#reading, this.#filter, entry) === TRUE;
  }

  /** The base object; ends the search when it is not there, or not to be known. */
  #findBase(view: DirectoryView): EntryNumber {
    const { base } = this.#request;
    const { rights } = this.#reading;
    if (base instanceof Uint8Array) {
      const spelled = view.content.names.findSpelled(base);
      if (spelled >= 0 && (rights.readsAll || rights.knows(spelled))) return spelled;
    }
    const dn = base instanceof Uint8Array ? parseName(base) : base;
    if (dn === undefined) {
      return this.#end({ code: 'invalidDNSyntax', message: 'the base object is no distinguished name' });
    }
    const entry = view.find(dn);
    if (entry !== undefined && (rights.readsAll || rights.knows(entry))) return entry;
    let above = entry === undefined ? view.nearest(dn) : view.parent(entry);
    while (above !== undefined && !(rights.readsAll || rights.knows(above))) above = view.parent(above);
    const message = 'there is no entry with the name of the base object';
    return this.#end({
      code: 'noSuchObject',
      message,
      ...(above === undefined ? {} : { matchedDn: view.dnText(above) }),
    });
  }

  #end(outcome: DirectoryResult): typeof NONE {
    this.#ended = true;
    this.#outcome = outcome;
    return NONE;
  }
}

const SIZE_LIMIT: DirectoryResult = { code: 'sizeLimitExceeded', message: '' };
const TOO_MANY_NESTED: DirectoryResult = {
  code: 'adminLimitExceeded',
  message: `a filter may follow groups in groups ${MOST_NESTED} times`,
};
const TOO_MANY_SORTED: DirectoryResult = {
  code: 'adminLimitExceeded',
  message: `at most ${MOST_SORTED} entries are sorted: narrow the search, or ask for it unsorted`,
};

function parseName(octets: Uint8Array): DistinguishedName | undefined {
  if (!isUtf8(octets)) return undefined;
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('utf8');
  return parseDistinguishedName(text);
}
