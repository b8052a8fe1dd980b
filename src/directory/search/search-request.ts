/**
 * SearchRequest is what a search asks for (RFC 4511, 4.5.1), as values, and what it reads of its asker's rights.
 */
import type { AttributeType, DistinguishedName, Filter } from '../../x500/index.ts';
import type { EntryNumber } from '../view/entry-table.ts';

export type SearchScope = 'base' | 'one' | 'subtree';

/** A key of a sorted answer (RFC 2891). */
export interface SortKey {
  readonly attribute: string;
  /** Name or OID of an ordering rule; the attribute's own by default. */
  readonly rule?: string;
  readonly reverse: boolean;
}

export interface SearchRequest {
  /** A name, or the octets of one as they came: those need not be read when they are spelled as the entry's own. */
  readonly base: DistinguishedName | Uint8Array;
  readonly scope: SearchScope;
  readonly filter: Filter;
  /** As asked for: names, `*`, `+`, `1.1`, `@class`; none is `*`. */
  readonly attributes: readonly string[];
  readonly typesOnly: boolean;
  /** The most entries that are answered; 0 for no limit. */
  readonly sizeLimit: number;
  readonly sort?: readonly SortKey[];
}

/** What a search reads of `Rights`. */
export interface SearchRights {
  /** Every attribute of every entry but secrets may be read: no other question is asked. */
  readonly readsAll: boolean;
  sees(entry: EntryNumber): boolean;
  knows(entry: EntryNumber): boolean;
  mayRead(entry: EntryNumber, type: AttributeType): boolean;
}

/** The rights of the program itself. */
export const EVERYTHING: SearchRights = { readsAll: true, sees: () => true, knows: () => true, mayRead: () => true };
