/**
 * SqlOptions are the configuration keys of the `sql` module beyond those that every module has.
 *
 * A password never stands in the URL: URLs are printed, secrets are not.
 */
import { z } from 'zod';
import { duration, path, secretShape } from '../../config/index.ts';
import { parseSqlStatement, type SqlStatement } from './sql-statement.ts';

/** Where a PostgreSQL server listens and what to ask it as. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Whether the connection is encrypted and the server verified. */
  readonly tls: boolean;
}

/** Parses `postgres://USER@HOST[:PORT]/DATABASE[?sslmode=disable|verify-full]`; the problem when it is not that. */
export function parsePostgresAddress(text: string): PostgresAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hash !== '') {
    return 'must be postgres://USER@HOST:PORT/DATABASE';
  }
  if (url.password !== '') return 'must not hold the password: use password or passwordFile';
  const [user, database] = [url.username, url.pathname.slice(1)].map((part) => decoded(part));
  if (!user || !database || url.hostname === '') return 'must name user, host and database';
  const parameters = [...url.searchParams];
  const sslmode = url.searchParams.get('sslmode') ?? undefined;
  if (parameters.some(([key]) => key !== 'sslmode') || parameters.length > 1)
    return 'may have no parameter but sslmode';
  if (sslmode !== undefined && sslmode !== 'disable' && sslmode !== 'verify-full') {
    return 'sslmode must be verify-full or disable: the others do not verify the server';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const loopback = host === 'localhost' || host === '::1' || /^127\./.test(host);
  const tls = sslmode === undefined ? !loopback : sslmode === 'verify-full';
  return { host, port: url.port === '' ? 5432 : Number(url.port), user, database, tls };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const statement = () =>
  z.string().transform((text, context): SqlStatement => {
    const parsed = parseSqlStatement(text);
    if (parsed.kind === 'statement') return parsed.statement;
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  });

const address = () =>
  z.string().transform((text, context): PostgresAddress => {
    const parsed = parsePostgresAddress(text);
    if (typeof parsed !== 'string') return parsed;
    context.addIssue({ code: 'custom', message: parsed });
    return z.NEVER;
  });

/** The keys of the module; the checks across them are `checkSqlOptions`. */
export const sqlModuleSchema = z.strictObject({
  use: z.literal('sql').describe('Users and password hashes in tables of PostgreSQL or SQLite.'),
  url: address()
    .optional()
    .describe(
      'PostgreSQL: postgres://USER@HOST:PORT/DATABASE. The connection is encrypted and the server verified, except on loopback; ?sslmode=verify-full or disable says otherwise.',
    ),
  ...secretShape('password', 'password of the PostgreSQL user'),
  caFile: path()
    .optional()
    .describe('PEM file of the authorities that sign the PostgreSQL server, instead of the well-known ones.'),
  file: path().optional().describe('SQLite: the database file; it is only ever read.'),
  userQuery: statement().describe(
    "One SELECT that returns the user's name and stored password, with $1, ? or :name for the login name. The first row whose name is exactly the login name decides.",
  ),
  groupQuery: statement()
    .optional()
    .describe("One SELECT that returns the user's name and a group, a row for each group."),
  digest: z
    .enum(['md5', 'sha1', 'sha256', 'sha512'])
    .optional()
    .describe('For old tables: passwords are stored as a bare digest of this kind, without a scheme name.'),
  encoding: z.enum(['hex', 'base64']).default('hex').describe('How a bare digest is written.'),
  timeout: duration().prefault('4s').describe('How long the database may take to answer one query.'),
  poolSize: z.int().min(1).max(64).default(4).describe('The most connections to a PostgreSQL server.'),
});

export type SqlOptions = z.output<typeof sqlModuleSchema>;

/** The checks across keys; for `.superRefine` of the schema into which the keys were spread. */
export function checkSqlOptions(options: SqlOptions, context: z.RefinementCtx): void {
  const problem = (key: keyof SqlOptions, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message, input: undefined });
  if ((options.url === undefined) === (options.file === undefined)) problem('url', 'give either url or file');
  if (options.password !== undefined && options.url === undefined) problem('password', 'is for url');
  if (options.caFile !== undefined && options.url?.tls !== true)
    problem('caFile', 'is for a url with sslmode=verify-full');
}
