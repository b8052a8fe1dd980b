/**
 * The former passwords that an entry of another server brings, or that an export takes along (pwdHistory of draft-behera-ldap-password-policy-10, 5.3.7), so that
 * nobody takes one again because the directory moved.
 *
 *     time "#" syntaxOID "#" length "#" data        20260301120000Z#1.3.6.1.4.1.1466.115.121.1.40#38#{SSHA}...
 */
import type { Instant } from '../../base/index.ts';
import { generalizedTime, parseGeneralizedTime } from '../write/generalized-time.ts';

const VALUE = /^([^#]{1,40})#[^#]{0,200}#(\d{1,6})#(.*)$/s;

/** Octet String, as slapd writes it. */
const SYNTAX = '1.3.6.1.4.1.1466.115.121.1.40';
const SECOND = 1000;

/**
 * The values for former passwords, newest first, of one that was set at `changedAt`. When each of them was set is not kept: their times
 * are a second apart before it, which is their order.
 */
export function passwordHistory(former: readonly string[], changedAt: Instant): readonly string[] {
  return former.map(
    (data, index) =>
      `${generalizedTime(changedAt - (index + 1) * SECOND)}#${SYNTAX}#${Buffer.byteLength(data)}#${data}`,
  );
}

/** The data of each value that can be read, newest first: hashed forms with their `{SCHEME}`, or text. */
export function formerPasswords(values: readonly Uint8Array[]): readonly string[] {
  const former: { readonly at: number; readonly data: string }[] = [];
  for (const value of values) {
    const [, time = '', length = '', data = ''] = VALUE.exec(Buffer.from(value).toString('utf8')) ?? [];
    const at = parseGeneralizedTime(time);
    if (at !== undefined && data !== '' && Buffer.byteLength(data) === Number(length)) former.push({ at, data });
  }
  return former.sort((one, other) => other.at - one.at).map(({ data }) => data);
}
