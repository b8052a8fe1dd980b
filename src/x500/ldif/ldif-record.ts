/**
 * What an LDIF file holds, as values (RFC 2849): entries, changes of entries, and what is wrong with those that cannot
 * be read. The changes are what a directory is asked to do, in the same words.
 */
import type { DistinguishedName, RelativeDistinguishedName } from '../distinguished-name.ts';

export interface LdifAttribute {
  /** The description, type and options, as it was spelled first in the record. */
  readonly attribute: string;
  /** In the order of the file. Views of the octets that were read. */
  readonly values: readonly Uint8Array[];
}

export interface LdifModification extends LdifAttribute {
  readonly operation: 'add' | 'delete' | 'replace' | 'increment';
}

export interface LdifControl {
  readonly oid: string;
  readonly critical: boolean;
  readonly value?: Uint8Array;
}

interface LdifAny {
  /** Of its `dn:`; the first line of the file is 1. */
  readonly line: number;
  readonly dn: DistinguishedName;
}

interface LdifAnyChange extends LdifAny {
  readonly controls: readonly LdifControl[];
}

/** An entry as it is: a record without `changetype`. */
export interface LdifEntry extends LdifAny {
  readonly kind: 'entry';
  readonly attributes: readonly LdifAttribute[];
}

export type LdifChange =
  | (LdifAnyChange & { readonly kind: 'add'; readonly attributes: readonly LdifAttribute[] })
  | (LdifAnyChange & { readonly kind: 'delete' })
  | (LdifAnyChange & { readonly kind: 'modify'; readonly modifications: readonly LdifModification[] })
  | (LdifAnyChange & {
      readonly kind: 'rename';
      readonly newRdn: RelativeDistinguishedName;
      readonly deleteOldRdn: boolean;
      readonly newSuperior?: DistinguishedName;
    });

export type LdifRecord = LdifEntry | LdifChange;

/** A record that cannot be read. */
export interface LdifFault {
  readonly kind: 'fault';
  /** Where it was noticed. */
  readonly line: number;
  readonly message: string;
}
