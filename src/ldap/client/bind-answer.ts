/**
 * What a directory's answer to a bind says about the user (RFC 4511 appendix A, RFC 4513 section 5.1).
 *
 * Only an answer about this user and this password is one; everything else is `unavailable`, so that a
 * misconfigured or overloaded directory never looks like a wrong password (and never counts at the lockout).
 */
import type { BindAnswer } from '../../realm/index.ts';
import type { LdapResult } from './ldap-answer.ts';

const SUCCESS = 0;
const CONSTRAINT_VIOLATION = 19;
const INAPPROPRIATE_AUTHENTICATION = 48;
const INVALID_CREDENTIALS = 49;
const UNWILLING_TO_PERFORM = 53;

/** Active Directory names the account's state in the message of code 49: `80090308: ..., data 775, v2580`. */
const WINDOWS_STATE: ReadonlyMap<string, string> = new Map([
  ['530', 'may not log in at this time'],
  ['531', 'may not log in from here'],
  ['532', 'password expired'],
  ['533', 'account disabled'],
  ['701', 'account expired'],
  ['773', 'password must be changed'],
  ['775', 'account locked'],
]);

export function bindAnswerOf({ resultCode, diagnosticMessage }: LdapResult): BindAnswer {
  switch (resultCode) {
    case SUCCESS:
      return { kind: 'verified' };
    case INVALID_CREDENTIALS: {
      const [, code = ''] = /\bdata ([0-9a-f]{3}),/i.exec(diagnosticMessage) ?? [];
      const state = WINDOWS_STATE.get(code);
      if (state !== undefined) return { kind: 'disabled', detail: `the directory says: ${state}` };
      return { kind: 'wrong-credential', detail: 'the directory refuses the password' };
    }
    case INAPPROPRIATE_AUTHENTICATION:
      return { kind: 'wrong-credential', detail: 'the entry has no password' };
    case CONSTRAINT_VIOLATION:
      return {
        kind: 'disabled',
        detail: 'the directory says: too many failures, or a password rule forbids the login',
      };
    case UNWILLING_TO_PERFORM:
      // 389 Directory Server answers so for an inactivated account; other servers for reasons of their own.
      if (/account inactivated/i.test(diagnosticMessage)) {
        return { kind: 'disabled', detail: 'the directory says: account inactivated' };
      }
      return { kind: 'unavailable', detail: describeResult(resultCode) };
    default:
      return { kind: 'unavailable', detail: describeResult(resultCode) };
  }
}

const MEANING: ReadonlyMap<number, string> = new Map([
  [3, 'time limit exceeded'],
  [8, 'wants stronger authentication: use ldaps:// or startTls'],
  [10, 'refers to another server, which is never followed'],
  [11, 'administrative limit exceeded'],
  [13, 'wants an encrypted connection: use ldaps:// or startTls'],
  [50, 'insufficient access'],
  [51, 'busy'],
  [52, 'unavailable'],
  [53, 'unwilling to perform'],
]);

/** A result code for the operator; the server's own text may hold names and stays out. */
export function describeResult(code: number): string {
  const meaning = MEANING.get(code);
  return `the server answered result code ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
}
