/** A whole LDAP door on loopback, over a directory with the BonFIRE tree in a folder of its own, in this process. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditTrail, auditSchema, openAuditTrail } from '../../src/audit/index.ts';
import { type Clock, type Logger, silentLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import {
  builtInBlocklist,
  type Directory,
  directoryConfigurationSchema,
  openDirectory,
  SYSTEM,
  standardSchema,
} from '../../src/directory/index.ts';
import {
  type BindAuthority,
  createDirectoryBinds,
  createDirectoryChanges,
  type DoorPorts,
  LdapDoor,
  type LdapDoorOptions,
  type LdapTls,
} from '../../src/ldap/index.ts';
import { createKeyDerivation, type KeyDerivationOptions, rememberMatches } from '../../src/password/index.ts';
import { LockoutLedger, type LockoutPolicy } from '../../src/realm/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { parseLdif } from '../../src/x500/index.ts';
import { BONFIRE_SUFFIX } from './bonfire-tree.ts';
import { INTEROP_LDIF, OPERATOR } from './interop-tree.ts';

export interface DoorSiteOptions {
  readonly ldif?: string;
  readonly tls?: LdapTls;
  readonly door?: Partial<LdapDoorOptions>;
  readonly lockout?: LockoutPolicy;
  /** The clock of the doors. */
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Of the pool that derives keys. */
  readonly derivation?: Pick<KeyDerivationOptions, 'concurrency' | 'queueLimit'>;
  /** Further keys of `directory`. */
  readonly directory?: Record<string, unknown>;
}

export interface DoorSite {
  readonly port: number;
  readonly url: string;
  /** LDAPS; 0 without `tls`. */
  readonly tlsPort: number;
  readonly directory: Directory;
  readonly door: LdapDoor;
  /** What the doors were made with, for another one. */
  readonly ports: DoorPorts;
  readonly trail: AuditTrail;
  /** What verifies the binds of the door. */
  readonly binds: BindAuthority;
  /** Everything that the audit trail holds, as JSON lines. */
  audited(): readonly Record<string, unknown>[];
  close(grace?: number): Promise<void>;
}

const { privateKey } = generateKeyPairSync('ed25519');

export async function startDoorSite(options: DoorSiteOptions = {}): Promise<DoorSite> {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-door-'));
  const logger = options.logger ?? silentLogger;
  const machine = { clock: systemClock, random: systemRandom, logger };
  const trail = openAuditTrail({
    ...machine,
    ...auditSchema.parse({}),
    folder: join(folder, 'audit'),
    chain: 'a',
    signer: { keyId: 'key', sign: (octets) => sign(null, octets, privateKey) },
  });
  const schema = standardSchema();
  if (schema.kind !== 'parsed') throw new Error(JSON.stringify(schema.problems));
  const store = await openJournalStore({ folder, random: systemRandom });
  const keys = rememberMatches(createKeyDerivation({ ...machine, ...options.derivation }), machine);
  const directory = await openDirectory({
    ...machine,
    store,
    schema: schema.schema,
    keys,
    blocklist: builtInBlocklist(),
    configuration: directoryConfigurationSchema.parse({
      suffix: BONFIRE_SUFFIX,
      access: { administrators: [{ dn: OPERATOR.dn }] },
      ...options.directory,
    }),
  });
  await addAll(directory, options.ldif ?? INTEROP_LDIF);
  const lockout =
    options.lockout === undefined
      ? undefined
      : new LockoutLedger(options.lockout, systemClock, { load: async function* () {}, save: async () => {} });
  const binds = createDirectoryBinds({
    clock: systemClock,
    trail,
    directory: () => directory,
    realm: () => ({ name: 'staff', domain: 'local', lockout }),
  });
  const ports: DoorPorts = {
    clock: options.clock ?? systemClock,
    logger,
    directory: () => directory,
    binds,
    changes: createDirectoryChanges({ clock: options.clock ?? systemClock, directory: () => directory }),
    soon: (act: () => void) => void setImmediate(act),
  };
  const settings = {
    version: '0.0.0',
    requireTls: false,
    certificateMap: 'san-email',
    idle: 900_000,
    connectionsPerAddress: 1_000,
    tls: options.tls,
    ...options.door,
  } as const;
  const door = new LdapDoor(ports, { scheme: 'ldap', ...settings });
  const port = await door.listen({ host: '127.0.0.1', port: 0 });
  const secureDoor = options.tls === undefined ? undefined : new LdapDoor(ports, { ...settings, scheme: 'ldaps' });
  const tlsPort = (await secureDoor?.listen({ host: '127.0.0.1', port: 0 })) ?? 0;
  return {
    port,
    url: `ldap://127.0.0.1:${port}`,
    tlsPort,
    directory,
    door,
    ports,
    trail,
    binds,
    audited: () =>
      readdirSync(join(folder, 'audit'))
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) =>
          readFileSync(join(folder, 'audit', name), 'utf8')
            .trim()
            .split('\n'),
        )
        .map((line) => JSON.parse(line)),
    async close(grace = 1_000) {
      await Promise.all([door.close(grace), secureDoor?.close(grace)]);
      await directory.close();
      await store.close();
      await trail.close();
      await keys.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function addAll(directory: Directory, ldif: string): Promise<void> {
  for await (const record of parseLdif([Buffer.from(ldif)])) {
    if (record.kind !== 'entry') throw new Error(JSON.stringify(record));
    const { dn, attributes } = record;
    const result = await directory.apply({ kind: 'add', dn, attributes }, SYSTEM);
    if (result.code !== 'success') throw new Error(`${JSON.stringify(dn)}: ${result.code} ${result.message}`);
  }
}
