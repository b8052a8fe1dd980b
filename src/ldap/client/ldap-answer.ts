/**
 * LdapAnswer is one message of a server, checked to be whole before anything believes it.
 *
 * The client library reads a missing result code as 0, which is success: an empty BindResponse of seven octets
 * would verify any password. So every message is checked here first, in full: its parts fill it exactly,
 * a result has its three members, an entry has its name and attributes. See RFC 4511 section 4.1.9, 4.2.2 and 4.5.2.
 */
import { type BerElement, elementAt, elementsIn } from './ber-element.ts';

export const TAG = { bind: 0x61, entry: 0x64, done: 0x65, reference: 0x73, extended: 0x78 } as const;

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const ENUMERATED = 0x0a;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTROLS = 0xa0;

export interface LdapResult {
  /** RFC 4511 appendix A. */
  readonly resultCode: number;
  /** For the log; written by the server. */
  readonly diagnosticMessage: string;
}

export interface LdapAnswer {
  readonly messageId: number;
  readonly tag: number;
  /** Present for the messages that end an operation. */
  readonly result?: LdapResult;
}

/** Understands one whole LDAPMessage; undefined when it is not exactly one. */
export function parseLdapAnswer(octets: Uint8Array): LdapAnswer | undefined {
  const message = elementAt(octets, 0, octets.length);
  if (message?.tag !== SEQUENCE || message.end !== octets.length) return undefined;
  const [id, operation, controls, ...rest] = elementsIn(octets, message.start, message.end) ?? [];
  if (id?.tag !== INTEGER || operation === undefined || rest.length > 0) return undefined;
  if (controls !== undefined && controls.tag !== CONTROLS) return undefined;
  const messageId = integerOf(octets, id);
  if (messageId === undefined) return undefined;
  switch (operation.tag) {
    case TAG.entry:
      return isEntry(octets, operation) ? { messageId, tag: operation.tag } : undefined;
    case TAG.reference: {
      const urls = elementsIn(octets, operation.start, operation.end);
      return urls?.every(({ tag }) => tag === OCTET_STRING) ? { messageId, tag: operation.tag } : undefined;
    }
    default: {
      const result = resultOf(octets, operation);
      return result === undefined ? undefined : { messageId, tag: operation.tag, result };
    }
  }
}

/** LDAPResult: code, matched DN and message, then what the operation adds. */
function resultOf(octets: Uint8Array, operation: BerElement): LdapResult | undefined {
  const [code, matched, message] = elementsIn(octets, operation.start, operation.end) ?? [];
  if (code?.tag !== ENUMERATED || matched?.tag !== OCTET_STRING || message?.tag !== OCTET_STRING) return undefined;
  const resultCode = integerOf(octets, code);
  if (resultCode === undefined) return undefined;
  const diagnosticMessage = Buffer.from(octets.subarray(message.start, message.end)).toString('utf8');
  return { resultCode, diagnosticMessage };
}

/** SearchResultEntry: a name, and attributes of a type and a set of values each. */
function isEntry(octets: Uint8Array, operation: BerElement): boolean {
  const [name, attributes, ...rest] = elementsIn(octets, operation.start, operation.end) ?? [];
  if (name?.tag !== OCTET_STRING || attributes?.tag !== SEQUENCE || rest.length > 0) return false;
  return (
    elementsIn(octets, attributes.start, attributes.end)?.every((attribute) => {
      const [type, values, ...more] = elementsIn(octets, attribute.start, attribute.end) ?? [];
      if (attribute.tag !== SEQUENCE || type?.tag !== OCTET_STRING || values?.tag !== SET || more.length > 0)
        return false;
      return elementsIn(octets, values.start, values.end)?.every(({ tag }) => tag === OCTET_STRING) ?? false;
    }) ?? false
  );
}

/** A non-negative integer of at most 31 bits; undefined for any other. */
function integerOf(octets: Uint8Array, { start, end }: BerElement): number | undefined {
  if (end - start < 1 || end - start > 4 || octets[start]! >= 0x80) return undefined;
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 256 + octets[at]!;
  return value;
}
