/**
 * SqliteSource asks an SQLite file in a process of its own, one query at a time.
 *
 * A process and not a thread: SQLite runs a query to its end whatever becomes of the thread it runs in, so that a query
 * that never ends could neither be given up nor let the server exit. A process can be killed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, type Milliseconds, messageOf, type Timer } from '../base/index.ts';
import { MOST_SQL_ROWS, type SqlAnswer, type SqlSource, type SqlStatement } from '../realm/index.ts';
import { boundedWait } from './bounded-wait.ts';
import type { SqliteReply, SqliteRequest } from './sqlite-process.ts';

/** The most queries that may wait for the process. */
const LONGEST_QUEUE = 1_000;

interface Job {
  readonly text: string;
  readonly name: string;
  readonly settle: (answer: SqlAnswer) => void;
}

interface Running {
  readonly id: number;
  readonly job: Job;
  readonly watchdog: Timer;
}

export class SqliteSource implements SqlSource {
  readonly #path: string;
  readonly #timeout: Milliseconds;
  readonly #clock: Clock;
  readonly #queue = new Set<Job>();
  #process: ChildProcess | undefined;
  #running: Running | undefined;
  #lastId = 0;
  #closed = false;

  constructor(path: string, timeout: Milliseconds, clock: Clock) {
    this.#path = path;
    this.#timeout = timeout;
    this.#clock = clock;
  }

  /** The file may still be missing; it is looked for at every query. */
  async start(): Promise<void> {
    this.#process ??= this.#startProcess();
  }

  async query(statement: SqlStatement, name: string, signal: AbortSignal): Promise<SqlAnswer> {
    if (this.#closed) return unavailable('the database was closed');
    if (this.#queue.size >= LONGEST_QUEUE) return unavailable('too many logins wait for the database');
    const { promise, resolve } = Promise.withResolvers<SqlAnswer>();
    const job: Job = { text: statement.pieces.join('?1'), name, settle: resolve };
    this.#queue.add(job);
    this.#next();
    const answer = await boundedWait(promise, this.#clock, this.#timeout, signal);
    if (answer !== 'timed-out' && answer !== 'given-up') return answer;
    this.#queue.delete(job);
    return unavailable(answer === 'given-up' ? 'the login was given up' : `no answer within ${this.#timeout} ms`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue) job.settle(unavailable('the database was closed'));
    this.#queue.clear();
    this.#endProcess('the database was closed');
  }

  #next(): void {
    const [job] = this.#queue;
    if (job === undefined || this.#running !== undefined || this.#closed) return;
    this.#queue.delete(job);
    this.#lastId += 1;
    const watchdog = this.#clock.after(this.#timeout, () => this.#endProcess(`no answer within ${this.#timeout} ms`));
    this.#running = { id: this.#lastId, job, watchdog };
    this.#process ??= this.#startProcess();
    const request: SqliteRequest = { id: this.#lastId, text: job.text, name: job.name, limit: MOST_SQL_ROWS };
    // Idle, it keeps nobody alive; whoever waits for an answer is to get it.
    this.#process.channel?.ref();
    this.#process.send(request);
  }

  #startProcess(): ChildProcess {
    const script = new URL(`./sqlite-process${extname(import.meta.filename)}`, import.meta.url);
    const child = fork(fileURLToPath(script), [this.#path], {
      // Nothing of the server's environment: it may hold secrets, and the query needs none.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    child.unref();
    child.channel?.unref();
    child.on('message', (reply: SqliteReply) => {
      if (this.#running?.id === reply.id) this.#settle(answerOf(reply));
    });
    const ended = (reason: string) => {
      if (this.#process === child) this.#endProcess(reason);
    };
    child.on('exit', (code, signal) => ended(`the process that reads the file ended (${signal ?? code})`));
    child.on('error', (error) => ended(`the process that reads the file failed: ${messageOf(error)}`));
    return child;
  }

  #endProcess(reason: string): void {
    const child = this.#process;
    this.#process = undefined;
    child?.kill('SIGKILL');
    this.#settle(unavailable(reason));
  }

  /** Answers the running job, if there is one, and begins the next. */
  #settle(answer: SqlAnswer): void {
    const running = this.#running;
    this.#running = undefined;
    running?.watchdog.cancel();
    this.#process?.channel?.unref();
    running?.job.settle(answer);
    this.#next();
  }
}

function answerOf(reply: SqliteReply): SqlAnswer {
  if ('error' in reply) return unavailable(`the database answered ${reply.error}`);
  return { kind: 'rows', rows: reply.rows.map((row) => row.map(textOf)), complete: reply.complete };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
}

function unavailable(detail: string): SqlAnswer {
  return { kind: 'unavailable', detail };
}
