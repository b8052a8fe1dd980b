/** Loads the configuration, or refuses with all its problems. */
import { loadConfiguration } from '../config/index.ts';
import { configurationSchema } from './configuration.ts';
import { configurationRefused } from './refused.ts';

/** @throws CodedError CONFIGURATION_REFUSED */
export async function load(paths: readonly string[]) {
  const loaded = await loadConfiguration({ paths, environment: process.env, schema: configurationSchema });
  if (loaded.kind === 'refused') throw configurationRefused(loaded.problems);
  return loaded;
}
