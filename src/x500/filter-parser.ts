/**
 * FilterParser reads the string form of a search filter (RFC 4515) within limits.
 *
 * One grammar serves filters and templates: what an assertion value becomes is decided by the caller's
 * `readValue`, which sees the text between the operator and the closing parenthesis (wildcards taken out).
 * Strict: no blanks between parts, since RFC 4515 has none and every server reads them differently.
 */
import type { Filter, FilterOf } from './filter.ts';

/** The deepest nesting that is read; OpenLDAP allows 1,000, which no configuration needs. */
const MAX_DEPTH = 64;
/** The most nodes in one filter. */
const MAX_NODES = 10_000;
/** The longest text that is looked at, in UTF-16 units (so at least as strict as octets). */
const MAX_LENGTH = 65_536;

/** Attribute description: short name or OID, and options (RFC 4512 section 2.5). */
const ATTRIBUTE = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*$/;
const RULE = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)$/;
const OPERATOR = { '>': 'greaterOrEqual', '<': 'lessOrEqual', '~': 'approx' } as const;

/** Turns the text of an assertion value (escapes not yet resolved) into a value; undefined refuses it. */
export type ReadValue<Value> = (text: string, place: 'whole' | 'substring') => Value | undefined;

/** Parses RFC 4515 text; undefined when it is not a filter, or deeper than 64, larger than 10,000 nodes or 64 KiB. */
export function parseFilter(text: string): Filter | undefined {
  return parseFilterWith(text, unescapeValue);
}

/** Parses with a reading of assertion values of the caller's own. */
export function parseFilterWith<Value>(text: string, readValue: ReadValue<Value>): FilterOf<Value> | undefined {
  if (text.length > MAX_LENGTH || Buffer.byteLength(text) > MAX_LENGTH || !text.isWellFormed()) return undefined;
  const parser = new FilterParser(text, readValue);
  return parser.parse();
}

/** Resolves `\hh` escapes to octets; undefined when a character stands there that must be escaped. */
export function unescapeValue(text: string): Uint8Array | undefined {
  if (text.includes('\0') || /[*()]|\\(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  if (!text.includes('\\')) return Buffer.from(text);
  const [first = '', ...escaped] = text.split('\\');
  const pieces = escaped.map((piece) => [Buffer.from(piece.slice(0, 2), 'hex'), Buffer.from(piece.slice(2))]);
  return Buffer.concat([Buffer.from(first), ...pieces.flat()]);
}

class FilterParser<Value> {
  readonly #text: string;
  readonly #readValue: ReadValue<Value>;
  #at = 0;
  #nodes = 0;

  constructor(text: string, readValue: ReadValue<Value>) {
    this.#text = text;
    this.#readValue = readValue;
  }

  parse(): FilterOf<Value> | undefined {
    const filter = this.#filter(1);
    return this.#at === this.#text.length ? filter : undefined;
  }

  #filter(depth: number): FilterOf<Value> | undefined {
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES || !this.#take('(')) return undefined;
    if (this.#take('&')) return this.#list('and', depth);
    if (this.#take('|')) return this.#list('or', depth);
    if (this.#take('!')) {
      const filter = this.#filter(depth + 1);
      return filter !== undefined && this.#take(')') ? { kind: 'not', filter } : undefined;
    }
    return this.#item();
  }

  #list(kind: 'and' | 'or', depth: number): FilterOf<Value> | undefined {
    const filters: FilterOf<Value>[] = [];
    while (!this.#take(')')) {
      const filter = this.#filter(depth + 1);
      if (filter === undefined) return undefined;
      filters.push(filter);
    }
    return { kind, filters };
  }

  /** The rest of a leaf, its closing parenthesis included. Neither parenthesis can stand unescaped in a value. */
  #item(): FilterOf<Value> | undefined {
    const end = this.#text.indexOf(')', this.#at);
    if (end < 0) return undefined;
    const item = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    const equals = item.indexOf('=');
    if (equals < 1) return undefined;
    const left = item.slice(0, equals);
    const right = item.slice(equals + 1);
    if (left.endsWith(':')) return this.#extensible(left.slice(0, -1), right);
    const sign = left.at(-1);
    if (sign === '>' || sign === '<' || sign === '~') return this.#comparison(OPERATOR[sign], left.slice(0, -1), right);
    if (right === '*') return ATTRIBUTE.test(left) ? { kind: 'present', attribute: left } : undefined;
    return right.includes('*') ? this.#substrings(left, right) : this.#comparison('equality', left, right);
  }

  #comparison(
    kind: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approx',
    attribute: string,
    text: string,
  ): FilterOf<Value> | undefined {
    const value = this.#readValue(text, 'whole');
    return value !== undefined && ATTRIBUTE.test(attribute) ? { kind, attribute, value } : undefined;
  }

  #substrings(attribute: string, text: string): FilterOf<Value> | undefined {
    const pieces = text.split('*');
    const outer = (piece: string) => (piece === '' ? undefined : this.#readValue(piece, 'substring'));
    const initial = outer(pieces[0] ?? '');
    const final = outer(pieces.at(-1) ?? '');
    if ((pieces[0] !== '' && initial === undefined) || (pieces.at(-1) !== '' && final === undefined)) return undefined;
    const any: Value[] = [];
    for (const piece of pieces.slice(1, -1)) {
      const value = outer(piece);
      if (value === undefined) return undefined;
      any.push(value);
    }
    if (!ATTRIBUTE.test(attribute)) return undefined;
    return {
      kind: 'substrings',
      attribute,
      any,
      ...(initial === undefined ? {} : { initial }),
      ...(final === undefined ? {} : { final }),
    };
  }

  /** `attr[:dn][:rule]` or `[:dn]:rule`. */
  #extensible(left: string, text: string): FilterOf<Value> | undefined {
    const [attribute = '', ...rest] = left.split(':');
    const dnAttributes = rest[0]?.toLowerCase() === 'dn';
    if (dnAttributes) rest.shift();
    const [rule] = rest;
    const value = this.#readValue(text, 'whole');
    if (value === undefined || rest.length > 1) return undefined;
    if (rule !== undefined && !RULE.test(rule)) return undefined;
    if (attribute === '' ? rule === undefined : !ATTRIBUTE.test(attribute)) return undefined;
    return {
      kind: 'extensible',
      value,
      dnAttributes,
      ...(rule === undefined ? {} : { rule }),
      ...(attribute === '' ? {} : { attribute }),
    };
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}
