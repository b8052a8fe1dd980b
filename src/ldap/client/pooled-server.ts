/**
 * PooledServer asks one directory server through pooled connections, and knows whether it is worth asking.
 *
 * A server that failed is left alone for half a second; then one probe finds out for all who wait. So a dead
 * server costs a login at most one time-out, a hundred logins no more than one, and a server that was started
 * again is used without anybody's doing.
 *
 * Searches and password checks have connections of their own: a connection on which users bind is never one on
 * which the service account searches.
 */
import { type Clock, type Instant, type Logger, type Milliseconds, messageOf, type Secret } from '../../base/index.ts';
import type { BindAnswer, DirectorySearch, DirectoryServer, SearchAnswer } from '../../realm/index.ts';
import { bindAnswerOf, describeResult } from './bind-answer.ts';
import { ConnectionPool } from './connection-pool.ts';
import { deadline } from './deadline.ts';
import { DirectoryConnection, type Reply } from './directory-connection.ts';
import type { SocketSettings } from './secure-socket.ts';

/** How long a server that failed is not asked. */
const REST: Milliseconds = 500;
/** A question that was given up after this long without an answer counts as a failure of the server. */
const LONG_SILENCE: Milliseconds = 1_000;

/** The root DSE, which every server shows to everybody (RFC 4512 section 5.1), without its attributes. */
const ROOT_ENTRY: DirectorySearch = {
  base: '',
  scope: 'base',
  filter: { kind: 'present', attribute: 'objectClass' },
  attributes: ['1.1'],
  sizeLimit: 1,
};

const NO_SUCH_OBJECT = 32;
const SIZE_LIMIT_EXCEEDED = 4;

export interface ServerSettings extends SocketSettings {
  readonly url: string;
  /** The service account; searches are anonymous without it. */
  readonly account: { readonly dn: string; readonly password: Secret } | undefined;
  readonly connectTimeout: Milliseconds;
  readonly timeout: Milliseconds;
  readonly poolSize: number;
}

type Health = { readonly failed: false } | { readonly failed: true; readonly since: Instant; readonly detail: string };

export class PooledServer implements DirectoryServer {
  readonly url: string;
  readonly #settings: ServerSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #searching: ConnectionPool;
  readonly #binding: ConnectionPool;
  #health: Health = { failed: false };
  #probe: Promise<void> | undefined;
  #closed = false;

  constructor(settings: ServerSettings, clock: Clock, logger: Logger) {
    this.url = settings.url;
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = logger.child({ server: settings.url });
    this.#searching = new ConnectionPool(clock, settings.poolSize, (signal) => this.#openForSearching(signal));
    this.#binding = new ConnectionPool(clock, settings.poolSize, (signal) => this.#connect(signal));
  }

  get healthy(): boolean {
    return !this.#health.failed;
  }

  async search(request: DirectorySearch, signal: AbortSignal): Promise<SearchAnswer> {
    const reply = await this.#ask(this.#searching, signal, (connection, until) => connection.search(request, until));
    if (reply.kind === 'broken') return { kind: 'unavailable', detail: reply.detail };
    const { resultCode } = reply.result;
    if (resultCode === NO_SUCH_OBJECT) return { kind: 'no-base' };
    if (reply.value === undefined || (resultCode !== 0 && resultCode !== SIZE_LIMIT_EXCEEDED)) {
      return { kind: 'unavailable', detail: describeResult(resultCode) };
    }
    return { kind: 'found', entries: reply.value, complete: resultCode === 0 };
  }

  async verifyBind(dn: string, password: Secret, signal: AbortSignal): Promise<BindAnswer> {
    if (dn === '' || password.isEmpty) return { kind: 'unavailable', detail: 'refused to send an anonymous bind' };
    const reply = await this.#ask(this.#binding, signal, (connection, until) => connection.bind(dn, password, until));
    if (reply.kind === 'broken') return { kind: 'unavailable', detail: reply.detail };
    const answer = bindAnswerOf(reply.result);
    if (answer.kind === 'verified' && reply.value !== true) return { kind: 'unavailable', detail: 'no clear answer' };
    return answer;
  }

  /** Finds out in the background whether a failed server is back; does nothing while it rests. */
  probeIfRested(): void {
    if (this.#rested()) void this.#probeOnce();
  }

  close(): void {
    this.#closed = true;
    this.#searching.clear('the directory client was closed');
    this.#binding.clear('the directory client was closed');
  }

  async #ask<Value>(
    pool: ConnectionPool,
    given: AbortSignal,
    question: (connection: DirectoryConnection, until: AbortSignal) => Promise<Reply<Value>>,
  ): Promise<Reply<Value>> {
    const began = this.#clock.monotonic();
    const until = deadline(this.#clock, this.#settings.timeout, given);
    const failed = (detail: string): Reply<Value> => {
      const givenUpEarly = given.aborted && this.#clock.monotonic() - began < LONG_SILENCE;
      if (!givenUpEarly) this.#failed(detail);
      return { kind: 'broken', detail };
    };
    try {
      const refusal = await this.#admit(until.signal);
      if (refusal !== undefined) return { kind: 'broken', detail: refusal };
      for (;;) {
        const { connection, reused } = await pool.take(until.signal);
        const reply = await question(connection, until.signal);
        if (reply.kind === 'answered') {
          pool.give(connection);
          return reply;
        }
        pool.drop(connection);
        // A server that was restarted, or that closes idle connections, deserves a second try on a new one.
        if (!reused || until.signal.aborted) return failed(reply.detail);
      }
    } catch (error) {
      return failed(messageOf(error));
    } finally {
      until.release();
      if (this.#closed) this.close();
    }
  }

  /** Undefined when the server may be asked; otherwise why not. */
  async #admit(signal: AbortSignal): Promise<string | undefined> {
    if (this.#closed) return 'the directory client was closed';
    if (!this.#health.failed) return undefined;
    if (!this.#rested()) return `not asked again so soon after: ${this.#health.detail}`;
    const givenUp = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#probeOnce(), givenUp]);
    return this.#health.failed ? this.#health.detail : undefined;
  }

  #rested(): boolean {
    return this.#health.failed && this.#clock.monotonic() - this.#health.since >= REST && !this.#closed;
  }

  /** One probe at a time: connects, secures, binds the service account and asks for the root entry. Never rejects. */
  #probeOnce(): Promise<void> {
    this.#probe ??= this.#runProbe().finally(() => {
      this.#probe = undefined;
    });
    return this.#probe;
  }

  async #runProbe(): Promise<void> {
    const until = deadline(this.#clock, this.#settings.timeout);
    try {
      const { connection } = await this.#searching.take(until.signal);
      const reply = await connection.search(ROOT_ENTRY, until.signal);
      this.#searching.give(connection);
      // Any answer will do: a server that hangs still accepts connections.
      if (reply.kind === 'broken') throw new Error(reply.detail);
      this.#health = { failed: false };
      this.#logger.info('the directory server answers again');
    } catch (error) {
      this.#failed(messageOf(error));
    } finally {
      until.release();
    }
  }

  #failed(detail: string): void {
    if (!this.#health.failed) this.#logger.warn('the directory server does not answer', { detail });
    this.#health = { failed: true, since: this.#clock.monotonic(), detail };
    this.#searching.clear(detail);
    this.#binding.clear(detail);
  }

  async #connect(signal: AbortSignal): Promise<DirectoryConnection> {
    const until = deadline(this.#clock, this.#settings.connectTimeout, signal);
    try {
      return await DirectoryConnection.open(this.#settings, until.signal);
    } catch (error) {
      throw new Error(`no connection: ${messageOf(error)}`, { cause: error });
    } finally {
      until.release();
    }
  }

  async #openForSearching(signal: AbortSignal): Promise<DirectoryConnection> {
    const connection = await this.#connect(signal);
    const { account } = this.#settings;
    if (account === undefined) return connection;
    const reply = await connection.bind(account.dn, account.password, signal);
    if (reply.kind === 'answered' && reply.value === true && reply.result.resultCode === 0) return connection;
    connection.close();
    if (reply.kind === 'broken') throw new Error(reply.detail);
    // It says nothing about any user; until an operator mends it nobody of this domain can log in.
    this.#logger.error('the directory refuses the service account of bindDn', { resultCode: reply.result.resultCode });
    throw new Error(`the service account is refused: ${describeResult(reply.result.resultCode)}`);
  }
}
