/**
 * PostgresSource asks a PostgreSQL server through a small pool: each query in a read-only transaction with a
 * statement time-out on the server and one of our own behind it, since a server that hangs enforces none.
 *
 * Every value is taken as the text that the server sends: nothing is parsed into dates or numbers.
 * Details name the SQLSTATE or the system's error code, never a message: it may quote what was typed.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { type Clock, CodedError, type Instant, type Logger, type Milliseconds } from '../base/index.ts';
import { MOST_SQL_ROWS, type SqlAnswer, type SqlOptions, type SqlSource, type SqlStatement } from '../realm/index.ts';
import { boundedWait } from './bounded-wait.ts';

/** How long a server that did not answer is not asked again. */
const REST: Milliseconds = 500;
const LONGEST_IDLE: Milliseconds = 60_000;

type PostgresOptions = Pick<SqlOptions, 'password' | 'caFile' | 'timeout' | 'poolSize'> & {
  readonly url: NonNullable<SqlOptions['url']>;
};

export class PostgresSource implements SqlSource {
  readonly #options: PostgresOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pool: Pool | undefined;
  #failedAt: Instant | undefined;

  constructor(options: PostgresOptions, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger.child({
      database: `postgres://${options.url.host}:${options.url.port}/${options.url.database}`,
    });
  }

  async start(): Promise<void> {
    // Who asks no PostgreSQL does not wait for its client at every start.
    const { Pool } = await import('pg');
    this.#pool = new Pool(poolConfig(this.#options, await this.#tls()));
    // An idle connection that the server closed; the next query opens another.
    this.#pool.on('error', (error) => this.#logger.debug('a database connection ended', { code: codeOf(error) }));
  }

  async query(statement: SqlStatement, name: string, signal: AbortSignal): Promise<SqlAnswer> {
    if (this.#failedAt !== undefined && this.#clock.monotonic() - this.#failedAt < REST) {
      return unavailable('the database did not answer a moment ago');
    }
    const run = new Run(this.#pool, statement.pieces.join('$1'), name, this.#options.timeout);
    const answer = await boundedWait(run.answer(), this.#clock, this.#options.timeout, signal);
    if (answer === 'given-up' || answer === 'timed-out') {
      run.cancel();
      if (answer === 'given-up') return unavailable('the login was given up');
      return this.#failed(`no answer within ${this.#options.timeout} ms`);
    }
    if (answer.kind === 'no-connection') return this.#failed(answer.detail);
    this.#failedAt = undefined;
    return answer;
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.end();
  }

  #failed(detail: string): SqlAnswer {
    this.#failedAt = this.#clock.monotonic();
    this.#logger.warn('the database does not answer', { detail });
    return unavailable(detail);
  }

  async #tls(): Promise<ConnectionOptions | undefined> {
    const { url, caFile } = this.#options;
    if (!url.tls) return undefined;
    return {
      host: url.host,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      // The common name names no host (RFC 6125 section 6.4.4).
      checkServerIdentity: (host, certificate) =>
        checkServerIdentity(host, { ...certificate, subject: { ...certificate.subject, CN: '' } }),
      ...(caFile === undefined ? {} : { ca: await readAuthorities(caFile) }),
    };
  }
}

/** One query on one connection of the pool. */
class Run {
  readonly #pool: Pool | undefined;
  readonly #text: string;
  readonly #name: string;
  readonly #timeout: Milliseconds;
  #client: PoolClient | undefined;
  #cancelled = false;

  constructor(pool: Pool | undefined, text: string, name: string, timeout: Milliseconds) {
    this.#pool = pool;
    this.#text = text;
    this.#name = name;
    this.#timeout = timeout;
  }

  async answer(): Promise<SqlAnswer | { readonly kind: 'no-connection'; readonly detail: string }> {
    if (this.#pool === undefined) return unavailable('the database client was closed');
    try {
      this.#client = await this.#pool.connect();
    } catch (error) {
      return { kind: 'no-connection', detail: `no connection: ${codeOf(error)}` };
    }
    if (this.#cancelled) this.#release('broken');
    const client = this.#client;
    if (client === undefined) return unavailable('the login was given up');
    try {
      await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(this.#timeout)}`);
      const { rows } = await client.query<(string | null)[]>({
        text: this.#text,
        values: [this.#name],
        rowMode: 'array',
        types: { getTypeParser: () => (text: string) => text },
      });
      await client.query('ROLLBACK');
      this.#release('usable');
      return {
        kind: 'rows',
        rows: rows.slice(0, MOST_SQL_ROWS).map((row) => row.map((value) => value ?? undefined)),
        complete: rows.length <= MOST_SQL_ROWS,
      };
    } catch (error) {
      // Within a failed transaction, or without a connection: neither is of use to the next login.
      this.#release('broken');
      return unavailable(`the database answered ${codeOf(error)}`);
    }
  }

  /** Ends the connection, so that neither the pool nor the server is kept busy by a query that nobody waits for. */
  cancel(): void {
    this.#cancelled = true;
    this.#release('broken');
  }

  #release(state: 'usable' | 'broken'): void {
    this.#client?.release(state === 'broken');
    this.#client = undefined;
  }
}

function poolConfig(
  { url, password, timeout, poolSize }: PostgresOptions,
  tls: ConnectionOptions | undefined,
): PoolConfig {
  return {
    host: url.host,
    port: url.port,
    user: url.user,
    database: url.database,
    // An empty password keeps the driver from looking for one in the environment or in a file of its own.
    password: () => password?.reveal() ?? '',
    ssl: tls ?? false,
    max: poolSize,
    connectionTimeoutMillis: timeout,
    idleTimeoutMillis: LONGEST_IDLE,
    allowExitOnIdle: true,
    application_name: 'realmgate',
    client_encoding: 'UTF8',
  };
}

async function readAuthorities(file: string): Promise<string[]> {
  try {
    const blocks = (await readFile(file, 'latin1')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    if (blocks === null) throw new Error('no certificate in it');
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (cause) {
    throw new CodedError('SYSTEM_CA_FILE', `cannot read certificates from caFile ${file}`, { cause });
  }
}

function unavailable(detail: string): SqlAnswer & { kind: 'unavailable' } {
  return { kind: 'unavailable', detail };
}

/** SQLSTATE or system error code. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'an error without a code';
}
