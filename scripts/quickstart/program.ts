/** Starts the programs of the quickstart and stops exactly those. */
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';

export interface RunningProgram {
  /** Settles when it ended by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT = 20_000;

/** Runs Node with `args`; resolves once its output matches `ready`, rejects when it ends or stays silent before. */
export function startProgram(what: string, args: readonly string[], ready: RegExp): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      void stop();
      reject(new Error(`${what} ${why}\n${output}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), START_LIMIT);
    const listen = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      if (!ready.test(output)) return;
      clearTimeout(timer);
      resolve({ ended, stop });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? 'a signal'}`);
    });
  });
}

/** Runs Node with `args` to its end; rejects with what it printed when it fails. */
export function runProgram(what: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: START_LIMIT }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${what} failed: ${error.message}\n${stdout}${stderr}`));
    });
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
