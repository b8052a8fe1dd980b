/**
 * Installation is what lives as long as the process on one data folder: the lock, the store, the keys, the audit
 * trail, the key derivation and the sessions. Opened in that order, closed in the other.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditTrail, openAuditTrail } from '../audit/index.ts';
import { type Clock, CodedError, type Logger, type Milliseconds, messageOf, type Random } from '../base/index.ts';
import { createKeyDerivation, type KeyDerivation, rememberMatches } from '../password/index.ts';
import { type KeyRing, openKeyRing, publishAuditKey } from '../pki/index.ts';
import { ParkedLogins, SessionRegistry, storedUsedCodes } from '../realm/index.ts';
import { lockDataFolder, openSqliteStore, type Store } from '../store/index.ts';
import type { Configuration } from './configuration.ts';
import type { GenerationPorts } from './generation.ts';
import { type OwnDirectory, openOwnDirectory } from './own-directory.ts';

export interface Machine {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of the program. */
  readonly version: string;
}

export interface Installation extends Machine {
  readonly folder: string;
  readonly keyFolder: string;
  readonly auditFolder: string;
  readonly store: Store;
  readonly keys: KeyRing;
  readonly trail: AuditTrail;
  readonly passwords: KeyDerivation;
  readonly sessions: SessionRegistry;
  /** The directory of this server, when it has one. */
  readonly own: OwnDirectory | undefined;
  /** Calls `act` after each rotation of the signing key. */
  onKeyRotation(act: () => void): void;
  /** What the generations of the configuration are built with. */
  readonly generationPorts: GenerationPorts;
  close(): Promise<void>;
}

/** The chain of the one process that serves; its workers have chains of their own. */
const PRIMARY_CHAIN = 'a';
const SWEEP_PERIOD: Milliseconds = 10 * 60_000;

/** @throws CodedError STORE_LOCKED while another process has the folder, CONFIGURATION_DATA_OPEN. */
export async function openInstallation(configuration: Configuration, machine: Machine): Promise<Installation> {
  const { clock, random } = machine;
  if (configuration.store !== 'sqlite') {
    throw new CodedError(
      'CONFIGURATION_STORE',
      `store: ${configuration.store} is not known; this version keeps its records in sqlite`,
    );
  }
  const folder = configuration.data;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseOpenFolder(folder);
  const closers: (() => unknown)[] = [];
  let opening: Promise<OwnDirectory | undefined> | undefined;
  /** The directory goes first: what is on its way there may still end sessions. */
  const closeDirectory = async () => (await opening?.catch(() => undefined))?.close();
  /** Everything, also when one of them fails: a store that takes nothing must not leave the trail without its end. */
  const close = async () => {
    const failures: unknown[] = [];
    for (const step of [closeDirectory, ...closers.splice(0).reverse()]) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  try {
    const lock = lockDataFolder(folder);
    closers.push(() => lock.release());
    const passwords = rememberMatches(createKeyDerivation({ clock, random, logger: machine.logger }), {
      clock,
      random,
    });
    closers.push(() => passwords.close());
    // The directory takes longest by far: the rest is opened meanwhile.
    opening = openOwnDirectory(configuration, { ...machine, folder, passwords });
    opening.catch(() => {});
    const store = await openSqliteStore({ folder, clock });
    closers.push(() => store.close());
    const rotations = new RotationRecord();
    const onRotation: (() => void)[] = [];
    const keyFolder = join(folder, 'keys');
    const auditFolder = configuration.audit.folder ?? join(folder, 'audit');
    const keys = await openKeyRing({
      folder: keyFolder,
      clock,
      random,
      onRotation(rotation) {
        rotations.push(rotation);
        for (const act of onRotation) act();
      },
      onFailure: (error) => machine.logger.error('rotating the signing key failed', { error: messageOf(error) }),
    });
    closers.push(() => keys.close());
    const trail = openTrail(auditFolder, configuration, keys, machine);
    closers.push(() => trail.close());
    rotations.writeTo(trail);
    const sweeping = clock.every(SWEEP_PERIOD, () => void sweep(store, machine));
    closers.push(() => sweeping.cancel());
    const sessions = await SessionRegistry.open({ store, clock, random });
    closers.push(() => sessions.close());
    const own = await opening;
    const generationPorts: GenerationPorts = {
      ...machine,
      passwords,
      store,
      usedCodes: storedUsedCodes(store, clock),
      lockouts: new Map(),
      accounts: own?.accounts,
      recorder: { record: (attempt) => trail.append(attempt) },
      parked: new ParkedLogins(clock, random),
    };
    return {
      ...machine,
      folder,
      keyFolder,
      auditFolder,
      store,
      keys,
      trail,
      passwords,
      sessions,
      own,
      onKeyRotation: (act) => void onRotation.push(act),
      generationPorts,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whoever may write there may put other keys and sessions in place of ours. */
function refuseOpenFolder(folder: string): void {
  if ((statSync(folder).mode & 0o002) === 0) return;
  throw new CodedError(
    'CONFIGURATION_DATA_OPEN',
    `every user of this machine may write in the data folder; run: chmod o-w ${folder}`,
  );
}

/** Key rotations are acts; one that was due while the keys were opened waits for the trail. */
class RotationRecord {
  readonly #early: Rotation[] = [];
  #trail: AuditTrail | undefined;

  push(rotation: Rotation): void {
    if (this.#trail === undefined) this.#early.push(rotation);
    else record(this.#trail, rotation);
  }

  writeTo(trail: AuditTrail): void {
    this.#trail = trail;
    for (const rotation of this.#early.splice(0)) record(trail, rotation);
  }
}

interface Rotation {
  readonly from: string;
  readonly to: string;
}

function record(trail: AuditTrail, { from, to }: Rotation): void {
  trail.append({ kind: 'act', id: trail.newId(), action: 'key.rotate', by: 'realmgate', target: to, detail: { from } });
}

/** Expired records are never found; this only gives their space back. */
async function sweep(store: Store, { clock, logger }: Machine): Promise<void> {
  try {
    await store.sweep(clock.now());
  } catch (error) {
    logger.warn('sweeping expired records failed', { error: messageOf(error) });
  }
}

function openTrail(folder: string, { audit }: Configuration, keys: KeyRing, machine: Machine): AuditTrail {
  const { rotateSize, keep, onFull } = audit;
  publishAuditKey(keys.auditSigner, folder);
  return openAuditTrail({
    ...machine,
    folder,
    chain: PRIMARY_CHAIN,
    rotateSize,
    keep,
    onFull,
    signer: keys.auditSigner,
  });
}
