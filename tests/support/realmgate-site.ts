/** A whole Realmgate in a process of its own, with its configuration in a temporary folder, and its command line. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', MAIN];

export interface SiteOptions {
  /** Configuration files (merged in the order of their names) and the files they name. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the configuration listens. */
  readonly port?: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class RealmgateSite {
  readonly #process: ServerProcess;
  readonly #configurations: readonly string[];

  private constructor(server: ServerProcess, configurations: readonly string[]) {
    this.#process = server;
    this.#configurations = configurations;
  }

  /** Starts `realmgate serve` with every `.yaml` of `files`; a text may say PORT for where it listens. */
  static async start({ files, port }: SiteOptions): Promise<RealmgateSite> {
    const web = port ?? (await freePort());
    const configurations = Object.keys(files)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
    const options = (folder: string) => configurations.flatMap((name) => ['--config', join(folder, name)]);
    const server = await ServerProcess.start({
      name: 'site',
      command: process.execPath,
      arguments: (folder) => [...NODE_ARGUMENTS, 'serve', ...options(folder)],
      files: () =>
        Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('PORT', String(web))])),
      port: web,
    });
    return new RealmgateSite(
      server,
      configurations.map((name) => join(server.folder, name)),
    );
  }

  get port(): number {
    return this.#process.port;
  }

  get folder(): string {
    return this.#process.folder;
  }

  /** What it logged. */
  get log(): string {
    return this.#process.output;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs its command line, as an operator on the same machine. */
  command(...args: readonly string[]): Promise<CommandResult> {
    const options = this.#configurations.flatMap((path) => ['--config', path]);
    return new Promise((resolve) => {
      execFile(process.execPath, [...NODE_ARGUMENTS, ...options, ...args], (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
      );
    });
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

/** A line of an htpasswd file in the form of `htpasswd -s`. */
export function htpasswdLine(name: string, password: string): string {
  return `${name}:{SHA}${createHash('sha1').update(password).digest('base64')}\n`;
}
