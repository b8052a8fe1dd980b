/**
 * WorkerConnection is the primary's end of the pipe to one worker process, from its fork to its end: it hands over
 * what is true, tells of every change, answers what the worker asks, and knows how far the worker has come.
 */
import type { ChildProcess } from 'node:child_process';
import type { AuditId } from '../../audit/index.ts';
import { type Clock, CodedError, type Logger, type Milliseconds, messageOf } from '../../base/index.ts';
import type { BindAuthority, ChangeAuthority } from '../../ldap/index.ts';
import type { SessionRegistry } from '../../realm/index.ts';
import type { LoginRealm } from '../../web/index.ts';
import {
  type Calls,
  type FromWorker,
  type GenerationText,
  LEASE,
  type Method,
  type SessionChange,
  type ToWorker,
  type WorkerSettings,
} from './messages.ts';
import { decodeBind, decodeChange, encodeChangeAnswer, type LdapScheme } from './wire-directory.ts';
import { decodeLogin, encodeOutcome } from './wire-login.ts';

/** What the workers of one primary share. */
export interface PrimaryPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Pick<SessionRegistry, 'observe' | 'use' | 'begin' | 'end' | 'issueTicket' | 'redeemTicket'>;
  /** An id of the primary's chain: there the attempts of all workers are written. */
  readonly newId: () => AuditId;
  /** Who verifies the binds of a listener. */
  readonly binds: (scheme: LdapScheme) => BindAuthority | undefined;
  /** Who changes the directory; undefined without one. */
  readonly changes: ChangeAuthority | undefined;
  /** How far the directory is; undefined without one. */
  readonly position: () => DirectoryPosition | undefined;
  /** The realm of the generation in force. */
  readonly realm: (name: string) => LoginRealm | undefined;
  /** Resolves when every worker knows what is live now, or serves no more. */
  readonly settled: () => Promise<void>;
}

/** A point of the directory's journal. */
export interface DirectoryPosition {
  readonly generation: string;
  readonly head: number;
}

/** A snapshot of many sessions goes in parts, so that no message is large. */
const MOST_CHANGES = 500;
/** How long a worker may take to bring a generation into force. */
const ADOPTION_LIMIT: Milliseconds = 5_000;

export class WorkerConnection {
  readonly pid: number | undefined;
  /** Rejects when the worker ends before it serves. */
  readonly serving: Promise<void>;
  /** Resolves with what the system says of the end of the process. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #ports: PrimaryPorts;
  readonly #stopObserving: () => void;
  #isServing = false;
  #hasEnded = false;
  #wasLeased = false;
  #heardAt: Milliseconds;
  #changes: SessionChange[] = [];
  #sentNumber = 0;
  #seenNumber = 0;
  #inForce = 0;
  /** How far the worker's copy of the directory is known to be. */
  #follows: DirectoryPosition | undefined;
  /** Looks again at a condition whenever the worker came further, or ended. */
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess, settings: WorkerSettings, generation: GenerationText, ports: PrimaryPorts) {
    this.#child = child;
    this.#ports = ports;
    this.pid = child.pid;
    this.#heardAt = ports.clock.monotonic();
    const ended = Promise.withResolvers<string>();
    const serving = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.serving = serving.promise;
    serving.promise.catch(() => {});
    const end = (how: string) => {
      this.#hasEnded = true;
      this.#stopObserving();
      serving.reject(new CodedError('WORKER_FAILED', `a worker ended before it served: ${how}`));
      for (const look of [...this.#waiting]) look();
      ended.resolve(how);
    };
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    child.on('error', (error) => {
      // A process that could not be made has no exit.
      if (child.pid === undefined) end(messageOf(error));
    });
    child.on('message', (message) => this.#receive(message as FromWorker, serving));
    this.#send({ kind: 'start', settings, generation });
    this.#stopObserving = ports.sessions.observe({
      live: (session, digest) => this.#change({ kind: 'live', session, digest }),
      ended: (id) => this.#change({ kind: 'ended', id }),
    });
    this.#flush();
  }

  get isServing(): boolean {
    return this.#isServing && !this.#hasEnded;
  }

  /** For how long nothing was heard of it. */
  silence(): Milliseconds {
    return this.#ports.clock.monotonic() - this.#heardAt;
  }

  /** The silence was the primary's own. */
  forgive(): void {
    this.#heardAt = this.#ports.clock.monotonic();
  }

  /** Resolves when the generation is in force there. A worker that does not manage in time is ended. */
  async adopt(generation: GenerationText): Promise<void> {
    this.#send({ kind: 'generation', generation });
    if (await this.#until(() => this.#inForce >= generation.number, ADOPTION_LIMIT)) return;
    this.#ports.logger.error('a worker did not take over the configuration in time', { pid: this.pid });
    this.kill();
    await this.ended;
  }

  /**
   * Resolves when the worker knows every change so far. One that does not say so within the time of a lease has lost
   * its lease by then: what answers its pings is behind the changes on the same pipe.
   */
  async settled(): Promise<void> {
    // Before its first lease it serves nobody, and with that it has all that had changed by then.
    if (!this.#wasLeased) return;
    this.#flush();
    const number = this.#sentNumber;
    const position = this.#ports.position();
    await this.#until(() => this.#seenNumber >= number && this.#hasReached(position), LEASE);
  }

  directoryChanged(): void {
    const position = this.#ports.position();
    if (position !== undefined) this.#send({ kind: 'directory', ...position });
  }

  rotateKeys(): void {
    this.#send({ kind: 'keys-rotated' });
  }

  /** Lets requests under way end for `grace`, then ends the process. */
  async stop(grace: Milliseconds): Promise<void> {
    this.#send({ kind: 'stop', grace });
    const timer = this.#ports.clock.after(grace + ADOPTION_LIMIT, () => this.kill());
    await this.ended;
    timer.cancel();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(message: FromWorker, serving: { resolve(): void; reject(error: CodedError): void }): void {
    this.#heardAt = this.#ports.clock.monotonic();
    switch (message.kind) {
      case 'ping':
        for (const id of message.used) this.#ports.sessions.use(id);
        this.#flush();
        this.#wasLeased = true;
        return this.#send({ kind: 'pong', at: message.at });
      case 'call':
        return void this.#serve(message.call, message.method, message.input);
      case 'sessions-seen':
        this.#seenNumber = message.number;
        break;
      case 'directory-seen':
        this.#follows = { generation: message.generation, head: message.head };
        break;
      case 'in-force':
        this.#inForce = message.generation;
        break;
      case 'serving':
        this.#isServing = true;
        serving.resolve();
        break;
      case 'failed':
        serving.reject(new CodedError(message.code, message.message));
        this.#ports.logger.error('a worker cannot go on', {
          pid: this.pid,
          error: message.message,
          code: message.code,
        });
        break;
    }
    for (const look of [...this.#waiting]) look();
  }

  async #serve(call: number, method: Method, input: unknown): Promise<void> {
    try {
      const run = this.#calls[method] as (input: unknown) => Promise<unknown>;
      this.#send({ kind: 'result', call, value: await run(input) });
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'WORKER_CALL';
      this.#ports.logger.error('what a worker asked for failed', { method, code, error: messageOf(error) });
      this.#send({ kind: 'error', call, code, message: messageOf(error) });
    }
  }

  /** What changes a session is answered when every worker knows of it: the browser's next request may meet any. */
  readonly #calls: { readonly [M in Method]: (input: Calls[M]['input']) => Promise<Calls[M]['result']> } = {
    login: async ({ realm, login }) => {
      const found = this.#ports.realm(realm);
      return found === undefined
        ? gone(realm)
        : encodeOutcome(await found.login(decodeLogin(login, this.#ports.newId())));
    },
    answer: async ({ realm, ...answer }) => {
      const found = this.#ports.realm(realm);
      return found === undefined
        ? gone(realm)
        : encodeOutcome(await found.answer({ ...answer, id: this.#ports.newId() }));
    },
    begin: (login) => this.#afterAll(this.#ports.sessions.begin(login)),
    end: ({ id, why }) => this.#afterAll(this.#ports.sessions.end(id, why).then(() => undefined)),
    issueTicket: ({ id, host, bind }) => this.#ports.sessions.issueTicket(id, host, bind),
    redeemTicket: ({ ticket, host, bind }) => this.#afterAll(this.#ports.sessions.redeemTicket(ticket, host, bind)),
    bind: async (bind) => {
      const binds = this.#ports.binds(bind.scheme);
      if (binds === undefined) throw noDirectory();
      return binds.bind(decodeBind(bind));
    },
    change: async (change) => {
      const { changes } = this.#ports;
      if (changes === undefined) throw noDirectory();
      return encodeChangeAnswer(await this.#afterAll(changes.change(decodeChange(change))));
    },
  };

  #hasReached(position: DirectoryPosition | undefined): boolean {
    if (position === undefined) return true;
    return this.#follows?.generation === position.generation && this.#follows.head >= position.head;
  }

  async #afterAll<Result>(act: Promise<Result>): Promise<Result> {
    const result = await act;
    await this.#ports.settled();
    return result;
  }

  #change(change: SessionChange): void {
    this.#changes.push(change);
    if (this.#changes.length >= MOST_CHANGES) this.#flush();
    else if (this.#changes.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    this.#sentNumber += 1;
    this.#send({ kind: 'sessions', number: this.#sentNumber, changes });
  }

  /** True when `holds` came to hold in time; false when it did not, or the worker ended. */
  #until(holds: () => boolean, limit: Milliseconds): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (result: boolean) => {
        timer.cancel();
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = () => {
        if (holds()) settle(true);
        else if (this.#hasEnded) settle(false);
      };
      const timer = this.#ports.clock.after(limit, () => settle(false));
      this.#waiting.add(look);
      look();
    });
  }

  #send(message: ToWorker): void {
    // A pipe that is closed says so by the exit of the worker.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

function noDirectory(): CodedError {
  return new CodedError('WORKER_CALL', 'this server has no directory');
}

function gone(realm: string) {
  return { kind: 'unavailable', domain: realm, id: undefined } as const;
}
