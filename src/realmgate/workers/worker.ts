/**
 * A worker: one of the processes that share the web port. It has the door, the rules, a chain of the audit trail, its
 * own view of the keys and copies of the sessions; all that may exist only once is in the primary, at the other end of
 * the pipe. When the pipe ends, so does the worker, at once: nothing it knows would be true for long.
 */
import { type AuditTrail, openAuditTrail } from '../../audit/index.ts';
import { CodedError, type Logger, type Milliseconds, messageOf } from '../../base/index.ts';
import { formatProblem, loadFromText } from '../../config/index.ts';
import { type KeyRing, openKeyRing } from '../../pki/index.ts';
import { WebDoor } from '../../web/index.ts';
import { configurationSchema } from '../configuration.ts';
import { compileServices } from '../guarded-services.ts';
import type { Machine } from '../installation.ts';
import { pinoLogger } from '../pino-logger.ts';
import { type BuiltWebGeneration, buildWebGeneration } from '../web-generation.ts';
import type { FromWorker, GenerationText, ToWorker, WorkerSettings } from './messages.ts';
import { PrimaryLink } from './primary-link.ts';
import { remoteRealm } from './remote-realm.ts';
import { SessionMirror } from './session-mirror.ts';

/** Requests under way end on the generation they began with; then its connections are closed. */
const GENERATION_GRACE: Milliseconds = 150_000;

/** What is opened when the primary has said how. */
interface Opened {
  readonly settings: WorkerSettings;
  readonly logger: Logger;
  readonly trail: AuditTrail;
  readonly keys: KeyRing;
  readonly door: WebDoor;
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
    const door = new WebDoor(ports, settings.listen);
    this.#opened = { settings, logger, trail, keys, door };
    await this.#adopt(generation);
    await this.#link.leased;
    await door.listen({ ...settings.listen, reusePort: true });
    this.#send({ kind: 'serving' });
  }

  async #adopt({ number, text, environment, realms, tls }: GenerationText): Promise<void> {
    const { settings, trail, logger, door } = this.#opened!;
    const { clock } = this.#machine;
    const loaded = await loadFromText(text, { environment, schema: configurationSchema });
    if (loaded.kind === 'refused') {
      throw new CodedError('WORKER_FAILED', loaded.problems.map(formatProblem).join('\n'));
    }
    const compiled = compileServices(loaded.value);
    if (compiled.kind === 'refused') {
      throw new CodedError('WORKER_FAILED', compiled.problems.map(({ message }) => message).join('\n'));
    }
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
    door.renew(tls);
    if (before !== undefined) clock.after(GENERATION_GRACE, () => before.close());
    this.#send({ kind: 'in-force', generation: number });
  }

  async #stop(grace: Milliseconds): Promise<void> {
    await this.#opened?.door.close(grace);
    this.#link.close();
    this.#current?.close();
    await this.#opened?.trail.close();
    this.#opened?.keys.close();
    this.#ended.resolve(0);
  }

  #generation() {
    if (this.#current === undefined || !this.#link.isLeased()) {
      throw new CodedError('WORKER_CUT_OFF', 'this worker has lost touch with the primary and serves nobody');
    }
    return this.#current.generation;
  }
}
