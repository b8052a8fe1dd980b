/**
 * A machine as far as logins see it: processes in namespaces of their own (mounts and process ids), in which files of /etc
 * and the folders of sssd and sshd are the test's. Nothing of the real machine is changed, and all ends with it. Needs root.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type ProgramOptions, type ProgramRun, runProgram } from './run-program.ts';

export interface MachineOptions {
  /** Shell commands that make it what it is; mounts that they make end with it. */
  readonly setUp: string;
}

export class Machine {
  readonly #holder: ChildProcess;
  #init = 0;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async start({ setUp }: MachineOptions): Promise<Machine> {
    const script = `set -eu\n${setUp}\necho ready\nexec sleep infinity\n`;
    const options = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--propagation', 'private'];
    const holder = spawn('unshare', [...options, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const machine = new Machine(holder);
    let printed = '';
    for (const stream of [holder.stdout, holder.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    while (!printed.includes('ready\n')) {
      if (holder.exitCode !== null) throw new Error(`the machine did not start: ${printed}`);
      await wait(10);
    }
    machine.#init = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8'));
    return machine;
  }

  /** Runs a program on it. */
  run(command: readonly string[], options: ProgramOptions = {}): Promise<ProgramRun> {
    return runProgram([...this.#enter(), ...command], options);
  }

  /** Starts a program that stays until the machine ends; what it prints goes to the file. */
  start(command: string, log: string): void {
    spawn(this.#enter()[0]!, [...this.#enter().slice(1), 'sh', '-c', `exec ${command} >${log} 2>&1`], {
      stdio: 'ignore',
    });
  }

  async stop(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const gone = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await gone;
  }

  #enter(): readonly string[] {
    return ['nsenter', '--target', String(this.#init), '--mount', '--pid', '--'];
  }
}
