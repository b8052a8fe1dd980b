/** The schema of the directory: the standard one, and what the files of the site add. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CodedError, type Logger } from '../base/index.ts';
import { type DirectoryConfiguration, standardSchema } from '../directory/index.ts';
import type { Schema, SchemaResult, SchemaSource } from '../x500/index.ts';

/** Logs what is allowed and hardly meant. @throws CodedError CONFIGURATION_SCHEMA */
export async function readSchema(
  options: Pick<DirectoryConfiguration, 'schemaFiles'>,
  { logger }: { readonly logger: Logger },
): Promise<Schema> {
  const result = await parseSchemaFiles(options);
  if (result.kind === 'refused') {
    const [first, ...others] = result.problems.map(({ source, line, message }) => `${source}:${line}: ${message}`);
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new CodedError('CONFIGURATION_SCHEMA', `directory.schemaFiles: ${first}${more}`);
  }
  for (const { source, line, message } of result.warnings) logger.warn('schema', { source, line, message });
  return result.schema;
}

/** The same with everything that is to be said of it. @throws CodedError CONFIGURATION_SCHEMA for a file that cannot be read. */
export async function parseSchemaFiles({
  schemaFiles,
}: Pick<DirectoryConfiguration, 'schemaFiles'>): Promise<SchemaResult> {
  return standardSchema(await Promise.all(schemaFiles.map(readSource)));
}

async function readSource(file: string): Promise<SchemaSource> {
  try {
    return { name: basename(file), text: await readFile(file, 'utf8') };
  } catch (cause) {
    throw new CodedError('CONFIGURATION_SCHEMA', `directory.schemaFiles: cannot read ${file}`, { cause });
  }
}
