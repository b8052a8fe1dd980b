/**
 * The `sql` login module: names, stored passwords and groups come from two queries of the operator's own tables.
 *
 * The row whose name is exactly what was typed decides, so that a database that ignores case or blanks cannot let
 * `Alice ` be somebody else's account (spec: Geronimo 3.5). A database that is away or answers with an error is
 * `unavailable`: nothing is known about the user.
 */
import { decoyOf, STANDARD_SAMPLE, schemeOf } from '../../password/index.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition, ModulePrincipal } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import type { SqlOptions } from './sql-options.ts';
import type { SqlRow, SqlSource } from './sql-source.ts';
import type { SqlStatement } from './sql-statement.ts';
import { typedLogin } from './typed-login.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export interface SqlModuleSettings {
  /** The login domain. */
  readonly domain: string;
  readonly options: SqlOptions;
  readonly source: SqlSource;
}

/** Makes the definition of an `sql` module; it owns the source from `start` to `close`. */
export function sqlModule({ domain, options, source }: SqlModuleSettings): LoginModuleDefinition {
  const users = new SqlUsers(options, source);
  return {
    use: 'sql',
    domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, domain, (asked) => users.verify(asked)),
    costlySample: () => users.costliest,
    start: () => source.start(),
    close: () => source.close(),
  };
}

class SqlUsers {
  readonly #options: SqlOptions;
  readonly #source: SqlSource;
  /** The stored form seen that costs most to verify: what a refusal at this module must cost. */
  costliest: string | undefined;

  constructor(options: SqlOptions, source: SqlSource) {
    this.#options = options;
    this.#source = source;
    this.costliest = options.digest === undefined ? STANDARD_SAMPLE : undefined;
  }

  async verify({ handler, passwords, signal }: LoginModuleContext): Promise<Verified | LoginFailure> {
    const typed = await typedLogin(handler);
    if (typed.kind === 'failure') return typed;
    const { name, password } = typed;
    const rows = await this.#rowsOf(name, this.#options.userQuery, 'userQuery', signal);
    if (rows.kind === 'failure') return rows;
    const [row] = rows.own;
    if (row === undefined) return loginFailure('unknown-user', 'no row has exactly this name');
    const stored = this.#storedForm(row[1]);
    if (stored === undefined) return loginFailure('disabled', 'the row has no password that could be verified');
    this.#remember(stored);
    const verdict = await passwords.verify(stored, password);
    if (verdict === 'unusable')
      return loginFailure('disabled', 'the stored password is locked, broken or of an unknown kind');
    if (verdict === 'mismatch') return loginFailure('wrong-credential', 'the password is not the one of the row');
    const groups = await this.#groupsOf(name, signal);
    if (groups.kind === 'failure') return groups;
    return { kind: 'verified', name, principals: [{ type: 'user', name }, ...groups.principals] };
  }

  async #groupsOf(
    name: string,
    signal: AbortSignal,
  ): Promise<{ kind: 'groups'; principals: readonly ModulePrincipal[] } | LoginFailure> {
    const { groupQuery } = this.#options;
    if (groupQuery === undefined) return { kind: 'groups', principals: [] };
    const rows = await this.#rowsOf(name, groupQuery, 'groupQuery', signal);
    if (rows.kind === 'failure') return rows;
    const names = new Set(rows.own.flatMap(([, group]) => group || []));
    return { kind: 'groups', principals: Array.from(names, (group) => ({ type: 'group' as const, name: group })) };
  }

  /** The rows whose first column is exactly the name. */
  async #rowsOf(
    name: string,
    statement: SqlStatement,
    query: 'userQuery' | 'groupQuery',
    signal: AbortSignal,
  ): Promise<{ kind: 'rows'; own: readonly SqlRow[] } | LoginFailure> {
    const answer = await this.#source.query(statement, name, signal);
    if (answer.kind === 'unavailable') return loginFailure('unavailable', `${query}: ${answer.detail}`);
    if (!answer.complete) return loginFailure('unavailable', `${query} returns more rows than one user can have`);
    if (answer.rows.some((row) => row.length !== 2)) {
      return loginFailure('unavailable', `${query} must return two columns, the name first`);
    }
    return { kind: 'rows', own: answer.rows.filter(([first]) => first === name) };
  }

  /** The form that the password room understands; undefined for none. */
  #storedForm(column: string | undefined): string | undefined {
    if (column === undefined || column === '') return undefined;
    const { digest, encoding } = this.#options;
    if (digest === undefined) return column;
    const text = column.trim();
    if (encoding === 'hex' && !/^(?:[0-9a-f]{2})+$/i.test(text)) return undefined;
    // RFC 2307's labels; the password room refuses a digest of another length.
    const label = digest === 'sha1' ? 'SHA' : digest.toUpperCase();
    return `{${label}}${Buffer.from(text, encoding).toString('base64')}`;
  }

  #remember(stored: string): void {
    const cost = schemeOf(stored)?.cost ?? 0;
    if (cost > (this.costliest === undefined ? 0 : (schemeOf(this.costliest)?.cost ?? 0)))
      this.costliest = decoyOf(stored);
  }
}
