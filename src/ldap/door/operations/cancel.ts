/** The request of the cancel operation (RFC 3909, 2.1). */
import { decodeBer, Tag } from '../../../x500/index.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';

/** The id of the operation to cancel, or how a request that does not say is answered. */
export function cancelTarget(value: Buffer | undefined): number | LdapResult {
  const target =
    value &&
    decodeBer(value, (reader) => {
      const outer = reader.enter(Tag.sequence);
      const id = reader.integer(Tag.integer);
      reader.leavePast(outer);
      return id;
    });
  return target ?? ldapResult('protocolError', 'the value is not a cancel request');
}
