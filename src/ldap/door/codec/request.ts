/**
 * The requests of LDAP as values (RFC 4511, 4.2 to 4.14). Values of attributes and assertions are octets of the message
 * itself, never copies: whoever keeps a request keeps its message.
 */
import type { Modification } from '../../../directory/index.ts';
import type { DistinguishedName, Filter, RelativeDistinguishedName } from '../../../x500/index.ts';
import type { Controls } from './controls.ts';
import { Op } from './protocol.ts';
import type { LdapResult } from './result-code.ts';

export type Credentials =
  | { readonly kind: 'simple'; readonly password: Buffer }
  | { readonly kind: 'sasl'; readonly mechanism: string; readonly credentials: Buffer | undefined };

export interface BindRequest {
  readonly op: 'bind';
  /** The text of a name in UTF-8, as it came. */
  readonly name: Buffer;
  readonly credentials: Credentials;
}

export interface SearchRequestMessage {
  readonly op: 'search';
  /** The text of a name in UTF-8, as it came: the directory finds most entries by it without reading it as a name. */
  readonly base: Buffer;
  readonly scope: 'base' | 'one' | 'subtree';
  /** 0: no limit of the client's. */
  readonly sizeLimit: number;
  /** In seconds; 0: no limit of the client's. */
  readonly timeLimit: number;
  readonly typesOnly: boolean;
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** The request as it came, without id and controls: what the pages of one search have in common. */
  readonly octets: Buffer;
}

export interface CompareRequest {
  readonly op: 'compare';
  /** The text of `dn` as it came. */
  readonly name: Buffer;
  readonly dn: DistinguishedName;
  readonly attribute: string;
  readonly value: Buffer;
}

export interface AddRequest {
  readonly op: 'add';
  readonly dn: DistinguishedName;
  readonly attributes: readonly { readonly attribute: string; readonly values: readonly Buffer[] }[];
}

export interface DeleteRequest {
  readonly op: 'delete';
  readonly dn: DistinguishedName;
}

export interface ModifyRequest {
  readonly op: 'modify';
  readonly dn: DistinguishedName;
  readonly modifications: readonly Modification[];
}

export interface RenameRequest {
  readonly op: 'rename';
  readonly dn: DistinguishedName;
  readonly newRdn: RelativeDistinguishedName;
  readonly deleteOldRdn: boolean;
  readonly newSuperior: DistinguishedName | undefined;
}

export interface ExtendedRequest {
  readonly op: 'extended';
  readonly name: string;
  readonly value: Buffer | undefined;
}

export interface UnbindRequest {
  readonly op: 'unbind';
}

export interface AbandonRequest {
  readonly op: 'abandon';
  readonly target: number;
}

/** A request that can be read, and cannot be meant: it is answered without being tried. */
export interface RefusedRequest {
  readonly op: 'refused';
  /** The tag of the response to it. */
  readonly answerTag: number;
  readonly result: LdapResult;
}

/** Requests that are answered, one after the other. */
export type AnsweredRequest =
  | BindRequest
  | SearchRequestMessage
  | CompareRequest
  | AddRequest
  | DeleteRequest
  | ModifyRequest
  | RenameRequest
  | ExtendedRequest
  | RefusedRequest;

/** Requests that an open connection takes. */
export type TakenRequest = AnsweredRequest | AbandonRequest;

export type LdapRequest = TakenRequest | UnbindRequest;

export interface LdapMessage<Request extends LdapRequest = LdapRequest> {
  /** 1 to 2^31 - 1. */
  readonly id: number;
  readonly request: Request;
  readonly controls: Controls;
}

const ANSWER_TAG: Readonly<Record<Exclude<AnsweredRequest['op'], 'refused'>, number>> = {
  bind: Op.bindResponse,
  search: Op.searchResultDone,
  modify: Op.modifyResponse,
  add: Op.addResponse,
  delete: Op.deleteResponse,
  rename: Op.renameResponse,
  compare: Op.compareResponse,
  extended: Op.extendedResponse,
};

/** The tag of the response that ends a request. */
export function answerTagOf(request: AnsweredRequest): number {
  return request.op === 'refused' ? request.answerTag : ANSWER_TAG[request.op];
}
