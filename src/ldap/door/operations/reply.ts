/** Reply is how an operation other than a search is answered. */
import { CodedError } from '../../../base/index.ts';
import type { ResponseParts } from '../codec/response-writer.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';

export interface Reply {
  readonly result: LdapResult;
  readonly parts?: ResponseParts;
}

export const SUCCESS: LdapResult = ldapResult('success', '');

export function reply(code: LdapResult['code'], message: string): Reply {
  return { result: ldapResult(code, message) };
}

/** What a client is told of something unexpected: what it may do about it, and nothing of what happened. */
export function resultOfError(error: unknown): LdapResult {
  const code = error instanceof CodedError ? error.code : '';
  if (code === 'PASSWORD_BUSY') return ldapResult('busy', 'too many logins at a time: try again');
  if (code.startsWith('AUDIT_') || code.startsWith('STORE_') || code.startsWith('PASSWORD_')) {
    return ldapResult('unavailable', 'not possible at the moment: the server log says why');
  }
  return ldapResult('other', 'internal error');
}
