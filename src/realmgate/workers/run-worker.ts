/**
 * The process entry of a worker. Signals are for the primary, which tells its workers over the pipe what to do: Ctrl-C
 * and a service manager send them to every process of the group, and a worker that ended by itself could not drain.
 */
import { systemClock, systemRandom } from '../../base/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Worker } from './worker.ts';

/** What the primary forks the program with; of no use to a person. */
export const WORKER_ARGUMENT = '--realmgate-worker';

/** Runs a worker when the process was forked as one, and resolves its exit code; undefined otherwise. */
export function runWorker(argv: readonly string[]): Promise<number> | undefined {
  return argv[0] === WORKER_ARGUMENT && process.send !== undefined ? run() : undefined;
}

async function run(): Promise<number> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  // The primary is gone: nothing that this process knows would be true for long.
  const leave = () => process.exit(1);
  process.on('disconnect', leave);
  if (!process.connected) return 1;
  let sent: Promise<void> = Promise.resolve();
  const send = (message: FromWorker) => {
    sent = new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()));
  };
  const worker = new Worker({ clock: systemClock, random: systemRandom }, send);
  process.on('message', (message) => worker.receive(message as ToWorker));
  const code = await worker.ended;
  await sent;
  process.off('disconnect', leave);
  process.disconnect();
  return code;
}
