/**
 * Who a client certificate says its holder is, for SASL EXTERNAL: one subject alternative name, or the subject as the
 * name of an entry.
 *
 * The TLS layer has verified the chain against `clientCaFile`. Exactly one name of the wanted kind must be there: of two
 * names none is the user's (RELIABILITY S40).
 */
import type { X509Certificate } from 'node:crypto';
import { type AlternativeNameKind, alternativeNames, subjectOf } from '../../../realm/index.ts';
import { formatDistinguishedName } from '../../../x500/index.ts';
import type { BindName } from '../bind-authority.ts';

/** `san-email` finds the one holder of the mail address, the other alternative names a login name, `subject` an entry. */
export const CERTIFICATE_MAPS = ['san-email', 'san-dns', 'san-uri', 'san-upn', 'subject'] as const;

export type CertificateMap = (typeof CERTIFICATE_MAPS)[number];

/** Undefined when the certificate has not exactly one name of this kind. */
export function certificateName(certificate: X509Certificate, map: CertificateMap): BindName | undefined {
  if (map === 'subject') {
    const subject = subjectOf(certificate);
    return subject && { by: 'dn', octets: Buffer.from(formatDistinguishedName(subject)) };
  }
  const names = alternativeNames(certificate, map.slice('san-'.length) as AlternativeNameKind);
  const [name, another] = names ?? [];
  if (name === undefined || another !== undefined) return undefined;
  return map === 'san-email' ? { by: 'mail', address: name } : { by: 'login-name', name };
}
