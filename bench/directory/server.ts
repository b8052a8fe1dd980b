/** DirectoryServer is one side of a contest: it takes an LDIF file in, starts, answers LDAP on loopback, and ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { bindRequest, decodeMessage, decodeResult, elementLength, message } from '../../tests/support/ldap-wire.ts';
import { processorSeconds } from '../gate/processor-time.ts';

export interface DirectoryServer {
  readonly name: string;
  readonly port: number;
  /** Who may write, by simple bind. */
  readonly writer: { readonly dn: string; readonly password: string };
  /** Takes the whole tree in; resolves to the seconds that took. */
  import(ldif: string): Promise<number>;
  /** Resolves to the seconds from the start of the program to its first answer to a bind. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Resident memory of all its processes, in megabytes. */
  residentMegabytes(): number;
  processorSeconds(): number;
}

/** A program in the foreground, its output in a file. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #log: string;

  constructor(command: string, args: readonly string[], log: string) {
    const output = openSync(log, 'a');
    this.#child = spawn(command, args, { stdio: ['ignore', output, output] });
    closeSync(output);
    this.#ended = once(this.#child, 'exit');
    this.#log = log;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Resolves when it has ended well; rejects with what it printed. */
  async done(): Promise<void> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(this.#printed());
  }

  /** Resolves when `bind` is answered with success. */
  async answering(port: number, writer: DirectoryServer['writer']): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(this.#printed());
      if (await binds(port, writer)) return;
      await wait(5);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
  }

  residentMegabytes(): number {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc')) {
      const parent = /^\d+$/.test(name) ? statusLine(Number(name), 'PPid') : undefined;
      if (parent !== undefined) parents.set(Number(name), parent);
    }
    const belongs = (pid: number): boolean => pid === this.pid || (parents.has(pid) && belongs(parents.get(pid)!));
    const own = [...parents.keys()].filter(belongs);
    return own.reduce((sum, pid) => sum + (statusLine(pid, 'VmRSS') ?? 0), 0) / 1024;
  }

  processorSeconds(): number {
    return processorSeconds(this.pid);
  }

  #printed(): string {
    return `${this.#child.spawnargs.join(' ')} ended: ${readFileSync(this.#log, 'utf8').slice(-2_000)}`;
  }
}

function statusLine(pid: number, name: string): number | undefined {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}

/** Whether a simple bind succeeds now. */
async function binds(port: number, { dn, password }: DirectoryServer['writer']): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(message(1, bindRequest(dn, password)));
    let answer = Buffer.alloc(0);
    while (elementLength(answer) === undefined) {
      const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(60_000) })) as [Buffer];
      answer = Buffer.concat([answer, chunk]);
    }
    return decodeResult(decodeMessage(answer).operation).code === 0;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
