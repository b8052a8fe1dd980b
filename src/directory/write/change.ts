/**
 * DirectoryChange is what a write operation asks for (RFC 4511, 4.6 to 4.9), as values: names are parsed, attribute
 * descriptions and values are as they came.
 */
import type { Instant, Secret } from '../../base/index.ts';
import type { DistinguishedName, Filter, RelativeDistinguishedName } from '../../x500/index.ts';

/** An attribute as a client sends it: its description, type and options in any spelling, and values. */
export interface Attribute {
  readonly attribute: string;
  readonly values: readonly Uint8Array[];
}

export interface Modification extends Attribute {
  readonly operation: 'add' | 'delete' | 'replace' | 'increment';
}

export interface AddChange {
  readonly kind: 'add';
  readonly dn: DistinguishedName;
  readonly attributes: readonly Attribute[];
}

export interface DeleteChange {
  readonly kind: 'delete';
  readonly dn: DistinguishedName;
  /** With everything below it (draft-armijo-ldap-treedelete). */
  readonly subtree?: boolean;
}

export interface ModifyChange {
  readonly kind: 'modify';
  readonly dn: DistinguishedName;
  readonly modifications: readonly Modification[];
}

export interface RenameChange {
  readonly kind: 'rename';
  readonly dn: DistinguishedName;
  readonly newRdn: RelativeDistinguishedName;
  readonly deleteOldRdn: boolean;
  readonly newSuperior?: DistinguishedName;
}

/** Puts a member into a group with the dates of its membership, or changes the dates of one that is in it. */
export interface MembershipChange {
  readonly kind: 'membership';
  readonly group: DistinguishedName;
  readonly member: DistinguishedName;
  /** Counts from then on; from now on when not given. */
  readonly start?: Instant;
  /** Counts no longer from then on; without end when not given. */
  readonly end?: Instant;
}

/** Gives an entry another password (RFC 3062). */
export interface PasswordModifyChange {
  readonly kind: 'password';
  readonly dn: DistinguishedName;
  readonly old?: Secret;
  /** One is made when none is given. */
  readonly next?: Secret;
}

export type DirectoryChange =
  | AddChange
  | DeleteChange
  | ModifyChange
  | RenameChange
  | MembershipChange
  | PasswordModifyChange;

/** What goes with a change; the door makes it of controls. */
export interface ChangeOptions {
  /** The change is made only when the entry matches (RFC 4528): else `assertionFailed`. */
  readonly assertion?: Filter;
  /** Called with the entry as it is right before the change, when nothing but the store can refuse it any more (RFC 4527). */
  readonly before?: (entry: number) => void;
  /** Called with the entry right after the change, before any later one is seen (RFC 4527). */
  readonly after?: (entry: number) => void;
  /** Everything is checked and nothing is written: `success` says that it would be done. */
  readonly dryRun?: boolean;
  /** Operational attributes that are given are kept as they are, as what `slapcat` printed wants it; computed ones are passed over. For the system alone. */
  readonly keepOperational?: boolean;
  /** Ends what waits: a change that is not yet on its way to the store is not made, and `canceled` is answered. */
  readonly signal?: AbortSignal;
}
