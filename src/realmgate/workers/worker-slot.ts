/**
 * WorkerSlot keeps one worker running: it forks the process, and another when that one ends, after a delay that grows
 * as long as workers end early, so that a fault that every worker meets does not keep the machine busy.
 */
import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { Milliseconds } from '../../base/index.ts';
import type { GenerationText, WorkerSettings } from './messages.ts';
import { WORKER_ARGUMENT } from './run-worker.ts';
import { type PrimaryPorts, WorkerConnection } from './worker-connection.ts';

const SHORTEST_DELAY: Milliseconds = 100;
const LONGEST_DELAY: Milliseconds = 10_000;
/** A worker that served for so long did not end early. */
const STEADY: Milliseconds = 30_000;

const PROGRAM = join(import.meta.dirname, '..', '..', `main${extname(import.meta.filename)}`);

export class WorkerSlot {
  readonly #settings: WorkerSettings;
  readonly #generation: () => GenerationText;
  readonly #ports: PrimaryPorts;
  #connection: WorkerConnection | undefined;
  #delay: Milliseconds = SHORTEST_DELAY;
  #stopping = false;

  constructor(settings: WorkerSettings, generation: () => GenerationText, ports: PrimaryPorts) {
    this.#settings = settings;
    this.#generation = generation;
    this.#ports = ports;
  }

  /** The worker that runs; undefined between the end of one and the start of the next. */
  get connection(): WorkerConnection | undefined {
    return this.#connection;
  }

  /** Starts the first worker. @throws CodedError what kept it from serving; it is not started again then. */
  async start(): Promise<void> {
    await this.#fork().serving;
  }

  async stop(grace: Milliseconds): Promise<void> {
    this.#stopping = true;
    await this.#connection?.stop(grace);
  }

  #fork(): WorkerConnection {
    const { clock, logger } = this.#ports;
    const child = fork(PROGRAM, [WORKER_ARGUMENT], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: withoutOverrides(process.env),
    });
    const connection = new WorkerConnection(child, this.#settings, this.#generation(), this.#ports);
    this.#connection = connection;
    const { worker } = this.#settings;
    const startedAt = clock.monotonic();
    connection.serving.then(
      () => logger.info('worker serving', { worker, pid: connection.pid }),
      () => {},
    );
    void connection.ended.then((how) => {
      this.#connection = undefined;
      if (this.#stopping) return;
      if (clock.monotonic() - startedAt >= STEADY) this.#delay = SHORTEST_DELAY;
      const delay = this.#delay;
      this.#delay = Math.min(LONGEST_DELAY, delay * 2);
      logger.error('worker ended, another is started', { worker, pid: connection.pid, how, delay });
      clock.after(delay, () => {
        if (!this.#stopping) this.#fork();
      });
    });
    return connection;
  }
}

/** The overrides may hold secrets, and the environment of a process can be read from outside: they go over the pipe. */
function withoutOverrides(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('REALMGATE__')));
}
