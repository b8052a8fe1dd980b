/**
 * Runs an act where it belongs: in the process that serves on the data folder, else in this one under the folder's lock.
 */
import type { ActInput, ActName, ActResult } from '../admin/index.ts';
import { callServer } from './control-client.ts';
import type { CommandPorts } from './ports.ts';

export async function callAct<Name extends ActName>(
  ports: CommandPorts,
  paths: readonly string[],
  name: Name,
  input: ActInput<Name>,
): Promise<ActResult<Name>> {
  const answer = await callServer(await ports.dataFolder(paths), name, input);
  if (answer.kind === 'answered') return answer.result;
  const { acts, close } = await ports.openActs(paths);
  try {
    const run = acts[name] as (input: ActInput<Name>) => Promise<ActResult<Name>>;
    return await run(input);
  } finally {
    await close();
  }
}
