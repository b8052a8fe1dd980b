/**
 * Server is the process that serves: it keeps the configuration generation in force, opens the doors and closes them.
 */
import { type Acts, createActs, type ReloadReport, runAct } from '../admin/index.ts';
import { type Milliseconds, messageOf, soon } from '../base/index.ts';
import {
  type ApplyResult,
  ConfigurationWatcher,
  formatProblem,
  type ReloadOutcome,
  type Generation as WatchedGeneration,
} from '../config/index.ts';
import { type BindAuthority, createDirectoryBinds, createDirectoryChanges, LdapDoor } from '../ldap/index.ts';
import { ControlDoor, HealthDoor, WebDoor, type WebListenOptions } from '../web/index.ts';
import { type Configuration, configurationSchema } from './configuration.ts';
import { buildGeneration, type Generation, sessionPolicies } from './generation.ts';
import type { Installation } from './installation.ts';
import { bindRealm, type LdapListener, ldapListeners } from './ldap-doors.ts';
import { lintConfiguration } from './lint-configuration.ts';
import { LostAccounts } from './lost-accounts.ts';
import type { OwnDirectory } from './own-directory.ts';
import { configurationRefused } from './refused.ts';
import { changedRestartKeys } from './restart-keys.ts';
import { webListenOptions } from './web-listen.ts';
import { type GenerationText, generationText, WorkerPool } from './workers/index.ts';

/** Logins and requests under way end on the generation they began with; then it is closed. */
const GENERATION_GRACE: Milliseconds = 150_000;

/** The process that serves: its generation, its doors. */
export class Server {
  readonly #installation: Installation;
  readonly #watcher: ConfigurationWatcher<typeof configurationSchema>;
  readonly #acts: Acts;
  readonly #doors: { close(grace: number): Promise<void> }[] = [];
  readonly #environment: NodeJS.ProcessEnv;
  #current: Generation | undefined;
  /** The current generation as its workers are told of it. */
  #text: GenerationText | undefined;
  /** Serves the web port when this process does it alone. */
  #web: WebDoor | undefined;
  #lost: LostAccounts | undefined;
  readonly #ldap: { readonly scheme: 'ldap' | 'ldaps'; readonly door: LdapDoor }[] = [];
  /** Serves the web port when there are several processes for it. */
  #pool: WorkerPool | undefined;

  constructor(installation: Installation, paths: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#installation = installation;
    this.#environment = environment;
    this.#watcher = new ConfigurationWatcher({
      paths,
      environment,
      schema: configurationSchema,
      clock: installation.clock,
      apply: (next) => this.#apply(next),
      report: (outcome) => this.#report(outcome),
    });
    this.#acts = createActs({
      trail: installation.trail,
      clock: installation.clock,
      random: installation.random,
      directory: () => installation.own?.current,
      content: installation.own?.content,
      sessions: {
        list: () => installation.sessions.list(),
        end: async (id, why) => {
          await installation.sessions.end(id, why);
          await this.#pool?.settled();
        },
      },
      generation: () => this.#generation().admin,
      reload: () => this.reload(),
    });
  }

  async start(configuration: Configuration): Promise<void> {
    const first = await this.#watcher.start();
    if (first.kind === 'refused') throw configurationRefused(first.problems);
    const control = new ControlDoor(
      this.#installation.folder,
      (name, input) => runAct(this.#acts, name, input),
      this.#installation.logger,
    );
    await control.listen();
    this.#doors.push(control);
    const { own } = this.#installation;
    if (own !== undefined) {
      this.#lost = new LostAccounts(this.#installation, own, () => this.#generation().configuration);
    }
    const ports = await this.#listen(configuration);
    this.#act('process.start', { pid: process.pid });
    this.#installation.logger.info('serving', { pid: process.pid, ...ports });
  }

  async stop(grace: number): Promise<void> {
    await this.#watcher.close();
    this.#lost?.close();
    await Promise.all(this.#doors.map((door) => door.close(grace)));
    await this.#current?.close();
    if (this.#current !== undefined) this.#act('process.stop', { pid: process.pid });
  }

  async reload(): Promise<ReloadReport> {
    const outcome = await this.#watcher.reload();
    return {
      generation: outcome.generation,
      applied: outcome.kind === 'applied',
      problems: outcome.kind === 'refused' ? outcome.problems.map(formatProblem) : [],
      needRestart: outcome.kind === 'applied' ? outcome.restartKeys : [],
    };
  }

  async #listen(configuration: Configuration): Promise<Record<string, number>> {
    const { listen, workers } = configuration;
    const ports: Record<string, number> = {};
    const web = listen.web && (await webListenOptions(listen.web));
    const ldap = await ldapListeners(configuration, this.#installation);
    if (workers > 1 && (web !== undefined || ldap.length > 0)) {
      this.#pool = await this.#startWorkers(configuration, web, ldap);
      this.#doors.push(this.#pool);
      Object.assign(ports, this.#pool.ports);
    } else {
      if (web !== undefined) {
        this.#web = new WebDoor({ ...this.#installation, generation: () => this.#generation().web }, web);
        this.#doors.push(this.#web);
        ports['web'] = await this.#web.listen(web);
      }
      for (const listener of ldap) ports[listener.scheme] = await this.#listenLdap(listener);
    }
    if (listen.admin !== undefined) {
      const health = new HealthDoor(() => this.#current !== undefined && this.#pool?.isServing !== false);
      this.#doors.push(health);
      ports['admin'] = await health.listen(listen.admin.address);
    }
    return ports;
  }

  #listenLdap({ scheme, listen, options, realm }: LdapListener): Promise<number> {
    const own = this.#installation.own!; // a listener without a directory is refused
    const door = new LdapDoor(
      {
        ...this.#installation,
        directory: () => own.current,
        binds: this.#bindsFor(own, realm),
        changes: createDirectoryChanges({ ...this.#installation, directory: () => own.current }),
        soon,
      },
      options,
    );
    this.#doors.push(door);
    this.#ldap.push({ scheme, door });
    return door.listen(listen);
  }

  #bindsFor(own: OwnDirectory, realm: string | undefined): BindAuthority {
    const { lockouts } = this.#installation.generationPorts;
    return createDirectoryBinds({
      ...this.#installation,
      directory: () => own.current,
      realm: () => bindRealm(this.#generation().configuration, realm, lockouts),
    });
  }

  #startWorkers(
    { workers, audit, log }: Configuration,
    listen: WebListenOptions | undefined,
    listeners: readonly LdapListener[],
  ): Promise<WorkerPool> {
    const { keyFolder, auditFolder, folder, own, onKeyRotation } = this.#installation;
    onKeyRotation(() => this.#pool?.rotateKeys());
    own?.onCommitted(() => this.#pool?.directoryChanged());
    const binds = new Map(
      own === undefined ? [] : listeners.map(({ scheme, realm }) => [scheme, this.#bindsFor(own, realm)] as const),
    );
    const ldap = listeners.map(({ scheme, listen: at, options: { tls: _tls, ...options } }) => {
      return { scheme, listen: at, options };
    });
    return WorkerPool.start({
      ...this.#installation,
      settings: { workers, audit, logLevel: log.level, listen, ldap, folder, keyFolder, auditFolder },
      generation: () => this.#text!, // the first generation is in force before anything listens
      newId: () => this.#installation.trail.newId(),
      realm: (name) => this.#generation().web.realms.get(name),
      binds: (scheme) => binds.get(scheme),
      changes: own && createDirectoryChanges({ ...this.#installation, directory: () => own.current }),
      position: () => own?.position,
    });
  }

  /** Everything of the next generation is built and started before the one reference is swapped. */
  async #apply(next: WatchedGeneration<Configuration>): Promise<ApplyResult> {
    const built = buildGeneration(next.number, next.value, this.#installation.generationPorts);
    if (built.kind === 'refused') {
      return { kind: 'refused', problems: built.problems.map(({ keys, message }) => next.problemAt(keys, message)) };
    }
    const { web: section } = next.value.listen;
    const tls = section && (await webListenOptions(section)).tls;
    const listeners = await ldapListeners(next.value, this.#installation);
    const ldapTls = new Map(
      listeners.flatMap(({ scheme, options: { tls: own } }) => (own ? [[scheme, own] as const] : [])),
    );
    await built.generation.start();
    await this.#installation.own?.adopt(next.value);
    for (const { keys, message } of lintConfiguration(next.value)) {
      this.#installation.logger.warn('configuration', { problem: formatProblem(next.problemAt(keys, message)) });
    }
    const before = this.#current;
    this.#current = built.generation;
    this.#text = generationText(next, this.#environment, built.generation.web.realms, tls, ldapTls);
    this.#installation.sessions.adopt(sessionPolicies(next.value));
    // Logins and requests under way end on the generation they began with.
    if (before !== undefined) {
      this.#installation.clock.after(
        GENERATION_GRACE,
        () =>
          void before
            .close()
            .catch((error: unknown) =>
              this.#installation.logger.error('closing an old configuration failed', { error: messageOf(error) }),
            ),
      );
    }
    this.#web?.renew(tls);
    for (const { scheme, door } of this.#ldap) door.renew(ldapTls.get(scheme));
    await this.#pool?.adopt(this.#text);
    return {
      kind: 'applied',
      restartKeys: before === undefined ? [] : changedRestartKeys(before.configuration, next.value),
    };
  }

  #report(outcome: ReloadOutcome): void {
    if (outcome.kind === 'unchanged') return;
    if (outcome.kind === 'refused') {
      for (const problem of outcome.problems)
        this.#installation.logger.error('configuration refused, the old one stays', {
          problem: formatProblem(problem),
        });
      return;
    }
    for (const warning of outcome.warnings)
      this.#installation.logger.warn('configuration', { problem: formatProblem(warning) });
    if (outcome.restartKeys.length > 0)
      this.#installation.logger.warn('these keys take effect after a restart', { keys: outcome.restartKeys });
    this.#act('configuration.load', { generation: outcome.generation });
    this.#installation.logger.info('configuration in force', { generation: outcome.generation });
  }

  /** What the server did itself. A disk that does not take it must not end the server: the log has it then. */
  #act(action: string, detail: Record<string, string | number>): void {
    const { trail, logger } = this.#installation;
    try {
      trail.append({ kind: 'act', id: trail.newId(), action, by: 'realmgate', detail });
    } catch (error) {
      logger.error('cannot write to the audit trail', { action, ...detail, error: messageOf(error) });
    }
  }

  #generation(): Generation {
    if (this.#current === undefined) throw new Error('no configuration is in force');
    return this.#current;
  }
}
