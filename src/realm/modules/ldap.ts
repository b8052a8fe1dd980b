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
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import type { DirectoryClient, DirectoryEntry, DirectoryServer } from './ldap-directory-client.ts';
import { nameInDn, readGroups } from './ldap-groups.ts';
import type { LdapOptions } from './ldap-options.ts';
import { type TypedLogin, typedLogin } from './typed-login.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export interface LdapModuleSettings {
  /** The login domain. */
  readonly domain: string;
  readonly options: LdapOptions;
  readonly client: DirectoryClient;
}

/** Makes the definition of an `ldap` module; it owns the client from `start` to `close`. */
export function ldapModule({ domain, options, client }: LdapModuleSettings): LoginModuleDefinition {
  return {
    use: 'ldap',
    domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, domain, (asked) => verify(options, client, asked)),
    start: () => client.start(),
    close: () => client.close(),
  };
}

async function verify(
  options: LdapOptions,
  client: DirectoryClient,
  { handler, signal }: LoginModuleContext,
): Promise<Verified | LoginFailure> {
  const typed = await typedLogin(handler);
  if (typed.kind === 'failure') return typed;
  const unavailable: string[] = [];
  for (const server of client.servers()) {
    const verdict = await askServer(server, options, typed, signal);
    if (verdict.kind === 'verified' || verdict.reason !== 'unavailable') return verdict;
    unavailable.push(`${server.url}: ${verdict.detail}`);
    if (signal.aborted) break;
  }
  return loginFailure('unavailable', unavailable.join('; '));
}

async function askServer(
  server: DirectoryServer,
  options: LdapOptions,
  typed: TypedLogin,
  signal: AbortSignal,
): Promise<Verified | LoginFailure> {
  const user = await findUser(server, options, typed.name, signal);
  if (user.kind === 'failure') return user;
  const bind = await server.verifyBind(user.entry.dn, typed.password, signal);
  if (bind.kind !== 'verified') return loginFailure(bind.kind, bind.detail);
  const membership = await readGroups(server, options, user.entry, user.name, signal);
  if (membership.kind === 'unavailable') return loginFailure('unavailable', membership.detail);
  return {
    kind: 'verified',
    name: user.name,
    principals: [{ type: 'user', name: user.name }, ...membership.groups],
  };
}

interface FoundUser {
  readonly kind: 'user';
  readonly entry: DirectoryEntry;
  /** The canonical name. */
  readonly name: string;
}

async function findUser(
  server: DirectoryServer,
  options: LdapOptions,
  typed: string,
  signal: AbortSignal,
): Promise<FoundUser | LoginFailure> {
  const answer = await server.search(
    {
      base: options.userBase,
      scope: options.userScope,
      filter: fillFilter(options.userFilter, new Map([['name', typed]])),
      attributes: [options.nameAttribute, ...(options.memberOf ? ['memberOf'] : [])],
      // Two are enough to know that the name is not one user's.
      sizeLimit: 2,
    },
    signal,
  );
  if (answer.kind === 'unavailable') return loginFailure('unavailable', answer.detail);
  if (answer.kind === 'no-base') return loginFailure('unknown-user', 'userBase does not exist or may not be read');
  const [entry, another] = answer.entries;
  if (another !== undefined) return loginFailure('unknown-user', 'several entries match userFilter; none was tried');
  if (!answer.complete) return loginFailure('unavailable', 'the server did not finish the search for the user');
  if (entry === undefined) return loginFailure('unknown-user', 'no entry matches userFilter');
  if (!entry.dn.includes('=')) return loginFailure('unavailable', 'the server returned an entry without a name');
  const name = canonicalName(entry, options.nameAttribute);
  if (name === undefined) {
    return loginFailure('unknown-user', `the entry does not have one ${options.nameAttribute} to be called by`);
  }
  return { kind: 'user', entry, name };
}

/** The single value of the name attribute, or of several the one that is in the DN: the same whatever alias was typed. */
function canonicalName(entry: DirectoryEntry, attribute: string): string | undefined {
  const values = entry.attributes.get(attribute.toLowerCase()) ?? [];
  const name = values.length > 1 ? nameInDn(entry.dn, attribute) : values[0];
  // A control character in a name could end a line or a header of whoever is told it.
  return name === undefined || name.trim() === '' || /\p{Cc}/u.test(name) ? undefined : name;
}
