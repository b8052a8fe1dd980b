/**
 * A whole Realmgate with a directory, in a process of its own on a folder that outlives it: it can be killed, and started again on what it
 * left; its disk can be made to fail.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { accepts, freePort } from './free-port.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', MAIN];
/** Tries of ten milliseconds. */
const MOST_TRIES = 6_000;

export interface DirectoryProcessOptions {
  /** Where its configuration is, and what it writes, unless `data` says otherwise. */
  readonly folder: string;
  readonly data?: string;
  readonly suffix: string;
  /** Keys of `directory.access`, as YAML of one line. */
  readonly access?: string;
  /** Further keys of the configuration. */
  readonly more?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export class DirectoryProcess {
  readonly ldapPort: number;
  readonly webPort: number;
  readonly #options: DirectoryProcessOptions;
  #child: ChildProcess | undefined;
  /** What it printed, the last 64 KiB. */
  log = '';

  private constructor(options: DirectoryProcessOptions, ldapPort: number, webPort: number) {
    this.#options = options;
    this.ldapPort = ldapPort;
    this.webPort = webPort;
  }

  /** Writes its configuration; `start` starts it. */
  static async prepare(options: DirectoryProcessOptions): Promise<DirectoryProcess> {
    const { folder, data = join(folder, 'data'), suffix, access = '', more = '' } = options;
    const made = new DirectoryProcess(options, await freePort(), await freePort());
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      made.#configuration,
      `data: ${data}
audit: { folder: ${join(folder, 'trail')} }
directory: { suffix: "${suffix}", access: { ${access} } }
listen:
  ldap: { address: "127.0.0.1:${made.ldapPort}" }
  web: { address: "127.0.0.1:${made.webPort}", publicUrl: "http://login.localhost:${made.webPort}" }
${more}`,
    );
    return made;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when the LDAP door accepts connections. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, 'serve', '--config', this.#configuration], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#options.environment },
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-65_536);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    for (let tries = 0; !(await accepts(this.ldapPort)); tries += 1) {
      if (child.exitCode !== null || child.signalCode !== null || tries > MOST_TRIES) {
        throw new Error(`it did not start:\n${this.log.slice(-2_000)}`);
      }
      await wait(10);
    }
  }

  /** Ends it as a power cut of the process would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Runs its command line; rejects when it fails. */
  command(...args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = [...NODE_ARGUMENTS, '--config', this.#configuration, ...args];
      execFile(process.execPath, options, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${args.join(' ')}: ${stdout}${stderr}`)),
      );
    });
  }

  get #configuration(): string {
    return join(this.#options.folder, 'realmgate.yaml');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
