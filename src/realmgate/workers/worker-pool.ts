/**
 * WorkerPool is what the primary sees of its workers: all of them serve one port, all know the same configuration and
 * the same sessions. It starts them, watches that they are heard of, and drains them.
 */
import type { Milliseconds, Timer } from '../../base/index.ts';
import { type GenerationText, PING_PERIOD, type WorkerLdapListener, type WorkerSettings } from './messages.ts';
import { reservePort } from './reserve-port.ts';
import type { PrimaryPorts, WorkerConnection } from './worker-connection.ts';
import { WorkerSlot } from './worker-slot.ts';

export interface WorkerPoolOptions extends Omit<PrimaryPorts, 'settled'> {
  readonly settings: Omit<WorkerSettings, 'worker' | 'chain'>;
  /** The one in force, for a worker that is started. */
  readonly generation: () => GenerationText;
}

/** A worker of which nothing was heard for so long is ended; it has refused everybody for most of that time. */
const LONGEST_SILENCE: Milliseconds = 5_000;

export class WorkerPool {
  readonly #slots: readonly WorkerSlot[];
  readonly #options: WorkerPoolOptions;
  readonly #timer: Timer;
  /** What the workers listen on, by listener. */
  readonly ports: Readonly<Record<string, number>>;
  #watchedAt: Milliseconds;

  /** Resolves when every worker serves. @throws CodedError WEB_LISTEN, LDAP_LISTEN and whatever keeps a worker from serving. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const { listen, ldap } = options.settings;
    const web = listen && { ...listen, port: await reservePort('WEB_LISTEN', listen) };
    const shared: WorkerLdapListener[] = [];
    for (const each of ldap) {
      shared.push({ ...each, listen: { ...each.listen, port: await reservePort('LDAP_LISTEN', each.listen) } });
    }
    const pool = new WorkerPool({ ...options, settings: { ...options.settings, listen: web, ldap: shared } });
    try {
      await Promise.all(pool.#slots.map((slot) => slot.start()));
      return pool;
    } catch (error) {
      await pool.close(0);
      throw error;
    }
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    const { settings, generation, clock } = options;
    const { listen, ldap } = settings;
    this.ports = {
      ...(listen !== undefined && { web: listen.port }),
      ...Object.fromEntries(ldap.map(({ scheme, listen: { port } }) => [scheme, port])),
    };
    const ports: PrimaryPorts = { ...options, settled: () => this.settled() };
    this.#slots = Array.from({ length: settings.workers }, (_, index) => {
      const own = { worker: index + 1, chain: chainOfWorker(index) };
      return new WorkerSlot({ ...settings, ...own }, generation, ports);
    });
    this.#watchedAt = clock.monotonic();
    this.#timer = clock.every(PING_PERIOD, () => this.#watch());
  }

  /** True while at least one worker serves. */
  get isServing(): boolean {
    return this.#connections().some(({ isServing }) => isServing);
  }

  /** Resolves when the generation is in force in every worker that runs. */
  async adopt(generation: GenerationText): Promise<void> {
    await Promise.all(this.#connections().map((connection) => connection.adopt(generation)));
  }

  /** Resolves when every worker knows what is live now, or serves no more; at the latest after the time of a lease. */
  async settled(): Promise<void> {
    await Promise.all(this.#connections().map((connection) => connection.settled()));
  }

  /** Tells every worker that the directory has come further. */
  directoryChanged(): void {
    for (const connection of this.#connections()) connection.directoryChanged();
  }

  rotateKeys(): void {
    for (const connection of this.#connections()) connection.rotateKeys();
  }

  /** Lets requests under way end for `grace`, then ends every worker. */
  async close(grace: Milliseconds): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.stop(grace)));
    this.#timer.cancel();
  }

  #watch(): void {
    const { clock, logger } = this.#options;
    const now = clock.monotonic();
    const held = now - this.#watchedAt > 4 * PING_PERIOD;
    this.#watchedAt = now;
    for (const connection of this.#connections()) {
      // The primary was held up itself (stopped, or out of processor time) and has heard nobody.
      if (held) connection.forgive();
      else if (connection.isServing && connection.silence() > LONGEST_SILENCE) {
        logger.error('a worker is not heard of any more', { pid: connection.pid });
        connection.kill();
      }
    }
  }

  #connections(): readonly WorkerConnection[] {
    return this.#slots.flatMap(({ connection }) => connection ?? []);
  }
}

/** Letters that a chain may be named by; `a` is the primary's. */
const LETTERS = 'bcdefghjkmnpqrstvwxyz';

/** `b`, `c`, ... `z`, `bb`, `bc`, ...: always the same for the same worker, so that it goes on with its chain. */
export function chainOfWorker(index: number): string {
  const last = LETTERS[index % LETTERS.length]!;
  const rest = Math.floor(index / LETTERS.length);
  return rest === 0 ? last : `${LETTERS[rest - 1]}${last}`;
}
