/**
 * TreeView is what the checks of a change read of the memory view: the tree as it is in the store, dates of memberships
 * not regarded.
 */
import type { AttributeType, DistinguishedName } from '../../x500/index.ts';
import type { Member, Period } from '../stored/member-form.ts';

export interface TreeView {
  find(dn: DistinguishedName): number | undefined;
  /** The lowest entry at or above a name. */
  nearest(dn: DistinguishedName): number | undefined;
  byUuid(uuid: Uint8Array): number | undefined;
  uuid(entry: number): Uint8Array;
  dnText(entry: number): string;
  parent(entry: number): number | undefined;
  children(entry: number): Iterable<number>;
  hasChildren(entry: number): boolean;
  /** The values of a type as anybody would read them, without options. */
  attribute(entry: number, type: AttributeType): readonly Uint8Array[];
  /** The octets of the entry in its stored form. */
  storedEntry(entry: number): Uint8Array;
  /** The entries with this value, given in the normal form of the equality rule. */
  holder(type: AttributeType, normalized: Uint8Array): Iterable<number>;
  /** The membership as stored, whatever its dates. */
  membership(group: number, member: Member): Period | undefined;
  storedMembers(group: number): Iterable<Member>;
  /** The groups that the entry is in, whatever the dates. */
  groupsHolding(entry: number): Iterable<number>;
  /** The groups with this raw memberUid, or with a raw member of this name. */
  groupsNaming(kind: 'uid' | 'name', text: string): Iterable<number>;
}
