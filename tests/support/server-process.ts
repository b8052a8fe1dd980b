/** A server program in a temporary folder of its own, ended by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { accepts } from './free-port.ts';

export interface ServerProgram {
  readonly name: string;
  readonly command: string;
  readonly arguments: (folder: string) => readonly string[];
  /** Files of its folder, by name, written before the start. */
  readonly files: (folder: string) => Readonly<Record<string, string>>;
  /** Accepts connections once it has started. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export class ServerProcess {
  readonly folder: string;
  readonly port: number;
  readonly #child: ChildProcess;
  /** What it printed, the last 64 KiB. */
  output = '';

  private constructor(program: ServerProgram, folder: string) {
    this.folder = folder;
    this.port = program.port;
    this.#child = spawn(program.command, program.arguments(folder), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: folder, ...program.environment },
    });
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-65_536);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('error', (error) => keep(Buffer.from(String(error))));
  }

  /** Resolves when it accepts connections; rejects with what it printed when it does not. */
  static async start(program: ServerProgram): Promise<ServerProcess> {
    const folder = mkdtempSync(join(tmpdir(), `realmgate-${program.name}-`));
    // The programs of Debian give up root and must still reach their files.
    chmodSync(folder, 0o755);
    for (const [name, text] of Object.entries(program.files(folder))) writeFileSync(join(folder, name), text);
    const server = new ServerProcess(program, folder);
    for (let tries = 0; !(await accepts(program.port)); tries += 1) {
      if (server.#ended || tries > 300) {
        await server.stop();
        throw new Error(`${program.name} did not start:\n${server.output}`);
      }
      await wait(30);
    }
    return server;
  }

  async stop(): Promise<void> {
    if (!this.#ended) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const hard = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(hard);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #ended(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
