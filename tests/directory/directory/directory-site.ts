/** A directory in a folder of its own, with the tree of a small lab, and short ways to change and read it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemRandom } from '../../../src/base/index.ts';
import { type Directory, openDirectory } from '../../../src/directory/directory.ts';
import { directoryConfigurationSchema } from '../../../src/directory/directory-configuration.ts';
import {
  type Asker,
  builtInBlocklist,
  type ChangeOptions,
  type DirectoryChange,
  type DirectoryOptions,
  type DirectoryResult,
  decodeEntry,
  type Modification,
  SYSTEM,
  standardSchema,
} from '../../../src/directory/index.ts';
import { createKeyDerivation, type KeyDerivation } from '../../../src/password/index.ts';
import { type JournalStore, openJournalStore } from '../../../src/store/index.ts';
import { type DistinguishedName, parseDistinguishedName, type Schema } from '../../../src/x500/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

export const SUFFIX = 'dc=example,dc=org';

/** Where a site is closed at the end: a test, or the hooks of a suite. */
export interface Ending {
  after(act: () => Promise<void>): void;
}

/** Attributes as a person writes them. */
export type Written = Readonly<Record<string, string | readonly string[]>>;

export interface SiteOptions {
  readonly clock?: ManualClock;
  readonly folder?: string;
  /** Keys of `directory` beside the suffix. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Without the tree of the lab. */
  readonly empty?: boolean;
  /** Passwords that may wait to be hashed. */
  readonly passwordsWaiting?: number;
  /** The folder stays when the site is closed. */
  readonly keep?: boolean;
}

const parsed = standardSchema();
if (parsed.kind !== 'parsed') throw new Error('the standard schema has problems');
export const SCHEMA: Schema = parsed.schema;

export function configurationOf(more: Readonly<Record<string, unknown>> = {}) {
  return directoryConfigurationSchema.parse({ suffix: SUFFIX, ...more });
}

export function optionsOf(
  store: JournalStore,
  clock: ManualClock,
  keys: KeyDerivation,
  configuration: Readonly<Record<string, unknown>> = {},
): DirectoryOptions {
  return {
    store,
    schema: SCHEMA,
    configuration: configurationOf(configuration),
    blocklist: builtInBlocklist(),
    keys,
    clock,
    random: systemRandom,
    logger: silentLogger,
  };
}

export function dn(text: string): DistinguishedName {
  const name = parseDistinguishedName(text);
  if (name === undefined) throw new Error(`not a name: ${text}`);
  return name;
}

/** `uid=alice,ou=People` and the like below the suffix; a name that ends with it as it is. */
export function below(name: string): string {
  return /dc=org$/i.test(name) ? name : `${name},${SUFFIX}`;
}

export function attributesOf(written: Written) {
  return Object.entries(written).map(([attribute, values]) => ({
    attribute,
    values: [values].flat().map((value) => Buffer.from(value)),
  }));
}

export function modification(
  operation: Modification['operation'],
  attribute: string,
  ...values: string[]
): Modification {
  return { operation, attribute, values: values.map((value) => Buffer.from(value)) };
}

export function person(uid: string, more: Written = {}): Written {
  return {
    objectClass: ['inetOrgPerson', 'posixAccount', 'ldapPublicKey'],
    cn: `The ${uid}`,
    sn: uid,
    uidNumber: '1000',
    gidNumber: '100',
    homeDirectory: '/srv/x',
    ...more,
  };
}

export class DirectorySite {
  readonly directory: Directory;
  readonly store: JournalStore;
  readonly folder: string;
  readonly clock: ManualClock;
  readonly #close: () => Promise<void>;

  constructor(parts: Pick<DirectorySite, 'directory' | 'store' | 'folder' | 'clock'>, close: () => Promise<void>) {
    this.directory = parts.directory;
    this.store = parts.store;
    this.folder = parts.folder;
    this.clock = parts.clock;
    this.#close = close;
  }

  static async open(test: Ending, options: SiteOptions = {}): Promise<DirectorySite> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'realmgate-directory-'));
    const clock = options.clock ?? new ManualClock();
    const store = await openJournalStore({ folder, random: systemRandom, isCheckedLater: true });
    const waiting = options.passwordsWaiting === undefined ? {} : { queueLimit: options.passwordsWaiting };
    const keys = createKeyDerivation({ clock, random: systemRandom, ...waiting });
    const directory = await openDirectory(optionsOf(store, clock, keys, options.configuration));
    let open = true;
    const close = async () => {
      if (!open) return;
      open = false;
      await directory.close();
      await store.close();
      await keys.close();
    };
    test.after(async () => {
      await close();
      if (options.keep !== true) rmSync(folder, { recursive: true, force: true });
    });
    const site = new DirectorySite({ directory, store, folder, clock }, close);
    if (options.empty !== true && directory.view.size === 0) await site.plant();
    return site;
  }

  /** The same folder opened again, as after a restart. */
  async reopen(test: Ending, options: SiteOptions = {}): Promise<DirectorySite> {
    await this.close();
    return DirectorySite.open(test, {
      ...options,
      folder: this.folder,
      clock: options.clock ?? this.clock,
      empty: true,
    });
  }

  /** A second directory on the same store, loaded from what is stored now. */
  async twin(): Promise<DirectorySite> {
    const { clock, folder, store } = this;
    const keys = createKeyDerivation({ clock, random: systemRandom });
    const directory = await openDirectory(optionsOf(store, clock, keys));
    return new DirectorySite({ directory, store, folder, clock }, async () => {
      await directory.close();
      await keys.close();
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  async plant(): Promise<void> {
    await this.mustAdd(SUFFIX, { objectClass: ['dcObject', 'organization'], o: 'Example' });
    for (const ou of ['People', 'Groups', 'Hosts'])
      await this.mustAdd(`ou=${ou}`, { objectClass: 'organizationalUnit' });
  }

  apply(change: DirectoryChange, options?: ChangeOptions, asker: Asker = SYSTEM): Promise<DirectoryResult> {
    return this.directory.apply(change, asker, options);
  }

  add(name: string, written: Written, options?: ChangeOptions): Promise<DirectoryResult> {
    return this.apply({ kind: 'add', dn: dn(below(name)), attributes: attributesOf(written) }, options);
  }

  async mustAdd(name: string, written: Written, options?: ChangeOptions): Promise<void> {
    const result = await this.add(name, written, options);
    if (result.code !== 'success') throw new Error(`${name}: ${result.code} ${result.message}`);
  }

  async addPeople(...uids: string[]): Promise<void> {
    await Promise.all(uids.map((uid) => this.mustAdd(`uid=${uid},ou=People`, person(uid))));
  }

  addGroup(cn: string, more: Written = {}): Promise<void> {
    return this.mustAdd(`cn=${cn},ou=Groups`, { objectClass: 'posixGroup', gidNumber: '500', ...more });
  }

  modify(name: string, ...modifications: Modification[]): Promise<DirectoryResult> {
    return this.apply({ kind: 'modify', dn: dn(below(name)), modifications });
  }

  delete(name: string, subtree = false): Promise<DirectoryResult> {
    return this.apply({ kind: 'delete', dn: dn(below(name)), subtree });
  }

  rename(name: string, newRdn: string, more: { keepOld?: boolean; superior?: string } = {}): Promise<DirectoryResult> {
    return this.apply({
      kind: 'rename',
      dn: dn(below(name)),
      newRdn: dn(newRdn).rdns[0]!,
      deleteOldRdn: more.keepOld !== true,
      ...(more.superior === undefined ? {} : { newSuperior: dn(below(more.superior)) }),
    });
  }

  entry(name: string): number | undefined {
    return this.directory.view.find(dn(below(name)));
  }

  /** The values of an attribute as the program itself reads them now. */
  values(name: string, attribute: string): string[] {
    const entry = this.entry(name);
    if (entry === undefined) throw new Error(`there is no ${name}`);
    const { view, schema } = this.directory;
    return view
      .attribute(entry, schema.attributeType(attribute)!, this.clock.now())
      .map((value) => Buffer.from(value).toString());
  }

  /** Everything that is stored of an entry, without what says who changed it and when. */
  read(name: string): Record<string, string[]> | undefined {
    const entry = this.entry(name);
    const stored = entry === undefined ? undefined : decodeEntry(this.directory.view.storedEntry(entry));
    if (stored === undefined) return undefined;
    return Object.fromEntries(
      stored.user.map(({ description, values }) => [description, values.map((value) => Buffer.from(value).toString())]),
    );
  }

  /** Everything that the store holds, as text that is equal exactly when it is. */
  async content(): Promise<string> {
    const lines: string[] = [];
    for await (const objects of await this.store.objects()) {
      for (const { space, key, value } of objects) {
        lines.push(`${space} ${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
      }
    }
    return lines.join('\n');
  }
}
