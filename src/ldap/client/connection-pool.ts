/**
 * ConnectionPool keeps a few connections to one server: taken for one question each, given back when it was answered.
 *
 * Nothing waits without end: who waits for a connection has a deadline, the number who may wait is bounded, and a
 * server that failed turns all of them away at once (RELIABILITY F28: no pile-up).
 */
import type { Clock, Instant, Milliseconds } from '../../base/index.ts';
import type { DirectoryConnection } from './directory-connection.ts';

/** A connection that was idle for longer is closed: firewalls forget it without telling anybody. */
const LONGEST_IDLE: Milliseconds = 60_000;
/** The most that may wait for a connection. */
const LONGEST_QUEUE = 1_000;

export interface TakenConnection {
  readonly connection: DirectoryConnection;
  /** True when it was used before: the server may have closed it without our knowing yet. */
  readonly reused: boolean;
}

interface Waiting {
  wake(): void;
  reject(error: Error): void;
}

export class ConnectionPool {
  readonly #clock: Clock;
  readonly #size: number;
  readonly #open: (signal: AbortSignal) => Promise<DirectoryConnection>;
  readonly #idle: { readonly connection: DirectoryConnection; readonly since: Instant }[] = [];
  readonly #waiting = new Set<Waiting>();
  /** Connections that are idle, taken or being opened. */
  #count = 0;

  constructor(clock: Clock, size: number, open: (signal: AbortSignal) => Promise<DirectoryConnection>) {
    this.#clock = clock;
    this.#size = size;
    this.#open = open;
  }

  /** Resolves with an idle connection or a new one; rejects with the reason there is none. */
  async take(signal: AbortSignal): Promise<TakenConnection> {
    for (;;) {
      signal.throwIfAborted();
      const idle = this.#idle.pop();
      if (idle !== undefined) {
        const stale = this.#clock.monotonic() - idle.since > LONGEST_IDLE;
        if (idle.connection.usable && !stale) return { connection: idle.connection, reused: true };
        this.drop(idle.connection);
      } else if (this.#count < this.#size) {
        return { connection: await this.#openOne(signal), reused: false };
      } else {
        await this.#turn(signal);
      }
    }
  }

  give(connection: DirectoryConnection): void {
    if (connection.usable) {
      this.#idle.push({ connection, since: this.#clock.monotonic() });
      this.#wakeOne();
    } else {
      this.drop(connection);
    }
  }

  /** Closes a taken connection. */
  drop(connection: DirectoryConnection): void {
    connection.close();
    this.#count -= 1;
    this.#wakeOne();
  }

  /** Closes what is idle and turns away who waits. Taken connections come back through `give` or `drop`. */
  clear(reason: string): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(reason));
    for (const { connection } of this.#idle.splice(0)) this.drop(connection);
  }

  async #openOne(signal: AbortSignal): Promise<DirectoryConnection> {
    this.#count += 1;
    try {
      const connection = await this.#open(signal);
      connection.onEnd(() => this.#forget(connection));
      return connection;
    } catch (error) {
      this.#count -= 1;
      this.#wakeOne();
      throw error;
    }
  }

  /** An idle connection that the server closed is dropped at once, so that the next login opens a new one. */
  #forget(connection: DirectoryConnection): void {
    const index = this.#idle.findIndex((idle) => idle.connection === connection);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    this.drop(connection);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= LONGEST_QUEUE) throw new Error('too many logins wait for this server');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { wake: resolve, reject };
    const giveUp = () => reject(signal.reason);
    this.#waiting.add(waiting);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      this.#waiting.delete(waiting);
      signal.removeEventListener('abort', giveUp);
    }
  }

  #wakeOne(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waiting.delete(first);
    first.wake();
  }
}
