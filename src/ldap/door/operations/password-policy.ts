/**
 * The response control of the password policy (draft-behera-ldap-password-policy-10, 6.2): what a client that asked for it is
 * told about a password, its own or the one that it wanted to set.
 */
import type { PolicyNotice, PolicyRefusal } from '../../../directory/index.ts';
import { type BerWriter, Tag } from '../../../x500/index.ts';
import { ControlType } from '../codec/protocol.ts';
import { writeControl } from '../codec/response-writer.ts';

/** The values of `error`. */
const ERROR_OF_REFUSAL: Readonly<Record<PolicyRefusal, number>> = {
  'not-allowed': 3,
  'must-supply-old': 4,
  'wrong-old': 4,
  quality: 5,
  'too-short': 6,
  'too-long': 5,
  'in-history': 8,
  unusable: 5,
  'no-such-value': 4,
  'only-one': 5,
};
const PASSWORD_EXPIRED = 0;
const CHANGE_AFTER_RESET = 2;
const SECOND = 1000;

/** What a login is told; nothing more than that the policy was looked at when there is no notice. */
export function writePolicyNotice(out: BerWriter, notice: PolicyNotice | undefined): void {
  writeControl(out, ControlType.passwordPolicy, (value) => {
    const response = value.open(Tag.sequence);
    if (notice?.kind === 'expires') {
      const warning = value.open(0xa0);
      value.integer(0x80, Math.max(0, Math.ceil(notice.in / SECOND)));
      value.close(warning);
    }
    if (notice?.kind === 'expired') value.integer(0x81, PASSWORD_EXPIRED);
    if (notice?.kind === 'must-change') value.integer(0x81, CHANGE_AFTER_RESET);
    value.close(response);
  });
}

/** Why a new password was refused, when it was. */
export function writePolicyError(out: BerWriter, refusal: PolicyRefusal | undefined): void {
  writeControl(out, ControlType.passwordPolicy, (value) => {
    const response = value.open(Tag.sequence);
    if (refusal !== undefined) value.integer(0x81, ERROR_OF_REFUSAL[refusal]);
    value.close(response);
  });
}
