/**
 * OwnDirectory is the directory of this server, when its configuration has one: the journal store in the data folder, the
 * schema with what the site adds, and the tree that an empty directory begins with.
 */
import { AccessPolicy, makeSubject, wrapPrincipals } from '../access/index.ts';
import { type ContentPort, plantFirstTree } from '../admin/index.ts';
import { formatKeyPath } from '../config/index.ts';
import {
  type AccountPrincipal,
  builtInBlocklist,
  type Directory,
  type DirectoryConfiguration,
  type DirectoryRules,
  importEntries,
  loadBlocklist,
  DirectoryAccounts as OfDirectory,
  openDirectory,
  type RolePort,
} from '../directory/index.ts';
import type { KeyDerivation } from '../password/index.ts';
import type { DirectoryAccounts } from '../realm/index.ts';
import { type JournalStore, type ObjectWrite, openJournalStore } from '../store/index.ts';
import type { Schema } from '../x500/index.ts';
import type { Configuration } from './configuration.ts';
import { accessConfiguration } from './guarded-services.ts';
import type { Machine } from './installation.ts';
import { directoryFindings } from './lint-directory.ts';
import { readSchema } from './read-schema.ts';

export interface OwnDirectory {
  /** The one that serves now: an import puts another in its place. */
  readonly current: Directory;
  /** What `use: directory` asks. */
  readonly accounts: DirectoryAccounts;
  readonly content: ContentPort;
  /** The point of the journal up to which everything is seen. */
  readonly position: { readonly generation: string; readonly head: number };
  /** Calls `listener` after everything that becomes durable; without writes when the whole content was replaced. */
  onCommitted(listener: (writes: readonly ObjectWrite[] | undefined) => void): () => void;
  /** Takes over what may change without a restart. @throws CodedError DIRECTORY_CONFIGURATION, DIRECTORY_BLOCKLIST */
  adopt(configuration: Configuration): Promise<void>;
  close(): Promise<void>;
}

export interface OwnDirectoryPorts extends Machine {
  readonly folder: string;
  readonly passwords: KeyDerivation;
}

/** Undefined when the configuration has no `directory`. @throws CodedError CONFIGURATION_SCHEMA, STORE_CORRUPT and others of the store */
export async function openOwnDirectory(
  configuration: Configuration,
  ports: OwnDirectoryPorts,
): Promise<OwnDirectory | undefined> {
  const options = configuration.directory;
  if (options === undefined) return undefined;
  const { random, logger, folder } = ports;
  const schema = await readSchema(options, ports);
  const store = await openJournalStore({ folder, random, isCheckedLater: true });
  try {
    const own = new SwappableDirectory(ports, store, schema, await rulesOf(configuration, options));
    await own.open();
    if (await plantFirstTree(own.current, own.content)) {
      logger.info('the directory was empty and has its first tree now; add people with `realmgate user add`', {
        suffix: own.current.namingContexts[0] ?? '',
      });
    }
    return own;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class SwappableDirectory implements OwnDirectory {
  readonly #ports: OwnDirectoryPorts;
  readonly #store: JournalStore;
  readonly #schema: Schema;
  readonly #listeners = new Set<(writes: readonly ObjectWrite[] | undefined) => void>();
  #rules: DirectoryRules;
  #current: Directory | undefined;

  constructor(ports: OwnDirectoryPorts, store: JournalStore, schema: Schema, rules: DirectoryRules) {
    this.#ports = ports;
    this.#store = store;
    this.#schema = schema;
    this.#rules = rules;
  }

  get current(): Directory {
    if (this.#current === undefined) throw new Error('the directory is not open');
    return this.#current;
  }

  get position(): { readonly generation: string; readonly head: number } {
    return { generation: this.#store.generation, head: this.#store.head() };
  }

  readonly accounts: DirectoryAccounts = {
    verify: (name, password, request) => this.#accounts.verify(name, password, request),
    costlySample: () => this.#accounts.costlySample(),
    knownGroups: () => this.#accounts.knownGroups(),
  };

  readonly content: ContentPort = {
    replace: async (entries, options) => {
      const { clock, random, passwords: keys } = this.#ports;
      const { configuration } = this.#rules;
      const store = this.#store;
      const report = await importEntries(entries, {
        store,
        schema: this.#schema,
        configuration,
        keys,
        clock,
        random,
        ...options,
      });
      if (report.outcome === 'replaced') await this.open();
      return report;
    },
  };

  /** Loads what the store holds, and serves it from then on. */
  async open(): Promise<void> {
    const before = this.#current;
    const next = await openDirectory({
      ...this.#ports,
      ...this.#rules,
      store: this.#store,
      schema: this.#schema,
      keys: this.#ports.passwords,
    });
    next.onCommitted((writes) => this.#tell(writes));
    this.#current = next;
    await before?.close();
    if (before !== undefined) this.#tell(undefined);
  }

  onCommitted(listener: (writes: readonly ObjectWrite[] | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async adopt(configuration: Configuration): Promise<void> {
    if (configuration.directory === undefined) return;
    for (const { keys, message } of directoryFindings(configuration.directory, this.#schema)) {
      this.#ports.logger.warn('configuration', { problem: `${formatKeyPath(keys)}: ${message}` });
    }
    const rules = await rulesOf(configuration, configuration.directory);
    this.current.adopt(rules);
    this.#rules = rules;
  }

  async close(): Promise<void> {
    await this.#current?.close();
    await this.#store.close();
  }

  get #accounts(): DirectoryAccounts {
    const { view, logins, verifiers } = this.current;
    const { clock } = this.#ports;
    return new OfDirectory({ schema: this.#schema, view, logins, verifiers, now: () => clock.now() });
  }

  #tell(writes: readonly ObjectWrite[] | undefined): void {
    for (const listener of this.#listeners) listener(writes);
  }
}

/** What of the configuration may change while the directory is open. @throws CodedError DIRECTORY_BLOCKLIST */
export async function rulesOf(configuration: Configuration, options: DirectoryConfiguration): Promise<DirectoryRules> {
  const { blocklistFile } = options.passwords;
  return {
    configuration: options,
    blocklist: blocklistFile === undefined ? builtInBlocklist() : await loadBlocklist(blocklistFile),
    roles: rolesOfAccounts(configuration),
  };
}

/** An account of the directory has the roles that it has in a realm that logs it in. */
function rolesOfAccounts(configuration: Configuration): RolePort {
  const { policy } = AccessPolicy.compile(accessConfiguration(configuration));
  const domains = [...configuration.realms].flatMap(([realm, { modules }]) =>
    modules.flatMap((module) =>
      module.use === 'directory' ? { realm, domain: module.domain, wraps: module.wrapPrincipals } : [],
    ),
  );
  const rolesOf = (principals: readonly AccountPrincipal[]) => {
    const name = principals.find(({ type }) => type === 'user')?.name ?? '';
    return domains.flatMap(({ realm, domain, wraps }) => {
      const own = principals.map((principal) => ({ ...principal, domain, module: 'directory' }));
      const wrapped = wraps ? wrapPrincipals(realm, own) : [];
      return policy.rolesOf(makeSubject({ realm, domain, name, principals: own, wrapped }));
    });
  };
  return {
    holds: (role, principals) => rolesOf(principals).includes(role),
    names: (principals) => rolesOf(principals).length > 0,
  };
}
