/** The LDAP listeners of this server: what each needs from the disk, and the realm that its binds count for. */
import { hostname } from 'node:os';
import { CodedError } from '../base/index.ts';
import {
  type BindRealm,
  type LdapDoorOptions,
  type LdapListenOptions,
  type LdapTls,
  openOwnCertificate,
} from '../ldap/index.ts';
import type { LockoutLedger } from '../realm/index.ts';
import type { Configuration } from './configuration.ts';
import type { Machine } from './installation.ts';
import { readTls } from './tls-files.ts';

export interface LdapListener {
  readonly scheme: 'ldap' | 'ldaps';
  readonly listen: LdapListenOptions;
  readonly options: LdapDoorOptions;
  /** The realm that its binds are to count for, when the configuration names one. */
  readonly realm: string | undefined;
}

interface ListenerPorts extends Machine {
  readonly keyFolder: string;
  readonly version: string;
}

type LdapSection = NonNullable<Configuration['listen']['ldap']> | NonNullable<Configuration['listen']['ldaps']>;

/**
 * The listeners of the configuration with their certificates: the section's own, that of `ldaps` for StartTLS, or one that
 * the server makes itself. @throws CodedError CONFIGURATION_TLS_FILE, CONFIGURATION_LISTEN
 */
export async function ldapListeners(
  { listen, directory, realms }: Configuration,
  ports: ListenerPorts,
): Promise<readonly LdapListener[]> {
  const { ldap, ldaps } = listen;
  if (ldap === undefined && ldaps === undefined) return [];
  if (directory === undefined) {
    throw new CodedError(
      'CONFIGURATION_LISTEN',
      'listen.ldap and listen.ldaps serve the directory; add `directory: { suffix: "dc=example,dc=org" }`',
    );
  }
  const own = ldaps?.tls ?? ldap?.tls;
  const shared = own === undefined ? ownCertificate(ports) : undefined;
  const listeners: LdapListener[] = [];
  for (const [scheme, section] of [
    ['ldap', ldap],
    ['ldaps', ldaps],
  ] as const) {
    if (section === undefined) continue;
    if (section.realm !== undefined && !realms.has(section.realm)) {
      throw new CodedError('CONFIGURATION_LISTEN', `listen.${scheme}.realm: there is no realm ${section.realm}`);
    }
    const files = section.tls ?? own;
    const tls = files === undefined ? shared : await readTls(`listen.${scheme}.tls`, files);
    listeners.push({
      scheme,
      listen: listenOptions(section),
      options: doorOptions(scheme, section, tls, ports.version),
      realm: section.realm,
    });
  }
  return listeners;
}

/** What the binds of a listener count for: the realm it names, else the first with the directory among its modules. */
export function bindRealm(
  { realms }: Configuration,
  named: string | undefined,
  lockouts: ReadonlyMap<string, LockoutLedger>,
): BindRealm {
  for (const [name, { modules }] of realms) {
    const module = modules.find(({ use }) => use === 'directory');
    if (named === undefined ? module === undefined : name !== named) continue;
    const locks = modules.some(({ use }) => use === 'lockout');
    const domain = module !== undefined && 'domain' in module ? (module.domain ?? name) : name;
    return { name, domain, lockout: locks ? lockouts.get(name) : undefined };
  }
  return { name: 'directory', domain: 'directory', lockout: undefined };
}

function listenOptions({ address }: LdapSection): LdapListenOptions {
  return { host: address.host, port: address.port };
}

function doorOptions(
  scheme: 'ldap' | 'ldaps',
  section: LdapSection,
  tls: LdapTls | undefined,
  version: string,
): LdapDoorOptions {
  const { certificateMap, idle, connectionsPerAddress } = section;
  const requireTls = 'requireTls' in section && section.requireTls;
  return { scheme, tls, version, requireTls, certificateMap, idle, connectionsPerAddress };
}

function ownCertificate({ keyFolder, clock, random, logger }: ListenerPorts): LdapTls {
  const names: [string, ...string[]] = [hostname(), 'localhost', '127.0.0.1', '::1'];
  const { tls, fingerprint, file, isNew } = openOwnCertificate({ folder: keyFolder, names, now: clock.now(), random });
  const said = isNew ? 'made a certificate for LDAP; clients trust it by this file' : 'LDAP uses its own certificate';
  logger.info(said, { file, fingerprint });
  return tls;
}
