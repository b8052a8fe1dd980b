/**
 * ControlDoor serves the administrator's acts on `control.sock` in the data folder (mode 0600, folder 0700), for the
 * command line of the same user. One request an act: POST /v1/acts/NAME with JSON, answered with JSON.
 */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { CodedError, type Logger, messageOf } from '../../base/index.ts';

/** Runs an act by name; undefined for a name that is none. */
export type RunAct = (name: string, input: unknown) => Promise<unknown> | undefined;

/** What Linux takes for the address of a socket. */
const LONGEST_PATH = 107;
const LONGEST_INPUT = 1024 * 1024;

export class ControlDoor {
  readonly #path: string;
  readonly #server: Server;

  constructor(dataFolder: string, run: RunAct, logger: Logger) {
    this.#path = join(dataFolder, 'control.sock');
    this.#server = createServer((request, response) => {
      serve(request, response, run).catch((error: unknown) => {
        if (error instanceof CodedError) {
          logger.warn('act refused', { error: error.message, code: error.code });
          return answer(response, 409, { error: error.message, code: error.code });
        }
        logger.error('act failed', { error: messageOf(error) });
        answer(response, 500, { error: 'internal error, see the log' });
      });
    });
  }

  /** The caller holds the lock on the data folder, so a socket that is there was left by a process that is gone. */
  listen(): Promise<void> {
    rmSync(this.#path, { force: true });
    return new Promise((resolve, reject) => {
      const failed = (cause: unknown) =>
        reject(
          new CodedError('WEB_CONTROL', `cannot listen on ${this.#path}: ${reasonOf(this.#path, cause)}`, { cause }),
        );
      // It stays: a connection that cannot be accepted must not be an event that nobody hears.
      this.#server.on('error', failed);
      // The socket is made before `listen` returns; the mask of the process is back before anything else is made.
      const mask = process.umask(0o177);
      try {
        this.#server.listen(this.#path, resolve);
      } finally {
        process.umask(mask);
      }
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function reasonOf(path: string, cause: unknown): string {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    return `the path is longer than ${LONGEST_PATH} octets; choose a data folder with a shorter one`;
  }
  return messageOf(cause);
}

async function serve(request: IncomingMessage, response: ServerResponse, run: RunAct): Promise<void> {
  const name = /^\/v1\/acts\/([a-z-]{1,64})$/.exec(request.url ?? '')?.[1];
  if (request.method !== 'POST' || name === undefined) return answer(response, 404, { error: 'no such act' });
  const input = await readJson(request);
  if (input === undefined) return answer(response, 400, { error: 'the input is not JSON' });
  const running = run(name, input.value);
  if (running === undefined) return answer(response, 404, { error: `no act is called ${name}` });
  answer(response, 200, await running);
}

async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_INPUT) return undefined;
    chunks.push(chunk);
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(value === undefined ? '' : JSON.stringify(value));
}
