/**
 * LoginName is the one canonical form of what a person typed as a name (security rule 4).
 *
 * The key folds everything that some login source might fold: case, compatibility forms (full width), invisible
 * characters, accents over a letter, runs of spaces, and the ways of writing a login domain. It is deliberately
 * coarser than any source: two spellings that any source takes for one user must share one count at the lockout.
 * It decides nothing about who somebody is; that is what the verifying source says (`Subject.name`).
 * Compare CVE-2025-6004 (a lockout walked around by spelling).
 */
import { parseDistinguishedName } from '../x500/index.ts';

/** A login domain and its other spelling: `SCX\adm` = `adm@scx.example.org`. */
export interface DomainSpelling {
  readonly name: string;
  readonly dns?: string | undefined;
}

export interface LoginName {
  /** What lockout and audit go by; never empty. */
  readonly key: string;
  /** The login domain that was named, as configured. */
  readonly domain?: string;
  /** As typed, without surrounding space and without the domain; what a source of that domain is asked for. */
  readonly user: string;
}

/** Under this key the shared state of a login holds its LoginName; absent when no name was sent. */
export const LOGIN_NAME = 'login-name';

/** Longest login name, in UTF-16 units, before and after normalization. */
export const LONGEST_LOGIN_NAME = 256;

const PLAIN = /^[a-z0-9][a-z0-9._-]*$/;
/** Control characters, line and paragraph separators, halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const ACCENTS = /[\u0300-\u036f]/g;

/** The spellings of the login domains of a realm, looked up without regard to case. */
export class LoginNames {
  readonly #domains = new Map<string, string>();

  constructor(domains: readonly DomainSpelling[]) {
    for (const { name, dns } of domains) {
      this.#domains.set(fold(name), name);
      if (dns !== undefined) this.#domains.set(fold(dns), name);
    }
  }

  /** Undefined for what can name nobody: empty, too long, or with control characters. */
  canonical(typed: string): LoginName | undefined {
    if (typed.length > LONGEST_LOGIN_NAME) return undefined;
    if (PLAIN.test(typed)) return { key: typed, user: typed };
    if (FORBIDDEN.test(typed)) return undefined;
    const text = typed.normalize('NFKC').replace(INVISIBLE, '').trim();
    if (text.length === 0 || text.length > LONGEST_LOGIN_NAME) return undefined;
    const qualified = this.#qualified(text);
    const key = fold(qualified?.user ?? nameInDn(text) ?? text);
    if (key.length === 0) return undefined;
    if (qualified === undefined) return { key, user: typed.trim() };
    return { key, domain: qualified.domain, user: qualified.user };
  }

  /**
   * `DOMAIN\user`, and `user@domain` from the last sign on; only of domains that are configured. Unwrapped until
   * nothing is left to unwrap, because a source may itself take `DOMAIN\user@domain` for the user.
   */
  #qualified(text: string): { readonly domain: string; readonly user: string } | undefined {
    const outer = this.#unwrap(text);
    if (outer === undefined) return undefined;
    let user = outer.user;
    for (let inner = this.#unwrap(user); inner !== undefined; inner = this.#unwrap(user)) user = inner.user;
    return { domain: outer.domain, user };
  }

  #unwrap(text: string): { readonly domain: string; readonly user: string } | undefined {
    const slash = text.indexOf('\\');
    if (slash > 0) return this.#of(text.slice(0, slash), text.slice(slash + 1));
    const at = text.lastIndexOf('@');
    return at > 0 ? this.#of(text.slice(at + 1), text.slice(0, at)) : undefined;
  }

  #of(spelling: string, user: string): { readonly domain: string; readonly user: string } | undefined {
    const domain = this.#domains.get(fold(spelling));
    const rest = user.trim();
    return domain === undefined || rest.length === 0 ? undefined : { domain, user: rest };
  }
}

/** The canonical form of a login name where the login domains are `domains`; undefined when it can name nobody. */
export function canonicalLoginName(typed: string, domains: readonly DomainSpelling[] = []): LoginName | undefined {
  return new LoginNames(domains).canonical(typed);
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
