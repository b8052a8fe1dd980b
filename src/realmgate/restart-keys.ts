/** Which changed keys take effect only after a restart: they shape what the process holds open. */
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from './configuration.ts';

const RESTART_KEYS = ['data', 'store', 'workers', 'listen', 'audit', 'log', 'shutdownGrace'] as const;

export function changedRestartKeys(before: Configuration, after: Configuration): readonly string[] {
  return RESTART_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
