/**
 * Filter is an LDAP search filter as a tree, and its string form.
 *
 * Assertion values are octets and stay octets: whoever builds a filter from what a client typed puts
 * the value into the tree (see filter-template.ts) and never into text, so that no name can change the
 * shape of a search. See RFC 4511 section 4.5.1.7, RFC 4515, RFC 4526 (empty `and` and `or`).
 */

/** The tree over values of any kind: octets in a Filter, pieces with placeholders in a template. */
export type FilterOf<Value> =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly FilterOf<Value>[] }
  | { readonly kind: 'not'; readonly filter: FilterOf<Value> }
  | {
      readonly kind: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approx';
      readonly attribute: string;
      readonly value: Value;
    }
  | {
      readonly kind: 'substrings';
      readonly attribute: string;
      readonly initial?: Value;
      readonly any: readonly Value[];
      readonly final?: Value;
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'extensible';
      /** Name or OID of the matching rule; at least one of `rule` and `attribute` is there. */
      readonly rule?: string;
      readonly attribute?: string;
      readonly value: Value;
      readonly dnAttributes: boolean;
    };

/** A search filter; values are the octets that go on the wire. */
export type Filter = FilterOf<Uint8Array>;

const SIGN = { equality: '=', greaterOrEqual: '>=', lessOrEqual: '<=', approx: '~=' } as const;

/**
 * The string form of RFC 4515; `parseFilter` reads it back to an equal tree. A description that came over the wire and
 * could be none is escaped, so that the text still has the tree's shape.
 */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return `(&${filter.filters.map(formatFilter).join('')})`;
    case 'or':
      return `(|${filter.filters.map(formatFilter).join('')})`;
    case 'not':
      return `(!${formatFilter(filter.filter)})`;
    case 'present':
      return `(${descriptionText(filter.attribute)}=*)`;
    case 'substrings': {
      const pieces = [filter.initial ?? NOTHING, ...filter.any, filter.final ?? NOTHING];
      return `(${descriptionText(filter.attribute)}=${pieces.map(escapeFilterValue).join('*')})`;
    }
    case 'extensible': {
      const rule = filter.rule === undefined ? '' : `:${descriptionText(filter.rule)}`;
      const dn = filter.dnAttributes ? ':dn' : '';
      return `(${descriptionText(filter.attribute ?? '')}${dn}${rule}:=${escapeFilterValue(filter.value)})`;
    }
    default:
      return `(${descriptionText(filter.attribute)}${SIGN[filter.kind]}${escapeFilterValue(filter.value)})`;
  }
}

const NOTHING = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** What may not stand in an assertion value as it is (RFC 4515 section 3), and control characters for the reader's sake. */
const SPECIAL = /[*()\\\p{Cc}]/gu;

/** What no attribute description and no rule can hold (RFC 4512, 2.5). */
const NO_DESCRIPTION = /[^A-Za-z0-9.;-]/gu;

function descriptionText(description: string): string {
  return description.replace(NO_DESCRIPTION, (character) => escapeOctets(Buffer.from(character)));
}

/** The text of an assertion value: UTF-8 where it is UTF-8, every octet escaped where it is not. */
function escapeFilterValue(value: Uint8Array): string {
  try {
    return utf8.decode(value).replace(SPECIAL, (character) => escapeOctets(Buffer.from(character)));
  } catch {
    return escapeOctets(value);
  }
}

function escapeOctets(octets: Uint8Array): string {
  return Array.from(octets, (octet) => `\\${octet.toString(16).padStart(2, '0')}`).join('');
}
