/**
 * Runs acts where they belong: in the process that serves on the data folder, else in this one under the folder's lock.
 */
import { type ActInput, type ActName, type ActResult, runAct } from '../admin/index.ts';
import { CodedError } from '../base/index.ts';
import { callServer } from './control-client.ts';
import type { CommandPorts } from './ports.ts';

export type ActCaller = <Name extends ActName>(name: Name, input: ActInput<Name>) => Promise<ActResult<Name>>;

/** One act. */
export async function callAct<Name extends ActName>(
  ports: CommandPorts,
  paths: readonly string[],
  name: Name,
  input: ActInput<Name>,
): Promise<ActResult<Name>> {
  const answer = await callServer(await ports.dataFolder(paths), name, input);
  if (answer.kind === 'answered') return answer.result;
  return inProcess(ports, paths, (call) => call(name, input));
}

/** Several acts, also at a time, that have to meet the same process. */
export async function withActs<Result>(
  ports: CommandPorts,
  paths: readonly string[],
  run: (call: ActCaller) => Promise<Result>,
): Promise<Result> {
  const folder = await ports.dataFolder(paths);
  const server = await callServer(folder, 'status', {});
  if (server.kind === 'nobody') return inProcess(ports, paths, run);
  return run((name, input) => callRunning(folder, name, input));
}

async function callRunning<Name extends ActName>(
  folder: string,
  name: Name,
  input: ActInput<Name>,
): Promise<ActResult<Name>> {
  const answer = await callServer(folder, name, input);
  if (answer.kind === 'answered') return answer.result;
  throw new CodedError('CLI_CONTROL', 'the server stopped in the meantime');
}

async function inProcess<Result>(
  ports: CommandPorts,
  paths: readonly string[],
  run: (call: ActCaller) => Promise<Result>,
): Promise<Result> {
  const { acts, close } = await ports.openActs(paths);
  try {
    const call: ActCaller = async <Name extends ActName>(name: Name, input: ActInput<Name>) =>
      (await runAct(acts, name, input)) as ActResult<Name>;
    return await run(call);
  } finally {
    await close();
  }
}
