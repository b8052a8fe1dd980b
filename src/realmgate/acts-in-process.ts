/** The acts without a server: under the lock of the data folder, for a command line that finds nobody serving. */
import { createActs } from '../admin/index.ts';
import { systemClock, systemRandom } from '../base/index.ts';
import type { OpenActs } from '../cli/index.ts';
import { buildGeneration, sessionPolicies } from './generation.ts';
import { openInstallation } from './installation.ts';
import { load } from './load.ts';
import { pinoLogger } from './pino-logger.ts';
import { configurationRefused } from './refused.ts';

export async function dataFolderOf(paths: readonly string[]): Promise<string> {
  return (await load(paths)).value.data;
}

/** @throws CodedError STORE_LOCKED while another process has the folder, CONFIGURATION_REFUSED. */
export async function openActs(paths: readonly string[], version: string): Promise<OpenActs> {
  const loaded = await load(paths);
  const machine = { clock: systemClock, random: systemRandom, logger: pinoLogger('warn'), version };
  const installation = await openInstallation(loaded.value, machine);
  try {
    const built = buildGeneration(1, loaded.value, installation.generationPorts);
    if (built.kind === 'refused') {
      throw configurationRefused(built.problems.map(({ keys, message }) => loaded.problemAt(keys, message)));
    }
    const { generation } = built;
    await generation.start();
    installation.sessions.adopt(sessionPolicies(loaded.value));
    const acts = createActs({
      trail: installation.trail,
      clock: installation.clock,
      random: installation.random,
      directory: () => installation.own?.current,
      content: installation.own?.content,
      sessions: installation.sessions,
      generation: () => generation.admin,
      reload: async () => ({
        generation: 1,
        applied: false,
        problems: ['no server runs on this data folder'],
        needRestart: [],
      }),
    });
    const close = async () => {
      await generation.close();
      await installation.close();
    };
    return { acts, close };
  } catch (error) {
    await installation.close();
    throw error;
  }
}
