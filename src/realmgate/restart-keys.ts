/** Which changed keys take effect only after a restart: they shape what the process holds open. */
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from './configuration.ts';

const RESTART_KEYS = ['data', 'store', 'workers', 'listen', 'audit', 'log', 'shutdownGrace'] as const;

/** Of `directory`: what its entries were checked against. */
const DIRECTORY_RESTART_KEYS = ['suffix', 'schemaFiles', 'unique', 'limits', 'server'] as const;

export function changedRestartKeys(before: Configuration, after: Configuration): readonly string[] {
  return [
    ...RESTART_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key])),
    ...changedDirectoryKeys(before, after),
  ];
}

function changedDirectoryKeys({ directory: before }: Configuration, { directory: after }: Configuration) {
  if (before === undefined || after === undefined) return before === after ? [] : ['directory'];
  return DIRECTORY_RESTART_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key])).map(
    (key) => `directory.${key}`,
  );
}
