/**
 * A worker: one of the processes that share the web port. It has the door, the rules, a chain of the audit trail, its
 * own view of the keys and copies of the sessions; all that may exist only once is in the primary, at the other end of
 * the pipe. When the pipe ends, so does the worker, at once: nothing it knows would be true for long.
 */
import { type AuditTrail, openAuditTrail } from '../../audit/index.ts';
import { CodedError, type Logger, type Milliseconds, messageOf, soon } from '../../base/index.ts';
import { formatProblem, loadFromText } from '../../config/index.ts';
import { type BindAuthority, type ChangeAuthority, LdapDoor, type LdapListenOptions } from '../../ldap/index.ts';
import { createKeyDerivation } from '../../password/index.ts';
import { type KeyRing, openKeyRing } from '../../pki/index.ts';
import { WebDoor } from '../../web/index.ts';
import { type Configuration, configurationSchema } from '../configuration.ts';
import { compileServices } from '../guarded-services.ts';
import type { Machine } from '../installation.ts';
import { rulesOf } from '../own-directory.ts';
import { pinoLogger } from '../pino-logger.ts';
import { readSchema } from '../read-schema.ts';
import { type BuiltWebGeneration, buildWebGeneration } from '../web-generation.ts';
import { FollowedDirectory } from './followed-directory.ts';
import type { FromWorker, GenerationText, ToWorker, WorkerLdapListener, WorkerSettings } from './messages.ts';
import { PrimaryLink } from './primary-link.ts';
import { remoteRealm } from './remote-realm.ts';
import { SessionMirror } from './session-mirror.ts';
import { decodeChangeAnswer, encodeBind, encodeChange, type LdapScheme } from './wire-directory.ts';

/** Requests under way end on the generation they began with; then its connections are closed. */
const GENERATION_GRACE: Milliseconds = 150_000;

/** What is opened when the primary has said how. */
interface Opened {
  readonly settings: WorkerSettings;
  readonly logger: Logger;
  readonly trail: AuditTrail;
  readonly keys: KeyRing;
  readonly door: WebDoor | undefined;
  readonly ldap: readonly {
    readonly scheme: LdapScheme;
    readonly door: LdapDoor;
    readonly listen: LdapListenOptions;
  }[];
}

export class Worker {
  readonly #machine: Omit<Machine, 'logger' | 'version'>;
  readonly #send: (message: FromWorker) => void;
  readonly #sessions: SessionMirror;
  readonly #link: PrimaryLink;
  readonly #ended = Promise.withResolvers<number>();
  #opened: Opened | undefined;
  #current: BuiltWebGeneration | undefined;
  /** Generations come into force in the order in which they came. */
  #last: Promise<void> = Promise.resolve();
  /** Where the configuration has a directory. */
  #directory: FollowedDirectory | undefined;
  #isFollowing = false;

  constructor(machine: Omit<Machine, 'logger' | 'version'>, send: (message: FromWorker) => void) {
    this.#machine = machine;
    this.#send = send;
    this.#sessions = new SessionMirror((method, input) => this.#link.call(method, input));
    this.#link = new PrimaryLink(machine.clock, send, () => this.#sessions.takeUsed());
  }

  /** Resolves the exit code when the worker was stopped or could not go on. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  receive(message: ToWorker): void {
    if (this.#link.receive(message)) return;
    switch (message.kind) {
      case 'start':
        return this.#then(() => this.#start(message.settings, message.generation));
      case 'generation':
        return this.#then(() => this.#adopt(message.generation));
      case 'sessions':
        this.#sessions.apply(message.changes);
        return this.#send({ kind: 'sessions-seen', number: message.number });
      case 'directory':
        return this.#followSoon();
      case 'keys-rotated':
        return this.#then(async () => await this.#opened?.keys.reload());
      case 'stop':
        return this.#then(() => this.#stop(message.grace));
    }
  }

  /** A step that fails ends the worker: the primary starts another from what is true then. */
  #then(step: () => Promise<void>): void {
    this.#last = this.#last.then(step).catch((error: unknown) => {
      const code = error instanceof CodedError ? error.code : 'WORKER_FAILED';
      this.#send({ kind: 'failed', code, message: messageOf(error) });
      this.#ended.resolve(1);
    });
  }

  async #start(settings: WorkerSettings, generation: GenerationText): Promise<void> {
    const { clock, random } = this.#machine;
    const logger = pinoLogger(settings.logLevel).child({ worker: settings.worker });
    // Only the primary rotates the keys.
    const keys = await openKeyRing({
      folder: settings.keyFolder,
      clock,
      random,
      rotateEvery: Number.POSITIVE_INFINITY,
    });
    const { auditFolder: folder, chain, audit } = settings;
    const trail = openAuditTrail({ ...audit, clock, random, logger, folder, chain, signer: keys.auditSigner });
    const ports = {
      clock,
      random,
      logger,
      trail,
      sessions: this.#sessions,
      keys,
      generation: () => this.#generation(),
    };
    const { listen } = settings;
    const door = listen && new WebDoor(ports, listen);
    const ldap = settings.ldap.map((listener) => this.#ldapDoor(listener, generation, logger));
    this.#opened = { settings, logger, trail, keys, door, ldap };
    await this.#adopt(generation);
    await this.#link.leased;
    if (listen !== undefined) await door?.listen({ ...listen, reusePort: true });
    for (const each of ldap) await each.door.listen({ ...each.listen, reusePort: true });
    this.#send({ kind: 'serving' });
  }

  async #adopt({ number, text, environment, realms, tls, ldapTls }: GenerationText): Promise<void> {
    const { settings, trail, logger, door, ldap } = this.#opened!;
    const { clock } = this.#machine;
    const loaded = await loadFromText(text, { environment, schema: configurationSchema });
    if (loaded.kind === 'refused') {
      throw new CodedError('WORKER_FAILED', loaded.problems.map(formatProblem).join('\n'));
    }
    const compiled = compileServices(loaded.value);
    if (compiled.kind === 'refused') {
      throw new CodedError('WORKER_FAILED', compiled.problems.map(({ message }) => message).join('\n'));
    }
    await this.#adoptDirectory(loaded.value);
    const ports = { call: this.#link.call, trail, logger };
    const before = this.#current;
    this.#current = buildWebGeneration({
      number,
      configuration: loaded.value,
      services: compiled.services,
      realms: new Map([...realms].map(([name, facts]) => [name, remoteRealm(name, facts, ports)])),
      clock,
      processes: settings.workers,
    });
    door?.renew(tls);
    for (const each of ldap) each.door.renew(ldapTls.get(each.scheme));
    if (before !== undefined) clock.after(GENERATION_GRACE, () => before.close());
    this.#send({ kind: 'in-force', generation: number });
  }

  async #stop(grace: Milliseconds): Promise<void> {
    const { door, ldap = [] } = this.#opened ?? {};
    const doors = [...(door === undefined ? [] : [door]), ...ldap.map((each) => each.door)];
    await Promise.all(doors.map((each) => each.close(grace)));
    this.#link.close();
    this.#current?.close();
    await this.#directory?.close();
    await this.#opened?.trail.close();
    this.#opened?.keys.close();
    this.#ended.resolve(0);
  }

  /** A door on this worker's copy; who binds and what changes is the primary's. */
  #ldapDoor({ scheme, listen, options }: WorkerLdapListener, { ldapTls }: GenerationText, logger: Logger) {
    const { clock } = this.#machine;
    const { call } = this.#link;
    const binds: BindAuthority = { bind: (attempt) => call('bind', encodeBind(scheme, attempt)) };
    const changes: ChangeAuthority = {
      change: async (asked) => decodeChangeAnswer(await call('change', encodeChange(asked))),
    };
    const directory = () => {
      if (this.#directory === undefined || !this.#link.isLeased()) throw cutOff();
      return this.#directory.current;
    };
    const door = new LdapDoor(
      { clock, logger, directory, binds, changes, soon },
      { ...options, tls: ldapTls.get(scheme) },
    );
    return { scheme, door, listen };
  }

  /** The directory of a worker's life is opened with its first configuration; what is in it beside the rules takes a restart. */
  async #adoptDirectory(configuration: Configuration): Promise<void> {
    const options = configuration.directory;
    const { settings, logger } = this.#opened!;
    if (options === undefined || settings.ldap.length === 0) return;
    const rules = await rulesOf(configuration, options);
    if (this.#directory !== undefined) return this.#directory.adopt(rules);
    const { clock, random } = this.#machine;
    const ports = { clock, random, logger, folder: settings.folder };
    const schema = await readSchema(options, ports);
    const directory = new FollowedDirectory({ ...ports, schema, keys: createKeyDerivation({ clock, random }) }, rules);
    await directory.load();
    this.#directory = directory;
    this.#send({ kind: 'directory-seen', ...directory.position });
  }

  /** One look at the journal serves every change that was told of meanwhile. */
  #followSoon(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#then(async () => {
      this.#isFollowing = false;
      if (this.#directory === undefined) return;
      await this.#directory.follow();
      this.#send({ kind: 'directory-seen', ...this.#directory.position });
    });
  }

  #generation() {
    if (this.#current === undefined || !this.#link.isLeased()) throw cutOff();
    return this.#current.generation;
  }
}

function cutOff(): CodedError {
  return new CodedError('WORKER_CUT_OFF', 'this worker has lost touch with the primary and serves nobody');
}
