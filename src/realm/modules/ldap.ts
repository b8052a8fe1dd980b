/**
 * The `ldap` login module: finds the user's entry by a filter, then lets the directory check the password (search and bind).
 *
 * What each answer of the directory means for the login (spec: BonFIRE 4.3, RELIABILITY F28):
 * no entry, or several        unknown-user; of several entries none is ever tried
 * bind refused                wrong-credential, or disabled when the server says that it is the account
 * no answer, or any other     the next URL is asked; unavailable when none is left, never "wrong password"
 *
 * INVARIANT: search, bind and groups of one login are answers of one server, and an empty password or an empty
 * DN never leaves this module: both would be an anonymous bind, which succeeds.
 */
import { fillFilter } from '../../x500/index.ts';
import type {
  FailureReason,
  LoginFailure,
  LoginModule,
  LoginModuleContext,
  LoginModuleDefinition,
  ModulePrincipal,
} from '../login-module.ts';
import type { DirectoryClient, DirectoryEntry, DirectoryServer } from './ldap-directory-client.ts';
import { nameInDn, readGroups } from './ldap-groups.ts';
import type { LdapOptions } from './ldap-options.ts';
import { setVerifiedUser } from './shared-state.ts';
import { type TypedLogin, typedLogin } from './typed-login.ts';

export interface LdapModuleSettings {
  /** The login domain. */
  readonly domain: string;
  readonly options: LdapOptions;
  readonly client: DirectoryClient;
}

/** Makes the definition of an `ldap` module; it owns the client from `start` to `close`. */
export function ldapModule(settings: LdapModuleSettings): LoginModuleDefinition {
  return {
    use: 'ldap',
    domain: settings.domain,
    verifies: true,
    create: (context) => new LdapLoginModule(settings, context),
    start: () => settings.client.start(),
    close: () => settings.client.close(),
  };
}

interface Verified {
  readonly kind: 'verified';
  readonly name: string;
  readonly groups: readonly ModulePrincipal[];
}

class LdapLoginModule implements LoginModule {
  readonly #settings: LdapModuleSettings;
  readonly #context: LoginModuleContext;
  #verified: Verified | undefined;

  constructor(settings: LdapModuleSettings, context: LoginModuleContext) {
    this.#settings = settings;
    this.#context = context;
  }

  async login(): Promise<'success' | LoginFailure> {
    const typed = await typedLogin(this.#context.handler);
    if (typed.kind === 'failure') return typed;
    const unavailable: string[] = [];
    for (const server of this.#settings.client.servers()) {
      const verdict = await this.#ask(server, typed);
      if (verdict.kind === 'verified') {
        this.#verified = verdict;
        setVerifiedUser(this.#context.shared, { name: verdict.name, domain: this.#settings.domain });
        return 'success';
      }
      if (verdict.reason !== 'unavailable') return verdict;
      unavailable.push(`${server.url}: ${verdict.detail}`);
      if (this.#context.signal.aborted) break;
    }
    return failure('unavailable', unavailable.join('; '));
  }

  commit(): 'success' | 'ignored' {
    return this.#verified === undefined ? 'ignored' : 'success';
  }

  abort(): 'success' | 'ignored' {
    return this.#forget();
  }

  logout(): 'success' | 'ignored' {
    return this.#forget();
  }

  principals(): readonly ModulePrincipal[] {
    if (this.#verified === undefined) return [];
    return [{ type: 'user', name: this.#verified.name }, ...this.#verified.groups];
  }

  verifiedUser(): string | undefined {
    return this.#verified?.name;
  }

  #forget(): 'success' | 'ignored' {
    const had = this.#verified !== undefined;
    this.#verified = undefined;
    return had ? 'success' : 'ignored';
  }

  async #ask(server: DirectoryServer, typed: TypedLogin): Promise<Verified | LoginFailure> {
    const { options } = this.#settings;
    const { signal } = this.#context;
    const found = await this.#find(server, typed.name, signal);
    if (found.kind === 'failure') return found;
    const bind = await server.verifyBind(found.entry.dn, typed.password, signal);
    if (bind.kind !== 'verified') return failure(bind.kind, bind.detail);
    const membership = await readGroups(server, options, found.entry, found.name, signal);
    if (membership.kind === 'unavailable') return failure('unavailable', membership.detail);
    return { kind: 'verified', name: found.name, groups: membership.groups };
  }

  async #find(
    server: DirectoryServer,
    name: string,
    signal: AbortSignal,
  ): Promise<{ kind: 'entry'; entry: DirectoryEntry; name: string } | LoginFailure> {
    const { options } = this.#settings;
    const answer = await server.search(
      {
        base: options.userBase,
        scope: options.userScope,
        filter: fillFilter(options.userFilter, new Map([['name', name]])),
        attributes: [options.nameAttribute, ...(options.memberOf ? ['memberOf'] : [])],
        // Two are enough to know that the name is not one user's.
        sizeLimit: 2,
      },
      signal,
    );
    if (answer.kind === 'unavailable') return failure('unavailable', answer.detail);
    if (answer.kind === 'no-base') return failure('unknown-user', 'userBase does not exist or may not be read');
    const [entry, another] = answer.entries;
    if (another !== undefined) return failure('unknown-user', 'several entries match userFilter; none was tried');
    if (!answer.complete) return failure('unavailable', 'the server did not finish the search for the user');
    if (entry === undefined) return failure('unknown-user', 'no entry matches userFilter');
    if (!entry.dn.includes('=')) return failure('unavailable', 'the server returned an entry without a name');
    const canonical = canonicalName(entry, options.nameAttribute);
    if (canonical === undefined) {
      return failure('unknown-user', `the entry does not have one ${options.nameAttribute} to be called by`);
    }
    return { kind: 'entry', entry, name: canonical };
  }
}

/** The single value of the name attribute, or of several the one that is in the DN: the same whatever alias was typed. */
function canonicalName(entry: DirectoryEntry, attribute: string): string | undefined {
  const values = entry.attributes.get(attribute.toLowerCase()) ?? [];
  const name = values.length > 1 ? nameInDn(entry.dn, attribute) : values[0];
  return name === undefined || name.trim() === '' ? undefined : name;
}

function failure(reason: FailureReason, detail: string): LoginFailure {
  return { kind: 'failure', reason, detail };
}
