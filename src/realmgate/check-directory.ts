/** What `realmgate check` finds in `directory`: its files are read, its store is not opened. */
import { messageOf } from '../base/index.ts';
import { type DirectoryConfiguration, loadBlocklist } from '../directory/index.ts';
import type { Configuration } from './configuration.ts';
import type { Finding } from './lint-configuration.ts';
import { directoryFindings } from './lint-directory.ts';
import { parseSchemaFiles } from './read-schema.ts';

export async function checkDirectory({ directory }: Configuration): Promise<readonly Finding[]> {
  if (directory === undefined) return [];
  return [...(await checkSchema(directory)), ...(await checkBlocklist(directory))];
}

async function checkSchema(options: DirectoryConfiguration): Promise<readonly Finding[]> {
  const keys = ['directory', 'schemaFiles'];
  try {
    const result = await parseSchemaFiles(options);
    const [severity, lines] =
      result.kind === 'refused' ? (['error', result.problems] as const) : (['warning', result.warnings] as const);
    return [
      ...lines.map(({ source, line, message }) => ({ severity, keys, message: `${source}:${line}: ${message}` })),
      ...(result.kind === 'refused' ? [] : directoryFindings(options, result.schema)),
    ];
  } catch (error) {
    return [{ severity: 'error', keys, message: messageOf(error).replace(/^directory\.schemaFiles: /, '') }];
  }
}

async function checkBlocklist({ passwords: { blocklistFile } }: DirectoryConfiguration): Promise<readonly Finding[]> {
  try {
    if (blocklistFile !== undefined) await loadBlocklist(blocklistFile);
    return [];
  } catch (error) {
    return [{ severity: 'error', keys: ['directory', 'passwords', 'blocklistFile'], message: messageOf(error) }];
  }
}
