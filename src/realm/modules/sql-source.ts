/**
 * SqlSource is what the `sql` module needs of a database; src/system implements it for PostgreSQL and SQLite.
 */
import type { SqlStatement } from './sql-statement.ts';

export interface SqlSource {
  /** Reads what it needs from files; a failure refuses the new configuration. An absent database does not. */
  start(): Promise<void>;
  /** Runs the statement with the name bound to its places, in a transaction that cannot write. Never rejects for the database's sake. */
  query(statement: SqlStatement, name: string, signal: AbortSignal): Promise<SqlAnswer>;
  close(): Promise<void>;
}

/** The columns of a row as text; NULL and what has no text is undefined. */
export type SqlRow = readonly (string | undefined)[];

export type SqlAnswer =
  | {
      readonly kind: 'rows';
      readonly rows: readonly SqlRow[];
      /** False when there are more rows than the source reads (MOST_SQL_ROWS). */
      readonly complete: boolean;
    }
  /** The database did not answer, or answered with an error; nothing is known. */
  | { readonly kind: 'unavailable'; readonly detail: string };

/** The most rows that a source reads of one answer. */
export const MOST_SQL_ROWS = 2_000;
