/** Runs a program to its end, with what it printed. */
import { spawn } from 'node:child_process';

export interface ProgramRun {
  /** The exit code; -1 when a signal or the time limit ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly input?: string;
  /** Beside the environment of the test. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Milliseconds. */
  readonly longest?: number;
}

export function runProgram(command: readonly string[], options: ProgramOptions = {}): Promise<ProgramRun> {
  const { input = '', environment = {}, folder, longest = 60_000 } = options;
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: 'pipe',
      env: { ...process.env, ...environment },
      timeout: longest,
      killSignal: 'SIGKILL',
      ...(folder === undefined ? {} : { cwd: folder }),
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      printed.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      printed.stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, ...printed }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
