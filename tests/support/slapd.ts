/**
 * A real slapd of Debian on a free loopback port, in a folder of its own: started, stopped, killed, paused at will.
 *
 * Nobody reads without being named in `readers`, as in the BonFIRE directory; everybody may bind.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './free-port.ts';

export interface SlapdOptions {
  readonly suffix: string;
  /** Loaded before the first start. */
  readonly ldif: string;
  /** DNs that may search and read everything but passwords. */
  readonly readers: readonly string[];
  /** PEM files; with them slapd also speaks StartTLS, and LDAPS on `tlsPort`. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Further lines for the database section of slapd.conf. */
  readonly extra?: readonly string[];
}

export class Slapd {
  readonly port: number;
  readonly tlsPort: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, tlsPort: number) {
    this.#folder = folder;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  static async start(options: SlapdOptions): Promise<Slapd> {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-slapd-'));
    mkdirSync(join(folder, 'data'));
    const configuration = join(folder, 'slapd.conf');
    writeFileSync(configuration, slapdConf(options, folder));
    writeFileSync(join(folder, 'tree.ldif'), options.ldif);
    execFileSync('/usr/sbin/slapadd', ['-f', configuration, '-l', join(folder, 'tree.ldif')], { stdio: 'pipe' });
    const slapd = new Slapd(folder, await freePort(), options.tls === undefined ? 0 : await freePort());
    try {
      await slapd.start();
    } catch (error) {
      await slapd.close();
      throw error;
    }
    return slapd;
  }

  get url(): string {
    return `ldap://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same ports with the same data. */
  async start(): Promise<void> {
    const urls = [this.url, ...(this.tlsPort === 0 ? [] : [`ldaps://127.0.0.1:${this.tlsPort}`])].join(' ');
    this.#process = spawn('/usr/sbin/slapd', ['-d', '0', '-h', urls, '-f', join(this.#folder, 'slapd.conf')], {
      stdio: 'ignore',
    });
    await listening(this.port);
  }

  /** Ends it, cleanly or as if the machine had lost power; resolves when it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await gone;
  }

  /** It still accepts connections (the kernel does) and answers nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Stops it and removes its folder. */
  async close(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function slapdConf({ suffix, readers, tls, extra = [] }: SlapdOptions, folder: string): string {
  const schemas = ['core', 'cosine', 'nis', 'inetorgperson'];
  return [
    ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'moduleload memberof',
    'moduleload ppolicy',
    `pidfile ${folder}/slapd.pid`,
    ...(tls === undefined ? [] : [`TLSCertificateFile ${tls.certificateFile}`, `TLSCertificateKeyFile ${tls.keyFile}`]),
    'database mdb',
    `suffix "${suffix}"`,
    `rootdn "cn=manager,${suffix}"`,
    'rootpw manager-secret',
    `directory ${folder}/data`,
    'maxsize 67108864',
    'dbnosync',
    'index objectClass,uid,cn,memberUid,member eq',
    'access to attrs=userPassword by anonymous auth by * none',
    ['access to *', ...readers.map((dn) => `by dn.exact="${dn}" read`), 'by * none'].join(' '),
    'overlay memberof',
    ...extra,
    '',
  ].join('\n');
}
