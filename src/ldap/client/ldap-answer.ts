/**
 * LdapAnswer is one message of a server, checked to be whole before anything believes it.
 *
 * The client library reads a missing result code as 0, which is success: an empty BindResponse of seven octets
 * would verify any password. So every message is checked here first, in full: its parts fill it exactly,
 * a result has its three members, an entry has its name and attributes. See RFC 4511 section 4.1.9, 4.2.2 and 4.5.2.
 */
import { type BerReader, decodeBer, Tag } from '../../x500/index.ts';

export const TAG = { bind: 0x61, entry: 0x64, done: 0x65, reference: 0x73, extended: 0x78 } as const;

const CONTROLS = 0xa0;
const LARGEST_NUMBER = 2 ** 31 - 1;

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
  return decodeBer(octets, (reader) => {
    const message = reader.enter(Tag.sequence);
    const messageId = readNumber(reader, Tag.integer);
    const tag = reader.peek();
    const operation = reader.enter(tag);
    const result = readOperation(reader, tag);
    reader.leave(operation);
    if (reader.more) reader.span(CONTROLS);
    reader.leave(message);
    return { messageId, tag, ...(result === undefined ? {} : { result }) };
  });
}

function readOperation(reader: BerReader, tag: number): LdapResult | undefined {
  switch (tag) {
    case TAG.entry:
      readEntry(reader);
      return undefined;
    case TAG.reference:
      while (reader.more) reader.span(Tag.octetString);
      return undefined;
    default:
      return readResult(reader);
  }
}

/** LDAPResult: code, matched DN and message, then what the operation adds. */
function readResult(reader: BerReader): LdapResult {
  const resultCode = readNumber(reader, Tag.enumerated);
  reader.span(Tag.octetString);
  const diagnosticMessage = reader.octets(Tag.octetString).toString('utf8');
  while (reader.more) reader.skip();
  return { resultCode, diagnosticMessage };
}

/** SearchResultEntry: a name, and attributes of a type and a set of values each. */
function readEntry(reader: BerReader): void {
  reader.span(Tag.octetString);
  const attributes = reader.enter(Tag.sequence);
  while (reader.more) {
    const attribute = reader.enter(Tag.sequence);
    reader.span(Tag.octetString);
    const values = reader.enter(Tag.set);
    while (reader.more) reader.span(Tag.octetString);
    reader.leave(values);
    reader.leave(attribute);
  }
  reader.leave(attributes);
}

/** A non-negative integer of at most 31 bits. */
function readNumber(reader: BerReader, tag: number): number {
  const value = reader.integer(tag);
  return value >= 0 && value <= LARGEST_NUMBER ? value : reader.fail('a number out of range');
}
