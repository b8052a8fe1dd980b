/** A real PostgreSQL of Debian on a free loopback port, in a folder of its own, run as the user postgres. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const bin = (program: string) => join(globSync('/usr/lib/postgresql/*/bin').sort().at(-1) ?? '', program);
/** PostgreSQL refuses to run as root. */
const asPostgres =
  (process.getuid?.() ?? 1) === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];

export class Postgres {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Makes a cluster whose superuser is `postgres` with the password `postgres-secret`, and starts it. */
  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-postgres-'));
    chmodSync(folder, 0o777);
    const script = `umask 077; printf postgres-secret > ${folder}/pw; exec ${bin('initdb')} -D ${folder}/data -U postgres -A scram-sha-256 --pwfile=${folder}/pw -E UTF8 --locale=C.UTF-8 -N`;
    run(['sh', '-c', script]);
    const postgres = new Postgres(folder, await freePort());
    try {
      await postgres.start();
    } catch (error) {
      await postgres.close();
      throw error;
    }
    return postgres;
  }

  async start(): Promise<void> {
    const settings = ['fsync=off', 'unix_socket_directories=', 'listen_addresses=127.0.0.1', `port=${this.port}`];
    const [program = '', ...args] = [
      ...asPostgres,
      ...[bin('postgres'), '-D', join(this.#folder, 'data')],
      ...settings.flatMap((setting) => ['-c', setting]),
    ];
    this.#process = spawn(program, args, { stdio: 'ignore', cwd: '/' });
    for (let attempt = 0; attempt < 200; attempt += 1) {
      try {
        this.sql('SELECT 1');
        return;
      } catch {
        await wait(50);
      }
    }
    throw new Error('PostgreSQL does not start');
  }

  /** Runs statements as the superuser; returns what psql prints, unaligned. */
  sql(text: string): string {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-U',
      'postgres',
      '-X',
      '-q',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
    ];
    const env = { PATH: '/usr/bin:/bin', PGPASSWORD: 'postgres-secret' };
    return execFileSync('psql', args, { input: text, stdio: 'pipe', env }).toString().trim();
  }

  /** Turns TLS on with this certificate, or changes it; connections without TLS still work. */
  useCertificate({ certificateFile, keyFile }: { certificateFile: string; keyFile: string }): void {
    for (const [from, name] of [
      [certificateFile, 'server.crt'],
      [keyFile, 'server.key'],
    ] as const) {
      const copy = join(this.#folder, name);
      copyFileSync(from, copy);
      chmodSync(copy, 0o644);
      run([
        'sh',
        '-c',
        `umask 077; cp ${copy} ${join(this.#folder, 'data', name)}.new; mv ${join(this.#folder, 'data', name)}.new ${join(this.#folder, 'data', name)}`,
      ]);
    }
    this.sql("ALTER SYSTEM SET ssl = 'on'");
    this.sql('SELECT pg_reload_conf()');
  }

  /** Ends it (a fast shutdown); resolves when it is gone. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function run(command: readonly string[]): void {
  const [program = '', ...args] = [...asPostgres, ...command];
  execFileSync(program, args, { stdio: 'pipe', cwd: '/' });
}
