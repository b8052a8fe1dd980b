/** Makes the SqlSource that the options of an `sql` module ask for: PostgreSQL by `url`, SQLite by `file`. */
import { type Clock, CodedError, type Logger } from '../base/index.ts';
import type { SqlOptions, SqlSource } from '../realm/index.ts';
import { PostgresSource } from './postgres-source.ts';
import { SqliteSource } from './sqlite-source.ts';

export interface SqlSourcePorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Does no I/O before `start`. The schema of the options has seen to it that there is either url or file. */
export function createSqlSource(
  options: Pick<SqlOptions, 'url' | 'password' | 'caFile' | 'file' | 'timeout' | 'poolSize'>,
  { clock, logger }: SqlSourcePorts,
): SqlSource {
  const { url, file, timeout } = options;
  if (url !== undefined) return new PostgresSource({ ...options, url }, clock, logger);
  if (file !== undefined) return new SqliteSource(file, timeout, clock);
  throw new CodedError('SYSTEM_SQL_OPTIONS', 'an sql module needs url or file');
}
