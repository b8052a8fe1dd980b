/**
 * Reads one LDAPMessage (RFC 4511, 4.1.1) where it lies, without copying its values.
 *
 * Three things can come of it: a message; a message whose request is answered with a refusal, because it can be read
 * and not be meant; or a fault, after which nothing on the connection can be trusted (RFC 4511, 4.1.1: notice of
 * disconnection).
 */

import type { Modification } from '../../../directory/index.ts';
import {
  BerFault,
  BerReader,
  type DistinguishedName,
  decodeFilter,
  type Filter,
  parseDistinguishedName,
  type RelativeDistinguishedName,
  Tag,
} from '../../../x500/index.ts';
import { attributeSelection, type Controls, decodeControls, NO_CONTROLS } from './controls.ts';
import { MAX_INT, Op } from './protocol.ts';
import type { Credentials, LdapMessage, LdapRequest, SearchRequestMessage } from './request.ts';
import { RequestRefused } from './request-refused.ts';

export interface MessageFault {
  readonly fault: string;
}

const CONTROLS = 0xa0;
const SCOPES = ['base', 'one', 'subtree'] as const;
const MODIFICATIONS = ['add', 'delete', 'replace', 'increment'] as const;

/** The tag of the response to each request that has one. */
const ANSWER_TAG: Readonly<Record<number, number>> = {
  [Op.bindRequest]: Op.bindResponse,
  [Op.searchRequest]: Op.searchResultDone,
  [Op.modifyRequest]: Op.modifyResponse,
  [Op.addRequest]: Op.addResponse,
  [Op.deleteRequest]: Op.deleteResponse,
  [Op.renameRequest]: Op.renameResponse,
  [Op.compareRequest]: Op.compareResponse,
  [Op.extendedRequest]: Op.extendedResponse,
};

/** The message that the octets from `start` to `end` are. */
export function decodeMessage(octets: Buffer, start: number, end: number): LdapMessage | MessageFault {
  const reader = new BerReader(octets, { start, end });
  try {
    const outer = reader.enter(Tag.sequence);
    const id = reader.integer(Tag.integer);
    if (id <= 0 || id > MAX_INT) return { fault: 'a message id out of range' };
    const message = readMessage(reader, id);
    reader.leavePast(outer);
    return message;
  } catch (error) {
    if (error instanceof BerFault) return { fault: error.message };
    throw error;
  }
}

function readMessage(reader: BerReader, id: number): LdapMessage {
  const tag = reader.peek();
  try {
    const request = readRequest(reader, tag);
    const controls: Controls = reader.peek() === CONTROLS ? decodeControls(reader, request.op) : NO_CONTROLS;
    return { id, request, controls };
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    const answerTag = ANSWER_TAG[tag] ?? reader.fail(error.message);
    return { id, request: { op: 'refused', answerTag, result: error.result }, controls: NO_CONTROLS };
  }
}

function readRequest(reader: BerReader, tag: number): LdapRequest {
  switch (tag) {
    case Op.searchRequest:
      return readSearch(reader);
    case Op.bindRequest:
      return readBind(reader);
    case Op.unbindRequest:
      reader.null(tag);
      return { op: 'unbind' };
    case Op.compareRequest:
      return readCompare(reader);
    case Op.modifyRequest:
      return readModify(reader);
    case Op.addRequest:
      return readAdd(reader);
    case Op.deleteRequest:
      return { op: 'delete', dn: readName(reader, tag) };
    case Op.renameRequest:
      return readRename(reader);
    case Op.abandonRequest:
      return { op: 'abandon', target: reader.integer(tag) };
    case Op.extendedRequest:
      return extended(reader);
    default:
      return reader.fail('not a request');
  }
}

function readSearch(reader: BerReader): SearchRequestMessage {
  const outer = reader.enter(Op.searchRequest);
  const start = reader.position;
  const base = reader.octets(Tag.octetString);
  const scope = SCOPES[reader.integer(Tag.enumerated)];
  const deref = reader.integer(Tag.enumerated);
  const sizeLimit = reader.integer(Tag.integer);
  const timeLimit = reader.integer(Tag.integer);
  const typesOnly = reader.boolean(Tag.boolean);
  if (scope === undefined) throw new RequestRefused('protocolError', 'the scope is not base, one or subtree');
  if (deref < 0 || deref > 3) throw new RequestRefused('protocolError', 'derefAliases is out of range');
  if (sizeLimit < 0 || sizeLimit > MAX_INT || timeLimit < 0 || timeLimit > MAX_INT) {
    throw new RequestRefused('protocolError', 'a size or time limit is out of range');
  }
  const filter = readFilter(reader);
  const attributes = attributeSelection(reader);
  const octets = reader.source.subarray(start, reader.position);
  reader.leavePast(outer);
  return { op: 'search', base, scope, sizeLimit, timeLimit, typesOnly, filter, attributes, octets };
}

function readBind(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.bindRequest);
  const version = reader.integer(Tag.integer);
  if (version !== 3) throw new RequestRefused('protocolError', 'only version 3 of LDAP is spoken here');
  const name = reader.octets(Tag.octetString);
  const credentials = readCredentials(reader);
  reader.leavePast(outer);
  return { op: 'bind', name, credentials };
}

function readCompare(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.compareRequest);
  const name = reader.octets(Tag.octetString);
  const dn = parsedName(name);
  const assertion = reader.enter(Tag.sequence);
  const attribute = reader.text(Tag.octetString);
  const value = reader.octets(Tag.octetString);
  reader.leavePast(assertion);
  reader.leavePast(outer);
  return { op: 'compare', name, dn, attribute, value };
}

function readModify(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.modifyRequest);
  const dn = readName(reader, Tag.octetString);
  const modifications: Modification[] = [];
  const list = reader.enter(Tag.sequence);
  while (reader.more) {
    const change = reader.enter(Tag.sequence);
    const operation = MODIFICATIONS[reader.integer(Tag.enumerated)];
    if (operation === undefined) throw new RequestRefused('protocolError', 'a modification of an unknown kind');
    modifications.push({ operation, ...readAttribute(reader) });
    reader.leavePast(change);
  }
  reader.leave(list);
  reader.leavePast(outer);
  return { op: 'modify', dn, modifications };
}

function readAdd(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.addRequest);
  const dn = readName(reader, Tag.octetString);
  const attributes: ReturnType<typeof readAttribute>[] = [];
  const list = reader.enter(Tag.sequence);
  while (reader.more) attributes.push(readAttribute(reader));
  reader.leave(list);
  reader.leavePast(outer);
  return { op: 'add', dn, attributes };
}

function readRename(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.renameRequest);
  const dn = readName(reader, Tag.octetString);
  const newRdn = readRdn(reader);
  const deleteOldRdn = reader.boolean(Tag.boolean);
  const newSuperior = reader.peek() === 0x80 ? readName(reader, 0x80) : undefined;
  reader.leavePast(outer);
  return { op: 'rename', dn, newRdn, deleteOldRdn, newSuperior };
}

function readName(reader: BerReader, tag: number): DistinguishedName {
  return parsedName(reader.octets(tag));
}

function parsedName(octets: Buffer): DistinguishedName {
  const name = nameIn(octets);
  if (name === undefined) throw new RequestRefused('invalidDNSyntax', 'not a distinguished name');
  return name;
}

function readRdn(reader: BerReader): RelativeDistinguishedName {
  const { rdns } = readName(reader, Tag.octetString);
  const [rdn] = rdns;
  if (rdn === undefined || rdns.length > 1) {
    throw new RequestRefused('invalidDNSyntax', 'the new name is not one relative distinguished name');
  }
  return rdn;
}

/** A filter that is beyond the limits is an answer, not the end of the connection. */
function readFilter(reader: BerReader): Filter {
  try {
    return decodeFilter(reader);
  } catch (error) {
    if (error instanceof BerFault && error.kind === 'limit')
      throw new RequestRefused('adminLimitExceeded', error.message);
    throw error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function nameIn(octets: Buffer): DistinguishedName | undefined {
  try {
    return parseDistinguishedName(utf8.decode(octets));
  } catch {
    return undefined;
  }
}

function readCredentials(reader: BerReader): Credentials {
  switch (reader.peek()) {
    case 0x80:
      return { kind: 'simple', password: reader.octets(0x80) };
    case 0xa3: {
      const outer = reader.enter(0xa3);
      const mechanism = reader.text(Tag.octetString);
      const credentials = reader.peek() === Tag.octetString ? reader.octets(Tag.octetString) : undefined;
      reader.leavePast(outer);
      return { kind: 'sasl', mechanism, credentials };
    }
    default:
      throw new RequestRefused('authMethodNotSupported', 'neither simple nor SASL authentication');
  }
}

/** PartialAttribute: a description and values, of which there may be none. */
function readAttribute(reader: BerReader): { readonly attribute: string; readonly values: readonly Buffer[] } {
  const outer = reader.enter(Tag.sequence);
  const attribute = reader.text(Tag.octetString);
  const values: Buffer[] = [];
  const set = reader.enter(Tag.set);
  while (reader.more) values.push(reader.octets(Tag.octetString));
  reader.leave(set);
  reader.leavePast(outer);
  return { attribute, values };
}

function extended(reader: BerReader): LdapRequest {
  const outer = reader.enter(Op.extendedRequest);
  const name = reader.text(0x80);
  const value = reader.peek() === 0x81 ? reader.octets(0x81) : undefined;
  reader.leavePast(outer);
  return { op: 'extended', name, value };
}
