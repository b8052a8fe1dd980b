/**
 * Passwords are written as `userPassword` and kept as objects of their own: what a change to them means for the entry.
 */
import type { PolicyRefusal } from '../policy/policy-refusal.ts';
import { formerPasswords } from '../verifier/password-history.ts';
import type { PasswordChange, VerifierPlan, VerifierRefusal } from '../verifier/verifier-plan.ts';
import type { AttributeDescription } from './attribute-description.ts';
import type { Attribute } from './change.ts';
import type { EntryDraft } from './entry-draft.ts';
import { generalizedTime, parseGeneralizedTime } from './generalized-time.ts';
import { Refusal } from './refusal.ts';
import type { ResultName } from './result.ts';
import { Touch } from './touches.ts';
import type { Edit, Transaction } from './transaction.ts';
import { latin1 } from './value-rules.ts';

/** RFC 3062 and draft-behera-ldap-password-policy-11, 8: what the door answers with. */
const CODES: Readonly<Record<PolicyRefusal, ResultName>> = {
  'not-allowed': 'insufficientAccessRights',
  'must-supply-old': 'insufficientAccessRights',
  'wrong-old': 'invalidCredentials',
  quality: 'constraintViolation',
  'too-short': 'constraintViolation',
  'too-long': 'constraintViolation',
  'in-history': 'constraintViolation',
  unusable: 'constraintViolation',
  'no-such-value': 'noSuchAttribute',
  'only-one': 'constraintViolation',
};

export function isPassword({ type }: AttributeDescription): boolean {
  return type.name === 'userPassword';
}

/** An entry says since when it has its password exactly when it has one. */
export function hasPassword(draft: EntryDraft): boolean {
  return draft.values('pwdChangedTime').length > 0;
}

export function passwordRefusal({ refusal, message }: VerifierRefusal): Refusal {
  return new Refusal(CODES[refusal], message, { policy: refusal });
}

/** What an imported entry says about its password: when it was set, and which it had before. */
export function keptChange(attributes: readonly Attribute[]): Pick<PasswordChange, 'changedAt' | 'former'> {
  const valuesOf = (name: string) => attributes.find(({ attribute }) => attribute.toLowerCase() === name)?.values ?? [];
  const [value] = valuesOf('pwdchangedtime');
  const changedAt = value && parseGeneralizedTime(latin1(value));
  const former = formerPasswords(valuesOf('pwdhistory'));
  return { ...(changedAt !== undefined && { changedAt }), ...(former.length > 0 && { former }) };
}

/** Writes the password with the entry. `keep`: what the entry itself says about its password stays. */
export function applyPassword(
  transaction: Transaction,
  { uuid, draft }: Edit,
  { writes, changedAt, mustChange }: VerifierPlan,
  keep = false,
): void {
  transaction.touches.take(Touch.passwords(latin1(uuid)));
  transaction.put(writes);
  if (keep && hasPassword(draft)) return;
  transaction.setOperational(draft, 'pwdChangedTime', changedAt === undefined ? undefined : generalizedTime(changedAt));
  transaction.setOperational(draft, 'pwdReset', mustChange ? 'TRUE' : undefined);
}
