/**
 * The names in a certificate that the TLS layer has verified: its subject and its subject alternative names.
 *
 * The alternative names are read from the certificate's own octets (RFC 5280, 4.2.1.6), not from the text that
 * Node prints of them: that text has been a way to smuggle names (CVE-2021-44532), and it garbles names that are
 * not ASCII. What does not read as a name of its kind makes the whole answer `undefined`, never a shorter list.
 */
import type { X509Certificate } from 'node:crypto';
import { type DistinguishedName, parseDistinguishedName } from '../../x500/index.ts';

export type AlternativeNameKind = 'email' | 'dns' | 'uri' | 'upn';

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
/** [3] of TBSCertificate. */
const EXTENSIONS = 0xa3;
/** [0] EXPLICIT of OtherName, and OtherName's own tag among the general names. */
const CONTEXT_0 = 0xa0;
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('551d11', 'hex');
/** 1.3.6.1.4.1.311.20.2.3, Microsoft's user principal name. */
const USER_PRINCIPAL_NAME = Buffer.from('2b060104018237140203', 'hex');
const TAG_OF: Readonly<Record<AlternativeNameKind, number>> = { email: 0x81, dns: 0x82, uri: 0x86, upn: CONTEXT_0 };
const LONGEST_NAME = 256;

/** The subject, its own name first as RFC 2253 and RFC 4514 write it; undefined when it is empty or no name. */
export function subjectOf(certificate: X509Certificate): DistinguishedName | undefined {
  // Node prints one relative name a line in the order of the certificate, values escaped as in RFC 2253.
  const text = (certificate.subject ?? '').split('\n').reverse().join(',');
  const name = parseDistinguishedName(text);
  return name === undefined || name.rdns.length === 0 ? undefined : name;
}

/** The alternative names of one kind; undefined when one of them is not a proper name of its kind. */
export function alternativeNames(certificate: X509Certificate, kind: AlternativeNameKind): string[] | undefined {
  const extension = alternativeNameExtension(certificate.raw);
  if (extension === undefined) return [];
  const generalNames = children(extension);
  if (generalNames === undefined) return undefined;
  const names: string[] = [];
  for (const { tag, content } of generalNames) {
    if (tag !== TAG_OF[kind]) continue;
    const octets = kind === 'upn' ? userPrincipalName(content) : content;
    if (octets === 'other') continue;
    const name = octets === undefined ? undefined : kind === 'upn' ? utf8Name(octets) : asciiName(octets);
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}

/** The content of the sequence of general names. */
function alternativeNameExtension(certificate: Buffer): Buffer | undefined {
  const signed = children(children(certificate)?.[0]?.content)?.[0];
  const extensions = children(signed?.content)?.find(({ tag }) => tag === EXTENSIONS);
  for (const { content } of children(children(extensions?.content)?.[0]?.content) ?? []) {
    const parts = children(content) ?? [];
    const [type, value] = [parts[0], parts.at(-1)];
    if (type?.tag !== OBJECT_IDENTIFIER || !type.content.equals(SUBJECT_ALTERNATIVE_NAME)) continue;
    const names = value?.tag === OCTET_STRING ? children(value.content)?.[0] : undefined;
    return names?.tag === SEQUENCE ? names.content : undefined;
  }
  return undefined;
}

/** The octets of a user principal name, `other` for another kind of OtherName, undefined for a malformed one. */
function userPrincipalName(otherName: Buffer): Buffer | 'other' | undefined {
  const [type, value] = children(otherName) ?? [];
  if (type?.tag !== OBJECT_IDENTIFIER) return undefined;
  if (!type.content.equals(USER_PRINCIPAL_NAME)) return 'other';
  const text = value?.tag === CONTEXT_0 ? children(value.content)?.[0] : undefined;
  return text?.tag === UTF8_STRING ? text.content : undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The DER elements that `octets` are made of; undefined when they do not fit. */
function children(octets: Buffer | undefined): Element[] | undefined {
  if (octets === undefined) return undefined;
  const elements: Element[] = [];
  for (let position = 0; position < octets.length; ) {
    const [tag, first] = [octets[position]!, octets[position + 1] ?? 0xff];
    const more = first < 0x80 ? 0 : first - 0x80;
    const start = position + 2 + more;
    // An indefinite length (0x80) is not DER.
    if (first === 0x80 || more > 4 || start > octets.length) return undefined;
    const length = more === 0 ? first : octets.readUIntBE(position + 2, more);
    if (start + length > octets.length) return undefined;
    elements.push({ tag, content: octets.subarray(start, start + length) });
    position = start + length;
  }
  return elements;
}

/** Visible ASCII without blanks, as addresses, host names and URIs are. */
function asciiName(octets: Buffer): string | undefined {
  const name = octets.toString('latin1');
  return /^[!-~]+$/.test(name) && name.length <= LONGEST_NAME ? name : undefined;
}

function utf8Name(octets: Buffer): string | undefined {
  const name = octets.toString('utf8');
  const exact = Buffer.from(name).equals(octets);
  return exact && name.length <= LONGEST_NAME && /^[^\p{Cc}\p{Z}]+$/u.test(name) ? name : undefined;
}
