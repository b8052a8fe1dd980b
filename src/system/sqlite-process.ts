/**
 * The process in which an SQLite file is read (started by sqlite-source.ts).
 *
 * The file is opened read-only at the first query, and anew after it was replaced or could not be read.
 */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface SqliteRequest {
  readonly id: number;
  readonly text: string;
  readonly name: string;
  /** Rows to read at most. */
  readonly limit: number;
}

export type SqliteReply = { readonly id: number } & (
  | { readonly rows: readonly (readonly unknown[])[]; readonly complete: boolean }
  | { readonly error: string }
);

/** Milliseconds to wait for a writer of the same file. */
const BUSY_TIMEOUT = 1_000;

const [path = ''] = process.argv.slice(2);
let open: { readonly database: DatabaseSync; readonly identity: string } | undefined;

process.on('message', (request: SqliteRequest) => {
  process.send?.(answer(request));
});
// The server is gone, or needs this process no longer.
process.on('disconnect', () => process.exit(0));

function answer({ id, text, name, limit }: SqliteRequest): SqliteReply {
  try {
    const statement = current().prepare(text);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const rows: unknown[][] = [];
    for (const row of statement.iterate(name) as Iterable<unknown>) {
      if (rows.length === limit) return { id, rows, complete: false };
      rows.push(row as unknown[]);
    }
    return { id, rows, complete: true };
  } catch (error) {
    closeDatabase();
    return { id, error: codeOf(error) };
  }
}

function current(): DatabaseSync {
  const { dev, ino } = statSync(path);
  const identity = `${dev}:${ino}`;
  if (open?.identity !== identity) {
    closeDatabase();
    open = { database: new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT }), identity };
  }
  return open.database;
}

function closeDatabase(): void {
  open?.database.close();
  open = undefined;
}

/** SQLite's result code, or the system's error code; a message might quote the query. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an error';
  if ('errcode' in error) return `SQLite error ${String(error.errcode)}`;
  return 'code' in error ? String(error.code) : error.name;
}
