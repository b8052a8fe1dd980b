/**
 * Writes the responses of LDAP (RFC 4511, 4.1.9 and 4.5.2) into the one buffer of a connection.
 */
import { type BerWriter, Tag } from '../../../x500/index.ts';
import { ControlType, NOTICE_OF_DISCONNECTION, Op } from './protocol.ts';
import { type LdapResult, RESULT_CODE } from './result-code.ts';

/** What goes with a result. */
export interface ResponseParts {
  /** Writes `controls [0]`'s elements. */
  readonly controls?: (out: BerWriter) => void;
  /** responseName of an extended operation. */
  readonly name?: string;
  /** responseValue of an extended operation. */
  readonly value?: Uint8Array;
}

/** The length that results and small entries come to; then closing an element moves nothing. */
const SMALL = 64;

export function writeResult(out: BerWriter, id: number, tag: number, result: LdapResult, parts?: ResponseParts): void {
  const message = out.open(Tag.sequence, SMALL);
  out.integer(Tag.integer, id);
  const response = out.open(tag, SMALL);
  out.integer(Tag.enumerated, RESULT_CODE[result.code]);
  out.text(Tag.octetString, result.matchedDn ?? '');
  out.text(Tag.octetString, result.message);
  if (parts?.name !== undefined) out.text(0x8a, parts.name);
  if (parts?.value !== undefined) out.octets(0x8b, parts.value);
  out.close(response);
  if (parts?.controls !== undefined) {
    const controls = out.open(0xa0, SMALL);
    parts.controls(out);
    out.close(controls);
  }
  out.close(message);
}

/** Tells the client that the connection is about to be closed, and why (RFC 4511, 4.4.1). */
export function writeNoticeOfDisconnection(out: BerWriter, result: LdapResult): void {
  writeResult(out, 0, Op.extendedResponse, result, { name: NOTICE_OF_DISCONNECTION });
}

/** One control of a response; `write` writes what its value holds. */
export function writeControl(out: BerWriter, type: string, write: (out: BerWriter) => void): void {
  const control = out.open(Tag.sequence);
  out.text(Tag.octetString, type);
  const value = out.open(Tag.octetString);
  write(out);
  out.close(value);
  out.close(control);
}

/** The answer to a page: no cookie means that there is no more (RFC 2696). */
export function writePagedResults(out: BerWriter, cookie: Uint8Array): void {
  writeControl(out, ControlType.pagedResults, (value) => {
    const page = value.open(Tag.sequence);
    value.integer(Tag.integer, 0);
    value.octets(Tag.octetString, cookie);
    value.close(page);
  });
}

/** How sorting ended (RFC 2891, 1.2). */
export function writeSortResult(out: BerWriter, code: LdapResult['code'], attribute: string | undefined): void {
  writeControl(out, ControlType.sortResponse, (value) => {
    const result = value.open(Tag.sequence);
    value.integer(Tag.enumerated, RESULT_CODE[code]);
    if (attribute !== undefined) value.text(0x80, attribute);
    value.close(result);
  });
}
