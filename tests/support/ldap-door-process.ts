/**
 * A whole LDAP door in a process of its own, for tests that try to break it: run as a program it serves until SIGTERM;
 * imported it starts one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '../../src/base/index.ts';
import { makeSelfSigned } from '../../src/ldap/door/tls/own-certificate.ts';
import { PORTAL_DN } from './bonfire-tree.ts';
import { startDoorSite } from './ldap-door-site.ts';

const PROGRAM = fileURLToPath(import.meta.url);

export class DoorProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<DoorProcess> {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the server did not start'))),
    ]);
    return new DoorProcess(child, Number(String(line)));
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory in megabytes. */
  get megabytes(): number {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  }

  /** Resolves the exit code. */
  async stop(): Promise<number | null> {
    if (this.isAlive) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}

if (process.argv[1] === PROGRAM) {
  const tls = makeSelfSigned({ names: ['localhost'], now: Date.now(), random: systemRandom });
  // The portal may write everything but passwords, and none is hashed anew: guesses cost no derivation, and are answered at once.
  const everything = { who: [{ dn: PORTAL_DN }], may: ['read', 'compare', 'write', 'add', 'delete'] };
  const directory = { passwords: { rehash: false }, access: { selfService: ['title'], rules: [everything] } };
  const site = await startDoorSite({ tls, directory, door: { connectionsPerAddress: 10_000 } });
  process.once('SIGTERM', () => void site.close().then(() => process.exit(0)));
  console.log(site.port);
}
