/**
 * FilterTemplate is a filter of the configuration with placeholders for what is known only at login,
 * such as `(&(objectClass=inetOrgPerson)(uid={name}))`.
 *
 * INVARIANT: the tree is parsed once, before any value is known; filling replaces octets in its leaves.
 * Whatever a client typed, the filled filter has the shape of the template (RELIABILITY S15).
 * A placeholder inside a pattern (`(cn=*{name}*)`) is refused: part of a name must never find an account.
 */
import { CodedError } from '../base/index.ts';
import type { Filter, FilterOf } from './filter.ts';
import { parseFilterWith, unescapeValue } from './filter-parser.ts';

interface Placeholder {
  readonly placeholder: string;
}
type Pieces = readonly (Uint8Array | Placeholder)[];

export interface FilterTemplate {
  /** The text it was made from, for messages. */
  readonly text: string;
  /** The placeholders that occur, each once. */
  readonly placeholders: ReadonlySet<string>;
  readonly tree: FilterOf<Pieces>;
}

/** A word in braces. A literal brace of this form is written `\7b`. */
const PLACEHOLDER = /\{([A-Za-z]+)\}/;

/**
 * Parses a template whose placeholders are among `placeholders` (names without braces).
 * Throws X500_BAD_FILTER when the text is not a filter of RFC 4515 or names another placeholder.
 */
export function filterTemplate(text: string, placeholders: readonly string[]): FilterTemplate {
  const used = new Set<string>();
  const tree = parseFilterWith<Pieces>(text, (value, place) => {
    const pieces: (Uint8Array | Placeholder)[] = [];
    for (const [index, part] of value.split(PLACEHOLDER).entries()) {
      if (index % 2 === 1) {
        if (!placeholders.includes(part)) throw unknownPlaceholder(part, placeholders);
        if (place === 'substring') {
          throw new CodedError('X500_BAD_FILTER', `{${part}} must be a whole value, not a part of a pattern with *`);
        }
        used.add(part);
        pieces.push({ placeholder: part });
        continue;
      }
      const octets = unescapeValue(part);
      if (octets === undefined) return undefined;
      if (octets.length > 0) pieces.push(octets);
    }
    return pieces;
  });
  if (tree === undefined) {
    throw new CodedError(
      'X500_BAD_FILTER',
      `${JSON.stringify(text.slice(0, 200))} is not a search filter such as (&(objectClass=person)(uid={name}))`,
    );
  }
  return { text, placeholders: used, tree };
}

/**
 * The template with each placeholder replaced by its value, as it is.
 * Throws X500_FILTER_VALUE when a value is missing or is no well-formed text (a lone surrogate has no UTF-8).
 */
export function fillFilter(template: FilterTemplate, values: ReadonlyMap<string, string>): Filter {
  return fillNode(template.tree, values);
}

function fillNode(node: FilterOf<Pieces>, values: ReadonlyMap<string, string>): Filter {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, filters: node.filters.map((filter) => fillNode(filter, values)) };
    case 'not':
      return { kind: 'not', filter: fillNode(node.filter, values) };
    case 'present':
      return node;
    case 'substrings': {
      const { initial, any, final, ...rest } = node;
      return {
        ...rest,
        any: any.map((piece) => fillValue(piece, values)),
        ...(initial === undefined ? {} : { initial: fillValue(initial, values) }),
        ...(final === undefined ? {} : { final: fillValue(final, values) }),
      };
    }
    default:
      return { ...node, value: fillValue(node.value, values) };
  }
}

function fillValue(pieces: Pieces, values: ReadonlyMap<string, string>): Uint8Array {
  return Buffer.concat(
    pieces.map((piece) => {
      if (piece instanceof Uint8Array) return piece;
      const value = values.get(piece.placeholder);
      if (value?.isWellFormed() !== true) {
        throw new CodedError('X500_FILTER_VALUE', `no well-formed value for {${piece.placeholder}}`);
      }
      return Buffer.from(value);
    }),
  );
}

function unknownPlaceholder(found: string, known: readonly string[]): CodedError {
  const offered = known.map((name) => `{${name}}`).join(' and ');
  return new CodedError('X500_BAD_FILTER', `{${found}} is not known here: use ${offered}, or \\7b for a brace`);
}
