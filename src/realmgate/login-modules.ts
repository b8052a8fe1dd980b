/**
 * The table of login modules: which factory makes what stands after `use:` in a realm. By hand and in one place, so
 * that what a configuration can name is seen at a glance.
 */
import { type Clock, CodedError, type Logger, unreachable } from '../base/index.ts';
import { createDirectoryClient } from '../ldap/index.ts';
import type { KeyDerivation } from '../password/index.ts';
import {
  certificateModule,
  type DirectoryAccounts,
  directoryModule,
  groupsModule,
  htpasswdModule,
  httpHeaderModule,
  LockoutLedger,
  type LoginModuleDefinition,
  ldapModule,
  lockoutModule,
  propertiesModule,
  sqlModule,
  storedLockouts,
  totpModule,
  type UsedCodes,
} from '../realm/index.ts';
import type { Store } from '../store/index.ts';
import { createSqlSource } from '../system/index.ts';
import type { Configuration } from './configuration.ts';

export type ModuleOptions = (Configuration['realms'] extends ReadonlyMap<string, infer R>
  ? R
  : never)['modules'][number];

export interface ModulePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwords: KeyDerivation;
  readonly store: Store;
  readonly usedCodes: UsedCodes;
  /** The failure counts of each realm; they outlive the configuration. */
  readonly lockouts: Map<string, LockoutLedger>;
  /** The people of this server's own directory, when it has one. */
  readonly accounts: DirectoryAccounts | undefined;
}

/** Makes a module of a realm; does no I/O. @throws CodedError CONFIGURATION_MODULE for one that needs what is not configured. */
export function buildModule(realm: string, options: ModuleOptions, ports: ModulePorts): LoginModuleDefinition {
  switch (options.use) {
    case 'lockout':
      return lockoutModule(lockoutLedger(realm, options, ports));
    case 'htpasswd':
      return htpasswdModule(options, ports);
    case 'properties':
      return propertiesModule(options, ports);
    case 'groups':
      return groupsModule(options, ports);
    case 'certificate':
      return certificateModule(options, ports);
    case 'http-header':
      return httpHeaderModule(options, ports);
    case 'totp':
      return totpModule(options, ports);
    case 'ldap':
      return ldapModule({ domain: options.domain, options, client: createDirectoryClient(options, ports) });
    case 'sql':
      return sqlModule({ domain: options.domain, options, source: createSqlSource(options, ports) });
    case 'directory':
      if (ports.accounts === undefined) {
        throw new CodedError(
          'CONFIGURATION_MODULE',
          `realm ${realm}: use: directory needs a directory; add \`directory: { suffix: "dc=example,dc=org" }\``,
        );
      }
      return directoryModule({ domain: options.domain, accounts: ports.accounts });
    default:
      return unreachable(options);
  }
}

/** A realm keeps its counts when its limits change. */
function lockoutLedger(
  realm: string,
  policy: ConstructorParameters<typeof LockoutLedger>[0],
  { lockouts, clock, store }: ModulePorts,
): LockoutLedger {
  const known = lockouts.get(realm);
  if (known !== undefined) {
    known.adopt(policy);
    return known;
  }
  const ledger = new LockoutLedger(policy, clock, storedLockouts(store, realm));
  lockouts.set(realm, ledger);
  return ledger;
}
