/**
 * LoginName is the one canonical form of what a person typed as a name, with the ways of writing a login domain folded
 * too (security rule 4). How the name itself is folded is in src/access/login-name-key.ts.
 *
 * It decides nothing about who somebody is; that is what the verifying source says (`Subject.name`).
 */
import { foldLoginName, isPlainLoginName, loginNameKey, readLoginName } from '../access/index.ts';

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

/** The spellings of the login domains of a realm, looked up without regard to case. */
export class LoginNames {
  readonly #domains = new Map<string, string>();

  constructor(domains: readonly DomainSpelling[]) {
    for (const { name, dns } of domains) {
      this.#domains.set(foldLoginName(name), name);
      if (dns !== undefined) this.#domains.set(foldLoginName(dns), name);
    }
  }

  /** Undefined for what can name nobody: empty, too long, or with control characters. */
  canonical(typed: string): LoginName | undefined {
    if (isPlainLoginName(typed)) return { key: typed, user: typed };
    const text = readLoginName(typed);
    if (text === undefined) return undefined;
    const qualified = this.#qualified(text);
    const key = qualified === undefined ? loginNameKey(text) : foldLoginName(qualified.user);
    if (key === undefined || key.length === 0) return undefined;
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
    const domain = this.#domains.get(foldLoginName(spelling));
    const rest = user.trim();
    return domain === undefined || rest.length === 0 ? undefined : { domain, user: rest };
  }
}

/** The canonical form of a login name where the login domains are `domains`; undefined when it can name nobody. */
export function canonicalLoginName(typed: string, domains: readonly DomainSpelling[] = []): LoginName | undefined {
  return new LoginNames(domains).canonical(typed);
}
