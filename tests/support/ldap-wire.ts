/**
 * LDAP requests as octets and answers as values (RFC 4511), apart from the code under test: what compares Realmgate with
 * another server, or sends it what no library would, must not share its reader and writer.
 */

export const TAG = {
  bind: 0x60,
  unbind: 0x42,
  search: 0x63,
  modify: 0x66,
  add: 0x68,
  delete: 0x4a,
  modifyDn: 0x6c,
  compare: 0x6e,
  abandon: 0x50,
  extended: 0x77,
  searchEntry: 0x64,
  searchDone: 0x65,
  searchReference: 0x73,
  intermediate: 0x79,
  extendedResponse: 0x78,
} as const;

export const SCOPE = { base: 0, one: 1, sub: 2 } as const;
export type ScopeName = keyof typeof SCOPE;

/** A value of an attribute or an assertion: text as UTF-8, or octets as they are. */
export type WireValue = string | Uint8Array;

export interface WireFilter {
  readonly octets: Buffer;
  /** As RFC 4515 writes it, for messages. */
  readonly text: string;
}

export interface WireControl {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value?: Uint8Array;
}

export interface SearchParameters {
  readonly base: string;
  readonly scope: ScopeName;
  readonly filter: WireFilter;
  readonly attributes?: readonly string[];
  readonly typesOnly?: boolean;
  readonly sizeLimit?: number;
  readonly timeLimit?: number;
}

export interface WireModification {
  readonly operation: 'add' | 'delete' | 'replace' | 'increment';
  readonly attribute: string;
  readonly values: readonly WireValue[];
}

const MODIFICATION = { add: 0, delete: 1, replace: 2, increment: 3 } as const;

// ---------------------------------------------------------------------------------------------------------- encoding

/** One element: tag, definite length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, { length: octets }) => sum + octets, 0);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(length), ...content]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export function octetString(value: WireValue, tag = 0x04): Buffer {
  return element(tag, typeof value === 'string' ? Buffer.from(value) : value);
}

export function integer(value: number, tag = 0x02): Buffer {
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(rest & 0xff);
    rest = Math.floor(rest / 256);
  } while (!(rest === 0 && octets[0]! < 0x80) && !(rest === -1 && octets[0]! >= 0x80));
  return element(tag, Buffer.from(octets));
}

export function boolean(value: boolean, tag = 0x01): Buffer {
  return element(tag, Buffer.from([value ? 0xff : 0x00]));
}

/** A message without its envelope's controls when there are none. */
export function message(id: number, operation: Uint8Array, controls: readonly WireControl[] = []): Buffer {
  const listed = controls.map(({ oid, critical, value }) =>
    element(
      0x30,
      octetString(oid),
      ...(critical === undefined ? [] : [boolean(critical)]),
      ...(value === undefined ? [] : [octetString(value)]),
    ),
  );
  return element(0x30, integer(id), operation, ...(listed.length === 0 ? [] : [element(0xa0, ...listed)]));
}

export function bindRequest(dn: string, password: WireValue, version = 3): Buffer {
  return element(TAG.bind, integer(version), octetString(dn), octetString(password, 0x80));
}

export function searchRequest(search: SearchParameters): Buffer {
  const { base, scope, filter, attributes = [], typesOnly = false, sizeLimit = 0, timeLimit = 0 } = search;
  return element(
    TAG.search,
    octetString(base),
    integer(SCOPE[scope], 0x0a),
    integer(0, 0x0a),
    integer(sizeLimit),
    integer(timeLimit),
    boolean(typesOnly),
    filter.octets,
    element(0x30, ...attributes.map((name) => octetString(name))),
  );
}

export function compareRequest(dn: string, attribute: string, value: WireValue): Buffer {
  return element(TAG.compare, octetString(dn), element(0x30, octetString(attribute), octetString(value)));
}

export function addRequest(dn: string, attributes: readonly (readonly [string, readonly WireValue[]])[]): Buffer {
  return element(
    TAG.add,
    octetString(dn),
    element(0x30, ...attributes.map(([name, values]) => attribute(name, values))),
  );
}

export function modifyRequest(dn: string, modifications: readonly WireModification[]): Buffer {
  const listed = modifications.map(({ operation, attribute: name, values }) =>
    element(0x30, integer(MODIFICATION[operation], 0x0a), attribute(name, values)),
  );
  return element(TAG.modify, octetString(dn), element(0x30, ...listed));
}

export function deleteRequest(dn: string): Buffer {
  return octetString(dn, TAG.delete);
}

export function modifyDnRequest(dn: string, newRdn: string, deleteOldRdn: boolean, newSuperior?: string): Buffer {
  return element(
    TAG.modifyDn,
    octetString(dn),
    octetString(newRdn),
    boolean(deleteOldRdn),
    ...(newSuperior === undefined ? [] : [octetString(newSuperior, 0x80)]),
  );
}

export function extendedRequest(oid: string, value?: Uint8Array): Buffer {
  return element(TAG.extended, octetString(oid, 0x80), ...(value === undefined ? [] : [octetString(value, 0x81)]));
}

function attribute(name: string, values: readonly WireValue[]): Buffer {
  return element(0x30, octetString(name), element(0x31, ...values.map((value) => octetString(value))));
}

// ----------------------------------------------------------------------------------------------------------- filters

export const filter = {
  and: (...parts: readonly WireFilter[]): WireFilter => combined(0xa0, '&', parts),
  or: (...parts: readonly WireFilter[]): WireFilter => combined(0xa1, '|', parts),
  not: (part: WireFilter): WireFilter => combined(0xa2, '!', [part]),
  present: (name: string): WireFilter => ({ octets: octetString(name, 0x87), text: `(${name}=*)` }),
  equal: (name: string, value: WireValue): WireFilter => assertion(0xa3, '=', name, value),
  atLeast: (name: string, value: WireValue): WireFilter => assertion(0xa5, '>=', name, value),
  atMost: (name: string, value: WireValue): WireFilter => assertion(0xa6, '<=', name, value),
  approximately: (name: string, value: WireValue): WireFilter => assertion(0xa8, '~=', name, value),
  substrings: (
    name: string,
    {
      initial,
      any = [],
      final,
    }: { readonly initial?: string; readonly any?: readonly string[]; readonly final?: string },
  ): WireFilter => ({
    octets: element(
      0xa4,
      octetString(name),
      element(
        0x30,
        ...(initial === undefined ? [] : [octetString(initial, 0x80)]),
        ...any.map((piece) => octetString(piece, 0x81)),
        ...(final === undefined ? [] : [octetString(final, 0x82)]),
      ),
    ),
    text: `(${name}=${[initial ?? '', ...any, final ?? ''].map(escaped).join('*')})`,
  }),
  extensible: (match: {
    readonly rule?: string;
    readonly attribute?: string;
    readonly value: WireValue;
    readonly dnAttributes?: boolean;
  }): WireFilter => ({
    octets: element(
      0xa9,
      ...(match.rule === undefined ? [] : [octetString(match.rule, 0x81)]),
      ...(match.attribute === undefined ? [] : [octetString(match.attribute, 0x82)]),
      octetString(match.value, 0x83),
      ...(match.dnAttributes === true ? [boolean(true, 0x84)] : []),
    ),
    text: `(${match.attribute ?? ''}${match.dnAttributes === true ? ':dn' : ''}${match.rule === undefined ? '' : `:${match.rule}`}:=${escaped(match.value)})`,
  }),
};

function combined(tag: number, sign: string, parts: readonly WireFilter[]): WireFilter {
  return {
    octets: element(tag, ...parts.map(({ octets }) => octets)),
    text: `(${sign}${parts.map(({ text }) => text).join('')})`,
  };
}

function assertion(tag: number, sign: string, name: string, value: WireValue): WireFilter {
  return {
    octets: element(tag, octetString(name), octetString(value)),
    text: `(${name}${sign}${escaped(value)})`,
  };
}

function escaped(value: WireValue): string {
  const octets = typeof value === 'string' ? Buffer.from(value) : value;
  return [...octets]
    .map((octet) =>
      octet < 0x20 || octet > 0x7e || '()*\\'.includes(String.fromCharCode(octet))
        ? `\\${octet.toString(16).padStart(2, '0')}`
        : String.fromCharCode(octet),
    )
    .join('');
}

// ---------------------------------------------------------------------------------------------------------- decoding

export interface WireElement {
  readonly tag: number;
  readonly content: Buffer;
}

export interface WireResult {
  readonly code: number;
  readonly matchedDn: string;
  readonly message: string;
}

export interface WireEntry {
  readonly dn: string;
  /** As they came, in order. */
  readonly attributes: readonly (readonly [string, readonly Buffer[]])[];
}

export interface WireMessage {
  readonly id: number;
  readonly operation: WireElement;
  readonly controls: readonly WireControl[];
}

/** How many octets the first element of `octets` takes; undefined while it is not whole. */
export function elementLength(octets: Buffer): number | undefined {
  if (octets.length < 2) return undefined;
  const first = octets[1]!;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (octets.length < 2 + count) return undefined;
  const length = first < 0x80 ? first : octets.readUIntBE(2, count);
  const whole = 2 + count + length;
  return octets.length < whole ? undefined : whole;
}

/** The elements that `octets` consist of; throws when they are none. */
export function elements(octets: Buffer): readonly WireElement[] {
  const found: WireElement[] = [];
  for (let at = 0; at < octets.length; ) {
    const rest = octets.subarray(at);
    const whole = elementLength(rest);
    if (whole === undefined) throw new Error('the answer is not BER');
    const head = rest[1]! < 0x80 ? 2 : 2 + (rest[1]! & 0x7f);
    found.push({ tag: rest[0]!, content: rest.subarray(head, whole) });
    at += whole;
  }
  return found;
}

export function decodeMessage(octets: Buffer): WireMessage {
  const [envelope] = elements(octets);
  const [id, operation, controls] = elements(envelope!.content);
  return {
    id: id!.content.readIntBE(0, id!.content.length),
    operation: operation!,
    controls: controls === undefined ? [] : elements(controls.content).map(decodeControl),
  };
}

function decodeControl({ content }: WireElement): WireControl {
  const [oid, ...rest] = elements(content);
  const value = rest.find(({ tag }) => tag === 0x04);
  const critical = rest.find(({ tag }) => tag === 0x01);
  return {
    oid: oid!.content.toString(),
    ...(critical === undefined ? {} : { critical: critical.content[0] !== 0 }),
    ...(value === undefined ? {} : { value: value.content }),
  };
}

export function decodeResult({ content }: WireElement): WireResult {
  const [code, matchedDn, text] = elements(content);
  return {
    code: code!.content.readIntBE(0, code!.content.length),
    matchedDn: matchedDn!.content.toString(),
    message: text!.content.toString(),
  };
}

export function decodeEntry({ content }: WireElement): WireEntry {
  const [dn, attributes] = elements(content);
  return {
    dn: dn!.content.toString(),
    attributes: elements(attributes!.content).map((each) => {
      const [name, values] = elements(each.content);
      return [name!.content.toString(), elements(values!.content).map((value) => value.content)] as const;
    }),
  };
}
