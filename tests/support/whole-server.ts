/**
 * A whole Realmgate in this process: configuration file, data folder, doors and control socket as `realmgate serve`
 * opens them, with a clock and a log that the test holds. What needs a process of its own (signals, kill -9, a full
 * disk) takes realmgate-site.ts instead.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, type LogFields, type Logger, systemClock, systemRandom } from '../../src/base/index.ts';
import { runCommandLine } from '../../src/cli/index.ts';
import {
  checkConfiguration,
  configurationSchema,
  dataFolderOf,
  openActs,
  verifyTrail,
} from '../../src/realmgate/index.ts';
import { type Installation, openInstallation } from '../../src/realmgate/installation.ts';
import { load } from '../../src/realmgate/load.ts';
import { Server } from '../../src/realmgate/server.ts';
import { freePort } from './free-port.ts';

export interface WholeServerOptions {
  /** The configuration file; `PORT` stands for the port of the web listener. */
  readonly configuration: string;
  /** Further files of its folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** Login sources wait for a file until it has been still for a second; by this clock it was, when it has just been written. */
const minuteAhead: Clock = { ...systemClock, now: () => systemClock.now() + 60_000 };

export class WholeServer {
  readonly folder: string;
  readonly port: number;
  readonly log: LogLine[] = [];
  readonly #clock: Clock;
  #installation: Installation | undefined;
  #server: Server | undefined;

  private constructor(folder: string, port: number, clock: Clock) {
    this.folder = folder;
    this.port = port;
    this.#clock = clock;
  }

  static async start({ configuration, files = {}, clock = minuteAhead }: WholeServerOptions): Promise<WholeServer> {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-whole-'));
    const whole = new WholeServer(folder, await freePort(), clock);
    for (const [name, text] of Object.entries(files)) whole.write(name, text);
    whole.write('realmgate.yaml', configuration);
    try {
      await whole.start();
    } catch (error) {
      await whole.close();
      throw error;
    }
    return whole;
  }

  get configurationFile(): string {
    return join(this.folder, 'realmgate.yaml');
  }

  get installation(): Installation {
    return this.#installation!;
  }

  /** Writes a file of its folder, with the port put in. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text.replaceAll('PORT', String(this.port)));
  }

  /** Starts on the folder as it is, again after `stop`. */
  async start(): Promise<void> {
    const { value } = await load([this.configurationFile]);
    const machine = { clock: this.#clock, random: systemRandom, logger: collectingLogger(this.log), version: '0' };
    this.#installation = await openInstallation(value, machine);
    this.#server = new Server(this.#installation, [this.configurationFile], {});
    await this.#server.start(value);
  }

  /** Reads the configuration again, as SIGHUP does. */
  reload(): ReturnType<Server['reload']> {
    return this.#server!.reload();
  }

  /** Ends it as SIGTERM does; the folder stays. */
  async stop(): Promise<void> {
    await this.#server?.stop(0);
    await this.#installation?.close();
    this.#server = undefined;
    this.#installation = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The address of a path on a host of this machine, such as `app`, which stands for app.localhost. */
  at(host: string, path = '/', scheme = 'http'): string {
    return `${scheme}://${host}.localhost:${this.port}${path}`;
  }

  /** Runs the command line as an operator beside it does. */
  command(...args: readonly string[]): Promise<CommandRun> {
    return this.commandWith('', ...args);
  }

  /** The same with standard input. */
  async commandWith(input: string, ...args: readonly string[]): Promise<CommandRun> {
    return runCommand(['--config', this.configurationFile, ...args], input);
  }
}

/** The command line in this process, with what it printed. */
export async function runCommand(args: readonly string[], input = ''): Promise<CommandRun> {
  const printed = { stdout: '', stderr: '' };
  const code = await runCommandLine(args, {
    terminal: {
      out(text) {
        printed.stdout += text;
      },
      err(text) {
        printed.stderr += text;
      },
      readInput: async () => input,
    },
    version: '0.0.0',
    environment: {},
    now: () => systemClock.now(),
    schema: configurationSchema,
    defaultPaths: ['realmgate.yaml'],
    serve: () => Promise.reject(new Error('a test does not serve through the command line')),
    check: checkConfiguration,
    dataFolder: dataFolderOf,
    openActs: (paths) => openActs(paths, '0'),
    verifyAudit: verifyTrail,
  });
  return { code, ...printed };
}

function collectingLogger(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}
