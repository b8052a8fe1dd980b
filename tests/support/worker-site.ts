/**
 * A Realmgate of several worker processes, with the process ids that a test needs to stop, kill and count them, and
 * its control socket.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { accepts, freePort } from './free-port.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const START_LIMIT = 30_000;

export interface WorkerSiteOptions {
  /** The configuration; `PORT` stands for the port of the web listener. */
  readonly configuration: string;
  /** Further files of its folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Overrides. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export class WorkerSite {
  readonly folder: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  private constructor(folder: string, port: number, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.port = port;
    this.#child = spawn(process.execPath, [MAIN, 'serve', '--config', join(folder, 'realmgate.yaml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#ended = once(this.#child, 'exit');
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
  }

  static async start({ configuration, files, environment = {} }: WorkerSiteOptions): Promise<WorkerSite> {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-workers-'));
    const port = await freePort();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'realmgate.yaml'), configuration.replaceAll('PORT', String(port)));
    const site = new WorkerSite(folder, port, environment);
    try {
      await site.until(() => site.#child.exitCode !== null || site.lines('serving').length > 0, START_LIMIT);
      if (site.#child.exitCode !== null) throw new Error(`it did not start:\n${site.log}`);
      return site;
    } catch (error) {
      await site.remove();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Everything it logged. */
  get log(): string {
    return this.#output;
  }

  /** The lines of the log with this message. */
  lines(message: string): readonly LogLine[] {
    return this.#output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine)
      .filter(({ msg }) => msg === message);
  }

  /** The process ids of the workers by the name of their chain. */
  workers(): ReadonlyMap<string, number> {
    return new Map(
      this.lines('worker serving').map(({ worker, pid }) => ['bcd'[Number(worker) - 1] ?? '', Number(pid)]),
    );
  }

  /** The address of a path on a host of this machine. */
  at(host: string, path = '/'): string {
    return `http://${host}.localhost:${this.port}${path}`;
  }

  /** Writes the configuration anew, and resolves with the answer of the reload. */
  async configure(configuration: string): Promise<{ readonly applied: boolean }> {
    writeFileSync(join(this.folder, 'realmgate.yaml'), configuration.replaceAll('PORT', String(this.port)));
    return (await this.act('reload', {})) as { readonly applied: boolean };
  }

  /** An act of the administrator, through the control socket. */
  act(name: string, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socketPath = join(this.folder, 'data', 'control.sock');
      const asking = request({ socketPath, method: 'POST', path: `/v1/acts/${name}` }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
      });
      asking.on('error', reject);
      asking.end(JSON.stringify(input));
    });
  }

  async until(holds: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
    for (const end = performance.now() + limit; !(await holds()); await wait(20)) {
      if (performance.now() > end) throw new Error(`not within ${limit} ms; the log says\n${this.#output}`);
    }
  }

  /** Ends it as a service manager does; resolves the exit code. */
  async terminate(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Whether anybody still listens on the port. */
  isListening(): Promise<boolean> {
    return accepts(this.port);
  }

  /** Ends every process of it and removes its folder. */
  async remove(): Promise<void> {
    for (const pid of [this.pid, ...this.workers().values()]) {
      // What was stopped takes its end only when it goes on.
      if (isAlive(pid)) for (const signal of ['SIGKILL', 'SIGCONT'] as const) process.kill(pid, signal);
    }
    await this.#ended;
    await this.until(() => [...this.workers().values()].every((pid) => !isAlive(pid)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether a process with this id runs; one that has ended and waits for its parent's look does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
