/**
 * SqlStatement is one query of the configuration with places for the login name.
 *
 * INVARIANT: the name is a bound parameter and never part of the text; a query without a place for it is refused,
 * because it would answer the same for everybody. Read here are only the parts that could hide a second statement
 * or a placeholder that is none; what different databases read differently (comments, backslashes in quotes,
 * dollar quotes) is refused, so that nothing depends on which of them is right.
 */
import { unreachable } from '../../base/index.ts';

export interface SqlStatement {
  /** The text around the places; one more than there are places. */
  readonly pieces: readonly string[];
}

export type ParsedStatement =
  | { readonly kind: 'statement'; readonly statement: SqlStatement }
  | { readonly kind: 'refused'; readonly problem: string };

const LONGEST_STATEMENT = 16_384;

/** What may stand in a statement; the first that fits is taken, and no character is skipped unread. */
const TOKENS = [
  ['kept', /'[^'\\\0]*'|"[^"\0]*"|`[^`\0]*`/uy],
  ['ambiguous', /--|\/\*|\$[A-Za-z_]*\$|[\\\0]/uy],
  ['place', /\$1(?!\d)|\?1(?!\d)|\?(?!\d)|:name\b/uy],
  ['other place', /\$\w+|\?\d+|@[A-Za-z_]\w*/uy],
  // A cast, so that `name::text` is no placeholder.
  ['kept', /::/uy],
  ['other place', /:[A-Za-z_]\w*/uy],
  ['end', /;\s*$/uy],
  ['second statement', /;/uy],
  // Whole words and numbers, so that the `$1` of an identifier `cost$1` is no placeholder.
  ['kept', /[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*/uy],
  ['kept', /[^'"`]/uy],
] as const;

/** Reads a statement; placeholders for the name are `$1`, `?` or `:name`, as often as needed. */
export function parseSqlStatement(text: string): ParsedStatement {
  if (text.length > LONGEST_STATEMENT || !text.isWellFormed()) return refused('is too long or not plain text');
  if (!/^\s*(?:select|with)\b/i.test(text)) return refused('must be one SELECT');
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length; ) {
    const [kind, read] = tokenAt(text, at);
    at += read.length;
    switch (kind) {
      case 'place':
        pieces.push(piece);
        piece = '';
        break;
      case 'end':
        break;
      case 'second statement':
        return refused('must be one statement; there is text after a semicolon');
      case 'ambiguous':
        return refused(
          `must not contain ${JSON.stringify(read)}: databases read comments, backslashes and dollar quotes differently`,
        );
      case 'other place':
        return refused(`has the placeholder ${read}; only the login name is given: write $1, ? or :name`);
      case 'broken':
        return refused('has a quote that is not closed, or a backslash within quotes');
      case 'kept':
        piece += read;
        break;
      default:
        return unreachable(kind);
    }
  }
  if (pieces.length === 0) {
    return refused('has no placeholder for the login name ($1, ? or :name, not within quotes)');
  }
  return { kind: 'statement', statement: { pieces: [...pieces, piece] } };
}

function tokenAt(text: string, at: number): readonly [(typeof TOKENS)[number][0] | 'broken', string] {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [kind, match[0]];
  }
  return ['broken', ''];
}

function refused(problem: string): ParsedStatement {
  return { kind: 'refused', problem };
}
