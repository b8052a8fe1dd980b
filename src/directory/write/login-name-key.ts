/**
 * The one form of a login name that decides whether two are the same (security rule 4): case, compatibility forms, invisible
 * characters, accents over a letter and runs of spaces are folded, and a name within a DN is the name.
 *
 * It is what the realms go by (src/realm/login-name.ts, which also knows login domains); a test holds the two together.
 */
import { parseDistinguishedName } from '../../x500/index.ts';

/** In UTF-16 units, before and after normalization. */
const LONGEST = 256;
const PLAIN = /^[a-z0-9][a-z0-9._-]*$/;
/** Control characters, line and paragraph separators, halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const ACCENTS = /[\u0300-\u036f]/g;

/** Undefined for what can name nobody: empty, too long, or with control characters. */
export function loginNameKey(name: string): string | undefined {
  if (name.length > LONGEST) return undefined;
  if (PLAIN.test(name)) return name;
  if (FORBIDDEN.test(name)) return undefined;
  const text = name.normalize('NFKC').replace(INVISIBLE, '').trim();
  if (text.length === 0 || text.length > LONGEST) return undefined;
  const key = fold(nameInDn(text) ?? text);
  return key.length === 0 ? undefined : key;
}

/** `uid=alice,ou=People,...` names alice. */
function nameInDn(text: string): string | undefined {
  if (!text.includes('=')) return undefined;
  const value = parseDistinguishedName(text)?.rdns[0]?.[0]?.value;
  return typeof value === 'string' && value.trim().length > 0 ? value : undefined;
}

/**
 * Case is folded down, up and down again: upper case joins the dotless i, the long s and the sharp s with the letters
 * they stand for; a final sigma is an ordinary one.
 */
function fold(text: string): string {
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
