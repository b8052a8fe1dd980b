/** One login through one module, with whatever a client may send and with the state that modules share. */
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Instant, type LogFields, type Logger, Secret, silentLogger } from '../../../src/base/index.ts';
import type { KeyDerivation } from '../../../src/password/index.ts';
import type { Callback, LoginModule, LoginModuleDefinition } from '../../../src/realm/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** What the client sends. */
export interface Sent {
  readonly name?: string;
  readonly password?: string;
  readonly code?: string;
  readonly chain?: readonly X509Certificate[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoginSettings {
  readonly passwords?: Pick<KeyDerivation, 'verify'>;
  readonly shared?: Map<string, unknown>;
  readonly now?: Instant;
  readonly signal?: AbortSignal;
}

export interface ModuleRun {
  readonly module: LoginModule;
  /** `success`, `ignored` or the reason of the failure. */
  readonly result: string;
  readonly shared: Map<string, unknown>;
}

const noPasswords = { verify: () => Promise.reject(new Error('this module derives no keys')) };

/** Runs the login phase alone. */
export async function runLogin(definition: LoginModuleDefinition, sent: Sent, settings: LoginSettings = {}) {
  const shared = settings.shared ?? new Map<string, unknown>();
  const module = definition.create({
    realm: 'test',
    handler: (callbacks) => {
      for (const callback of callbacks) fill(callback, sent);
      return undefined;
    },
    shared,
    passwords: settings.passwords ?? noPasswords,
    signal: settings.signal ?? new AbortController().signal,
    counted: true,
    now: settings.now ?? Date.now(),
  });
  const answer = await module.login();
  return { module, shared, result: typeof answer === 'string' ? answer : answer.reason } satisfies ModuleRun;
}

/** Runs login and commit, and answers the result with the principals as `type:name`. */
export async function logIn(definition: LoginModuleDefinition, sent: Sent, settings: LoginSettings = {}) {
  const { module, result } = await runLogin(definition, sent, settings);
  if (result === 'success' || result === 'ignored') await module.commit();
  else await module.abort({ failures: [] });
  const principals = (module.principals?.() ?? []).map(({ type, name }) => `${type}:${name}`);
  return { result, user: module.verifiedUser?.(), principals };
}

function fill(callback: Callback, sent: Sent): void {
  switch (callback.kind) {
    case 'name':
      if (sent.name !== undefined) callback.name = sent.name;
      break;
    case 'password':
      if (sent.password !== undefined) callback.password = new Secret(sent.password);
      break;
    case 'one-time-code':
      if (sent.code !== undefined) callback.code = sent.code;
      break;
    case 'certificate-chain':
      if (sent.chain !== undefined) callback.chain = sent.chain;
      break;
    case 'header': {
      const value = sent.headers?.[callback.header];
      if (value !== undefined) callback.value = value;
      break;
    }
  }
}

/** A folder that is removed when the test file is done. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'realmgate-modules-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A Logger that keeps its lines. */
export function keepingLogger() {
  const lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  const keep =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = { ...silentLogger, info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { logger, lines };
}

/** A clock for which every file has been still for years, so that `start` takes it at once. */
export function laterClock(): ManualClock {
  return new ManualClock(Date.UTC(2040, 0, 1));
}

/** Writes the files of a source into a new folder and answers their paths. */
export function sourceFiles<Name extends string>(contents: Readonly<Record<Name, string>>): Record<Name, string> {
  const folder = temporaryFolder();
  const paths = {} as Record<Name, string>;
  for (const name of Object.keys(contents) as Name[]) {
    paths[name] = join(folder, name);
    writeFileSync(paths[name], contents[name]);
  }
  return paths;
}

/** Starts a definition and closes it when the test file is done. */
export async function started(definition: LoginModuleDefinition): Promise<LoginModuleDefinition> {
  after(() => definition.close?.());
  await definition.start?.();
  return definition;
}
