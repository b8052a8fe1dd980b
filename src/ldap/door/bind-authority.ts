/**
 * BindAuthority is the port through which the door verifies who binds: the directory of this process, or, in a worker, the
 * primary process that keeps logins and lockout.
 *
 * Whoever implements it writes each attempt to the audit trail before it answers.
 */
import type { AuditId } from '../../audit/index.ts';
import type { Secret } from '../../base/index.ts';
import type { PolicyNotice } from '../../directory/index.ts';

/** Who a client says it is. */
export type BindName =
  /** The text of a name in UTF-8, as it came. */
  | { readonly by: 'dn'; readonly octets: Uint8Array }
  | { readonly by: 'login-name'; readonly name: string }
  | { readonly by: 'mail'; readonly address: string };

export interface BindAttempt {
  readonly name: BindName;
  /** Undefined for a client certificate whose chain was verified: then the name is the credential. */
  readonly password: Secret | undefined;
  /** The client's address. */
  readonly client: string;
}

/**
 * refused      the name or the password is not right, or the account may not log in: nothing tells which
 * empty        an empty password was sent with a name
 * malformed    the name is none
 * busy         too many logins at a time
 */
export type BindOutcome =
  | {
      readonly kind: 'bound';
      readonly uuid: Uint8Array;
      readonly dn: string;
      readonly limit?: 'must-change' | 'app-password';
      readonly notice?: PolicyNotice;
    }
  | { readonly kind: 'refused'; readonly id: AuditId; readonly notice?: PolicyNotice }
  | { readonly kind: 'empty' | 'malformed' | 'busy'; readonly id: AuditId };

export interface BindAuthority {
  /** A value where nothing has to be waited for. Rejects or throws when nothing is known; then nobody is let in. */
  bind(attempt: BindAttempt): BindOutcome | Promise<BindOutcome>;
}
