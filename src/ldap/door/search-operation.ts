/**
 * SearchOperation answers one search a turn at a time: it pulls entries from the directory only while the reader takes
 * them, and gives way to other connections when its turn is over.
 */
import type { Milliseconds } from '../../base/index.ts';
import { Tag } from '../../x500/index.ts';
import { Op } from './codec/protocol.ts';
import { type ResponseParts, writeResult } from './codec/response-writer.ts';
import { type LdapResult, ldapResult } from './codec/result-code.ts';
import type { Outgoing } from './outgoing.ts';
import type { PulledSearch } from './ports.ts';

/** The length that most entries come to; then closing one moves nothing. */
const USUAL_ENTRY = 256;
/** Entries between two looks at the clock. */
const ENTRIES_A_LOOK = 16;

export interface SearchEnd {
  readonly result: LdapResult;
  readonly parts?: ResponseParts;
}

export interface SearchSettings {
  readonly id: number;
  readonly run: PulledSearch;
  /** On the monotonic clock; the search is over then, found or not. */
  readonly deadline: Milliseconds;
  /** How many entries one page has; undefined when it is not paged. */
  readonly pageSize: number | undefined;
  /** What is answered at the end: of the search, or of the page when `more` entries follow. */
  readonly conclude: (result: LdapResult, more: boolean) => ResponseParts | undefined;
}

export class SearchOperation {
  readonly id: number;
  readonly #settings: SearchSettings;
  /** Entries that may still be answered before the page is full. */
  #left: number;

  constructor(settings: SearchSettings) {
    this.id = settings.id;
    this.#settings = settings;
    this.#left = settings.pageSize ?? Number.POSITIVE_INFINITY;
  }

  /** Answers until the turn is over at `until`, the reader is too slow, or the search has ended. */
  advance(outgoing: Outgoing, now: () => Milliseconds, until: Milliseconds): 'done' | 'again' {
    const { run, deadline } = this.#settings;
    for (let count = 1; ; count += 1) {
      const found = this.#left === 0 ? this.#lookAhead() : this.#writeNext(outgoing);
      if (found === 'end') return this.#end(outgoing, run.outcome, false);
      if (found === 'full') return this.#end(outgoing, SUCCESS, true);
      if (found === 'more' || count % ENTRIES_A_LOOK === 0) {
        const at = now();
        if (at >= deadline) return this.#end(outgoing, TIME_IS_UP, false);
        if (at >= until) return 'again';
      }
      if (outgoing.isFull) {
        outgoing.flush();
        if (outgoing.blocked) return 'again';
      }
    }
  }

  /** Ends it before it ended by itself. */
  end(outgoing: Outgoing, result: LdapResult): void {
    this.#end(outgoing, result, false);
  }

  #writeNext(outgoing: Outgoing): 'entry' | 'more' | 'end' {
    const out = outgoing.writer;
    const start = out.length;
    let found: 'entry' | 'more' | 'end' = 'end';
    try {
      const message = out.open(Tag.sequence, USUAL_ENTRY);
      out.integer(Tag.integer, this.id);
      const entry = out.open(Op.searchResultEntry, USUAL_ENTRY);
      found = this.#settings.run.next(out);
      if (found !== 'entry') return found;
      out.close(entry);
      out.close(message);
      this.#left -= 1;
      return found;
    } finally {
      // INVARIANT: nothing but whole messages stays in the buffer, whatever was thrown.
      if (found !== 'entry') out.reset(start);
    }
  }

  /** A page is full: another one follows when there is another entry. */
  #lookAhead(): 'full' | 'more' | 'end' {
    const found = this.#settings.run.peek();
    return found === 'entry' ? 'full' : found;
  }

  #end(outgoing: Outgoing, result: LdapResult, more: boolean): 'done' {
    const parts = this.#settings.conclude(result, more);
    writeResult(outgoing.writer, this.id, Op.searchResultDone, result, parts);
    return 'done';
  }
}

const SUCCESS: LdapResult = ldapResult('success', '');
const TIME_IS_UP: LdapResult = ldapResult('timeLimitExceeded', 'the time limit of the search is over');
