/**
 * RequestRefused leaves a decoder that met a request it can read and that cannot be meant: a scope of 9, a filter of
 * 1,000 levels. It becomes the answer to that request, and the connection goes on. What cannot be read is a BerFault.
 */
import { type LdapResult, ldapResult, type ResultCodeName } from './result-code.ts';

export class RequestRefused extends Error {
  readonly result: LdapResult;

  constructor(code: ResultCodeName, message: string) {
    super(message);
    this.name = 'RequestRefused';
    this.result = ldapResult(code, message);
  }
}
