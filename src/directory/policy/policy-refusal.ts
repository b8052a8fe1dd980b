/**
 * Why a password was not taken, and what a login is told about its password: the values of the password policy control
 * (draft-behera-ldap-password-policy-11, 6.2). The door encodes them.
 */
import type { Milliseconds } from '../../base/index.ts';

/**
 * not-allowed     the owner may not change it, or this form may not be stored
 * must-supply-old the old password has to be given with the change
 * wrong-old       the old password that was given is not the one
 * quality         in the blocklist, or made of the owner's name
 * too-short       fewer characters than the policy asks for
 * too-long        more than 4,096 octets
 * in-history      one of the last ones
 * only-one        there is a password already; it is replaced, not added to
 * no-such-value   there is no password that could be deleted
 * unusable        text that can be no password: empty, NUL, not UTF-8; or a hashed form that nothing can match
 */
export type PolicyRefusal =
  | 'not-allowed'
  | 'must-supply-old'
  | 'wrong-old'
  | 'quality'
  | 'too-short'
  | 'too-long'
  | 'in-history'
  | 'only-one'
  | 'no-such-value'
  | 'unusable';

/**
 * What the password policy says about a login whose password was right; a door that was asked for it tells it. There is
 * none for a locked account: it looks like a wrong password (security rule 7).
 */
export type PolicyNotice =
  | { readonly kind: 'expires'; readonly in: Milliseconds }
  | { readonly kind: 'expired' }
  | { readonly kind: 'must-change' };
