/**
 * Rights is what one asker may do at one instant: asked by search, compare and every write, entry by entry.
 *
 * INVARIANT: an answer of the directory depends on nothing that its asker may not read. What is not `seen` is not
 * there: `noSuchObject`, without a matchedDN that is not `known`.
 *
 * An entry is its number in the view. Rights are worked out for one operation and not kept: a membership or a rule
 * that ended a second ago counts no longer.
 */
import type { AttributeType, DistinguishedName } from '../../x500/index.ts';

export interface Rights {
  /**
   * May read every attribute of every entry: nothing has to be asked attribute by attribute, and an entry may be
   * answered as it is stored. False where the view holds an attribute that is kept from this asker.
   */
  readonly readsAll: boolean;
  /** May be answered with the entry in a search. Compare and write of what is not seen are `noSuchObject`. */
  sees(entry: number): boolean;
  /**
   * May be told that the entry exists: it is seen, or it stands above something that is. What a base object and a
   * matchedDN may be.
   */
  knows(entry: number): boolean;
  /** May be told values: in an answer, and by what a filter, a sort order or an assertion says about them. */
  mayRead(entry: number, type: AttributeType): boolean;
  /** May compare a value that it brings (RFC 4511, 4.10). */
  mayCompare(entry: number, type: AttributeType): boolean;
  mayWrite(entry: number, type: AttributeType): boolean;
  /** May add an entry with this name and these attributes below `parent`; undefined: as a naming context. */
  mayAdd(parent: number | undefined, dn: DistinguishedName, types: Iterable<AttributeType>): boolean;
  mayDelete(entry: number): boolean;
  /** May give the entry the name `dn` below `parent`, which may be the one it has. */
  mayRename(entry: number, parent: number | undefined, dn: DistinguishedName): boolean;
  /** May let an entry be called so: what the configuration gives something to is no name to take. */
  mayTakeName(name: string): boolean;
  /** May store a password in a hashed form (`{SSHA}...`), which no password policy can look into. */
  readonly storesHashedPasswords: boolean;
}
