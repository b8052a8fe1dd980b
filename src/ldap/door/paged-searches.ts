/**
 * PagedSearches keeps the searches of one connection that wait for their next page (RFC 2696).
 *
 * A cookie is good on its connection, for the search that it was given for, and once. At most a few wait; one more ends the
 * oldest, and its client is told that the cookie is good no more.
 */
import { MOST_PAGED_SEARCHES } from './limits.ts';
import type { PulledSearch } from './ports.ts';

export interface PagedSearch {
  readonly run: PulledSearch;
  /** The request without id and controls: a page is asked for by the same one. */
  readonly request: Buffer;
}

const COOKIE_OCTETS = 4;

export class PagedSearches {
  readonly #waiting = new Map<number, PagedSearch>();
  #last = 0;

  /** Keeps a search; returns the cookie for its next page. */
  park(search: PagedSearch): Uint8Array {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MOST_PAGED_SEARCHES) this.#waiting.delete(oldest);
    this.#last = (this.#last + 1) >>> 0;
    this.#waiting.set(this.#last, search);
    const cookie = Buffer.alloc(COOKIE_OCTETS);
    cookie.writeUInt32BE(this.#last);
    return cookie;
  }

  /** The search that the cookie was given for; undefined when it was not given, was used, or is for another request. */
  take(cookie: Buffer, request: Buffer): PulledSearch | undefined {
    if (cookie.length !== COOKIE_OCTETS) return undefined;
    const key = cookie.readUInt32BE();
    const search = this.#waiting.get(key);
    if (search === undefined || !search.request.equals(request)) return undefined;
    this.#waiting.delete(key);
    return search.run;
  }

  clear(): void {
    if (this.#waiting.size > 0) this.#waiting.clear();
  }
}
