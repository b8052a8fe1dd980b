/**
 * Definition is one description of RFC 4512, 4.1, taken apart: `( OID NAME 'a' SUP b MUST ( c $ d ) X-ORIGIN 'e' )`.
 *
 * Read as OpenLDAP reads it, which is as people write it: fields in any order, an OID by a macro, a name without its
 * quotes. What the fields mean is for the reader of the kind.
 */

/** A field's value: a flag has none, a list has any number. */
export interface DefinitionField {
  readonly keyword: string;
  readonly values: readonly string[];
}

export interface Definition {
  readonly oid: string;
  readonly fields: readonly DefinitionField[];
}

const MAX_LENGTH = 64 * 1024;
const MAX_TOKENS = 8192;

/** Blank, a parenthesis, a dollar, a quoted text, or a word. */
const TOKEN = /\s*(?:([()$])|'([^']*)'|([^\s()$']+))/y;

interface Token {
  readonly kind: '(' | ')' | '$' | 'quoted' | 'word';
  readonly text: string;
}

/** Keywords that stand alone. */
const FLAGS = new Set([
  'OBSOLETE',
  'SINGLE-VALUE',
  'COLLECTIVE',
  'NO-USER-MODIFICATION',
  'ABSTRACT',
  'STRUCTURAL',
  'AUXILIARY',
]);

/** Takes a description apart; a text that is none gives a message that says where it stops being one. */
export function parseDefinition(text: string): Definition | string {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const tokens = tokenize(text);
  if (typeof tokens === 'string') return tokens;
  if (tokens[0]?.kind !== '(') return 'does not begin with (';
  const oid = tokens[1];
  if (oid === undefined || (oid.kind !== 'word' && oid.kind !== 'quoted'))
    return 'has no object identifier after its (';
  const fields: DefinitionField[] = [];
  const seen = new Set<string>();
  let at = 2;
  for (;;) {
    const token = tokens[at];
    if (token === undefined) return 'has no ) at its end';
    at += 1;
    if (token.kind === ')') break;
    if (token.kind !== 'word') return `has ${shown(token)} where a keyword should be`;
    const keyword = token.text.toUpperCase();
    if (seen.has(keyword)) return `has ${keyword} twice`;
    seen.add(keyword);
    if (FLAGS.has(keyword)) {
      fields.push({ keyword, values: [] });
      continue;
    }
    const list = readValues(tokens, at);
    if (typeof list === 'string') return `${list} after ${keyword}`;
    fields.push({ keyword, values: list.values });
    at = list.next;
  }
  return at === tokens.length ? { oid: oid.text, fields } : `has ${shown(tokens[at]!)} after its )`;
}

function tokenize(text: string): Token[] | string {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return `has a quote that does not end: ${text.slice(from, from + 40).trim()}`;
    const [, sign, quoted, word] = match;
    if (sign !== undefined) tokens.push({ kind: sign as '(' | ')' | '$', text: sign });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unquote(quoted) });
    else tokens.push({ kind: 'word', text: word! });
    if (tokens.length > MAX_TOKENS) return `has more than ${MAX_TOKENS} words`;
  }
  return tokens;
}

function readValues(
  tokens: readonly Token[],
  start: number,
): { readonly values: string[]; readonly next: number } | string {
  const first = tokens[start];
  if (first === undefined || first.kind === ')' || first.kind === '$') return 'has nothing';
  if (first.kind !== '(') return { values: [first.text], next: start + 1 };
  const values: string[] = [];
  for (let at = start + 1; ; at += 1) {
    const token = tokens[at];
    if (token === undefined) return 'has a list without )';
    if (token.kind === ')') return { values, next: at + 1 };
    if (token.kind === '(') return 'has a list within a list';
    if (token.kind !== '$') values.push(token.text);
  }
}

function shown(token: Token): string {
  return token.kind === 'quoted' ? `'${token.text}'` : token.text;
}

/** Undoes the two escapes of a quoted text (RFC 4512, 4.1: `\27` and `\5C`); another backslash is one, as people write it. */
function unquote(text: string): string {
  return text.replace(/\\27|\\5C/gi, (code) => (code === '\\27' ? "'" : '\\'));
}

/** A quoted text as it is written into a description. */
export function quote(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => (character === "'" ? '\\27' : '\\5C'))}'`;
}
