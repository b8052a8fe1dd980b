/**
 * The one form of a login name that decides whether two are the same (security rule 4): at the lockout and in the audit trail of
 * the realms, and among the names that a directory gives.
 *
 * It folds everything that some login source might fold: case, compatibility forms (full width), invisible characters,
 * accents over a letter and runs of spaces; and a name within a DN is the name. It is deliberately coarser than any source.
 * Compare CVE-2025-6004 (a lockout walked around by spelling).
 */
import { parseDistinguishedName } from '../x500/index.ts';

/** Longest login name, in UTF-16 units, before and after normalization. */
export const LONGEST_LOGIN_NAME = 256;

const PLAIN = /^[a-z0-9][a-z0-9._-]*$/;
/** Control characters, line and paragraph separators, halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const ACCENTS = /[\u0300-\u036f]/g;

/** True for a name that is its own key. */
export function isPlainLoginName(typed: string): boolean {
  return typed.length <= LONGEST_LOGIN_NAME && PLAIN.test(typed);
}

/** What was typed, without what nobody sees; undefined for what can name nobody: empty, too long, or with control characters. */
export function readLoginName(typed: string): string | undefined {
  if (typed.length > LONGEST_LOGIN_NAME || FORBIDDEN.test(typed)) return undefined;
  const text = typed.normalize('NFKC').replace(INVISIBLE, '').trim();
  return text.length === 0 || text.length > LONGEST_LOGIN_NAME ? undefined : text;
}

/** The key of a name without a login domain; undefined for what can name nobody. */
export function loginNameKey(typed: string): string | undefined {
  if (isPlainLoginName(typed)) return typed;
  const text = readLoginName(typed);
  if (text === undefined) return undefined;
  const key = foldLoginName(nameInDn(text) ?? text);
  return key.length === 0 ? undefined : key;
}

/**
 * Case is folded down, up and down again: upper case joins the dotless i, the long s and the sharp s with the letters
 * they stand for; a final sigma is an ordinary one.
 */
export function foldLoginName(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replaceAll('\u03c2', '\u03c3')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `uid=alice,ou=People,...` names alice. */
function nameInDn(text: string): string | undefined {
  if (!text.includes('=')) return undefined;
  const value = parseDistinguishedName(text)?.rdns[0]?.[0]?.value;
  return typeof value === 'string' && value.trim().length > 0 ? value : undefined;
}
