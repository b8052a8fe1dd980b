/** A server program of the benchmark: started on its port, asked for its processor time, ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../../scripts/quickstart/browser.ts';
import { processorSeconds } from './processor-time.ts';

export interface Program {
  /** Seconds of processor time that it and its children have used. */
  processorSeconds(): number;
  stop(): Promise<void>;
}

/** Starts `command`; resolves once it answers on `port`. What it prints goes to `log`. */
export async function startProgram(
  command: string,
  args: readonly string[],
  port: number,
  log: string,
): Promise<Program> {
  const output = openSync(log, 'a');
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  try {
    await Promise.race([
      answering(port),
      ended.then(() => {
        throw new Error(`${command} ended: ${readFileSync(log, 'utf8').slice(-2_000)}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { processorSeconds: () => processorSeconds(child.pid!), stop };
}

/** Accepting is not enough: a program may try its port before its workers listen on it. */
async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await ask(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) return;
    await wait(50);
  }
  throw new Error(`nothing answers on port ${port}`);
}
