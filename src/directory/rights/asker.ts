/**
 * Asker is who asks the directory for something: what rights are worked out from. A door makes it of a verified bind.
 */
import type { DistinguishedName } from '../../x500/index.ts';

/** Who did not log in. */
export interface AnonymousAsker {
  readonly kind: 'anonymous';
}

/** The program itself: imports, acts of the operator on the machine, housekeeping. It may do everything. */
export interface SystemAsker {
  readonly kind: 'system';
}

/** Whoever verified the credential of an entry. */
export interface EntryAsker {
  readonly kind: 'entry';
  /** The 16 octets of the entry's entryUUID, which no rename changes. */
  readonly uuid: Uint8Array;
  /** The entry's name when it logged in. */
  readonly dn: DistinguishedName;
  /**
   * What the credential is not good for.
   * must-change   the password has to be changed: nothing but that is allowed
   * app-password  a password that is bound to a service: it reads, and changes nothing
   */
  readonly limit?: 'must-change' | 'app-password';
}

export type Asker = AnonymousAsker | SystemAsker | EntryAsker;

export const ANONYMOUS: AnonymousAsker = { kind: 'anonymous' };
export const SYSTEM: SystemAsker = { kind: 'system' };
