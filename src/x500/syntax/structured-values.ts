/**
 * Which octets are values of the syntaxes that have a structure of their own: descriptions of the schema, search guides,
 * substring assertions (RFC 4517, 3.3).
 */
import { textOf } from '../matching/name-rules.ts';
import { parseDefinition } from '../schema/definition.ts';

/** `( OID ... )` with its parentheses and quotes in order. */
export function isDescription(value: Uint8Array): boolean {
  const text = textOf(value);
  return text !== undefined && typeof parseDefinition(text) !== 'string';
}

/** `[class #] criteria [# scope]`; an enhanced guide has all three (RFC 4517, 3.3.10 and 3.3.14). */
export function isGuide(value: Uint8Array, enhanced: boolean): boolean {
  const parts = Buffer.from(value).toString('latin1').split('#');
  const scope = enhanced ? parts.pop() : undefined;
  if (enhanced && (parts.length !== 2 || !SCOPE.test(scope ?? ''))) return false;
  if (parts.length > 2 || (parts.length === 2 && !OID.test(parts[0]!))) return false;
  return isCriteria(parts.at(-1)!);
}

const SCOPE = /^ *(?:baseobject|oneLevel|wholeSubtree|subordinateEntries) *$/i;
const OID = /^ *(?:[a-zA-Z][a-zA-Z0-9-]*|[0-9]+(?:\.[0-9]+)+) *$/;
const TERM = /^!*(?:\?(?:true|false)|(?:[a-zA-Z][a-zA-Z0-9-]*|[0-9]+(?:\.[0-9]+)+)\$(?:EQ|SUBSTR|GE|LE|APPROX))/i;
const MAX_DEPTH = 32;

/** Terms joined by `&` and `|`, with parentheses; which binds closer does not matter for whether it is one. */
function isCriteria(text: string): boolean {
  const rest = afterCriteria(text, 0);
  return rest === '';
}

function afterCriteria(text: string, depth: number): string | undefined {
  let rest = afterTerm(text, depth);
  while (rest !== undefined && /^[&|]/.test(rest)) rest = afterTerm(rest.slice(1), depth);
  return rest;
}

function afterTerm(text: string, depth: number): string | undefined {
  const opened = /^!*\(/.exec(text);
  if (opened === null) {
    const term = TERM.exec(text);
    return term === null ? undefined : text.slice(term[0].length);
  }
  if (depth === MAX_DEPTH) return undefined;
  const rest = afterCriteria(text.slice(opened[0].length), depth + 1);
  return rest?.startsWith(')') === true ? rest.slice(1) : undefined;
}

/** At least one `*`, with `\2A` and `\5C` as the only escapes (RFC 4517, 3.3.30). */
export function isSubstringAssertion(value: Uint8Array): boolean {
  const text = textOf(value);
  return (
    text !== undefined &&
    /^(?:[^*\\]|\\2A|\\5C)*(?:\*(?:[^*\\]|\\2A|\\5C)+)*\*(?:[^*\\]|\\2A|\\5C)*$/i.test(text) &&
    text !== '*'
  );
}
