/**
 * LintConfiguration says what a configuration asks for that this version does not do, and what its parts make of each
 * other that hardly is meant. `check` prints it and `serve` logs it: a key that is taken and does nothing is a trap.
 */
import type { KeyPath } from '../config/index.ts';
import type { Configuration } from './configuration.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly keys: KeyPath;
  readonly message: string;
}

export function lintConfiguration(configuration: Configuration): readonly Finding[] {
  return [
    ...lacking(configuration),
    ...unreachable(configuration),
    ...powerless(configuration),
    ...clear(configuration),
    ...binds(configuration),
    ...unknownRoles(configuration),
  ];
}

const warning = (keys: KeyPath, message: string): Finding => ({ severity: 'warning', keys, message });

/** What the schema allows and cannot be served. */
function* lacking({ store, listen, directory, realms }: Configuration): Iterable<Finding> {
  if (store !== 'sqlite') {
    const message = `${store} is not known, and serving is refused: this version keeps its records in sqlite`;
    yield { severity: 'error', keys: ['store'], message };
  }
  if (directory !== undefined) return;
  const wanted = 'needs a directory: add `directory: { suffix: "dc=example,dc=org" }`';
  for (const door of ['ldap', 'ldaps'] as const) {
    if (listen[door] !== undefined) yield { severity: 'error', keys: ['listen', door], message: wanted };
  }
  for (const [name, { modules }] of realms) {
    for (const [index, { use }] of modules.entries()) {
      if (use === 'directory') {
        yield { severity: 'error', keys: ['realms', name, 'modules', index, 'use'], message: wanted };
      }
    }
  }
}

/** Services that nobody can ask for. */
function* unreachable({ listen, services, trustedProxies }: Configuration): Iterable<Finding> {
  if (services.size > 0 && listen.web === undefined) {
    yield warning(['services'], 'nobody reaches them: set listen.web');
    return;
  }
  for (const [name, { upstream }] of services) {
    if (upstream !== undefined || trustedProxies.length > 0) continue;
    const message = 'nobody reaches it: set its upstream, or name the front proxy that asks about it in trustedProxies';
    yield warning(['services', name], message);
  }
}

/** Login modules that can let nobody in. */
function* powerless({ listen, realms, trustedProxies }: Configuration): Iterable<Finding> {
  for (const [name, { modules }] of realms) {
    for (const [index, { use }] of modules.entries()) {
      const keys = ['realms', name, 'modules', index, 'use'];
      if (use === 'http-header' && trustedProxies.length === 0) {
        yield warning(keys, 'lets nobody in: name the proxy that sends the header in trustedProxies');
      }
      if (use === 'certificate' && listen.web?.tls?.clientCaFile === undefined) {
        yield warning(keys, 'lets nobody in: set listen.web.tls.clientCaFile');
      }
    }
  }
}

/** Passwords and cookies on their way. */
function* clear({ listen: { web }, services, trustedProxies }: Configuration): Iterable<Finding> {
  if (web === undefined) return;
  const { protocol, hostname } = new URL(web.publicUrl);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    const message = 'passwords and cookies travel in clear: make it https, by listen.web.tls or a front proxy';
    yield warning(['listen', 'web', 'publicUrl'], message);
  }
  if (protocol === 'https:' && web.tls === undefined && trustedProxies.length === 0) {
    const message = 'only a front proxy can serve https here, and none is trusted: name it in trustedProxies';
    yield warning(['listen', 'web', 'publicUrl'], message);
  }
  for (const [name, { url }] of services) {
    if (url === undefined || new URL(url).protocol === protocol) continue;
    const message = `no session is kept there: it must begin with ${protocol}// as listen.web.publicUrl does`;
    yield warning(['services', name, 'url'], message);
  }
}

/** LDAP: passwords on their way, and the realm that binds count for. */
function* binds({ listen, realms }: Configuration): Iterable<Finding> {
  const { ldap } = listen;
  if (ldap !== undefined && !ldap.requireTls && !isLoopback(hostOf(ldap.address))) {
    const message = 'clients may send passwords in clear: set requireTls, so that they have to use StartTLS';
    yield warning(['listen', 'ldap', 'address'], message);
  }
  for (const door of ['ldap', 'ldaps'] as const) {
    const name = listen[door]?.realm;
    if (name === undefined) continue;
    const keys = ['listen', door, 'realm'];
    const realm = realms.get(name);
    if (realm === undefined) yield { severity: 'error', keys, message: `there is no realm ${name}` };
    else if (!realm.modules.some(({ use }) => use === 'directory')) {
      yield warning(keys, `realm ${name} does not ask the directory, which is what binds are answered from`);
    }
  }
}

/** Roles that the directory gives something to, and that nobody can have. */
function* unknownRoles({ directory, realms, roles }: Configuration): Iterable<Finding> {
  if (directory === undefined) return;
  const hasRealm = [...realms.values()].some(({ modules }) => modules.some(({ use }) => use === 'directory'));
  const { administrators = [], rules } = directory.access;
  const named = [
    ...administrators.map((who, index) => ({ who, keys: ['administrators', index] })),
    ...rules.flatMap(({ who }, rule) => who.map((each, index) => ({ who: each, keys: ['rules', rule, 'who', index] }))),
  ];
  for (const { who, keys } of named) {
    if (who.kind !== 'role' || (hasRealm && roles.has(who.role))) continue;
    const message = roles.has(who.role)
      ? 'nobody has it: accounts have roles by a realm with `use: directory`, and there is none'
      : `there is no role ${who.role}: nobody has it`;
    yield warning(['directory', 'access', ...keys, 'role'], message);
  }
}

function hostOf({ host }: { readonly host: string | undefined }): string {
  return host === undefined ? '' : host.includes(':') ? `[${host}]` : host;
}

function isLoopback(hostname: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.*\.)?localhost)$/.test(hostname);
}
