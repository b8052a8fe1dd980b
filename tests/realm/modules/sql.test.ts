/** What the answers of a database mean for a login (spec: Geronimo 3.5). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret, systemClock, systemRandom } from '../../../src/base/index.ts';
import { createKeyDerivation } from '../../../src/password/index.ts';
import {
  checkSqlOptions,
  type SqlAnswer,
  type SqlSource,
  sqlModule,
  sqlModuleSchema,
} from '../../../src/realm/index.ts';
import { loginOnce } from '../../support/one-module-login.ts';

const schema = sqlModuleSchema.superRefine(checkSqlOptions);
const queries = {
  use: 'sql',
  file: '/tmp/users.db',
  userQuery: 'SELECT name, password FROM users WHERE name = $1',
  groupQuery: 'SELECT name, team FROM teams WHERE name = $1',
};
/** {SHA} of starcraft (the DERIVED vector of spec Geronimo 3.5 in base64). */
const STARCRAFT = '{SHA}RAD+SWs9v1wcDQeXt57IJmZm4eE=';
const passwords = createKeyDerivation({ clock: systemClock, random: systemRandom });

/** A source that answers with these rows, the users' first. */
function module(answers: { users: SqlAnswer | string[][]; groups?: SqlAnswer | string[][] }, more = {}) {
  const answer = (given: SqlAnswer | string[][]): SqlAnswer =>
    Array.isArray(given) ? { kind: 'rows', rows: given, complete: true } : given;
  const options = schema.parse({ ...queries, ...more });
  const source: SqlSource = {
    start: async () => {},
    close: async () => {},
    query: async (statement) => answer(statement === options.userQuery ? answers.users : (answers.groups ?? [])),
  };
  const definition = sqlModule({ domain: 'tables', options, source });
  return {
    definition,
    login: (name = 'alan', password = 'starcraft') => loginOnce(definition, name, password, { passwords }),
  };
}

describe('the sql login module', () => {
  it('lets in who has the row and the password, with groups (spec: alan/starcraft, two principals)', async () => {
    const { login } = module({
      users: [['alan', STARCRAFT]],
      groups: [
        ['alan', 'it'],
        ['alan', 'it'],
        ['Alan', 'manager'],
      ],
    });
    const { result, user, principals, shared } = await login();
    assert.equal(result, 'success');
    assert.equal(user, 'alan');
    assert.deepEqual(principals, [
      { type: 'user', name: 'alan' },
      { type: 'group', name: 'it' },
    ]);
    assert.deepEqual(shared.get('verified-user'), { name: 'alan', domain: 'tables' });
  });

  it('takes only the row whose name is exactly the typed one, the first of them', async () => {
    const users = [
      ['ALAN', STARCRAFT],
      ['alan ', STARCRAFT],
      ['alan', '{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
      ['alan', STARCRAFT],
    ];
    assert.equal((await module({ users }).login()).result, 'wrong-credential');
    assert.equal((await module({ users: users.slice(0, 2) }).login()).result, 'unknown-user');
    assert.equal((await module({ users: [] }).login()).result, 'unknown-user');
  });

  it('never lets in a row without a usable password', async () => {
    for (const stored of ['', '*', '!', 'x', 'starcraft', '{SSHA}', '{SHA}', '$6$']) {
      assert.equal((await module({ users: [['alan', stored]] }).login()).result, 'disabled', stored);
    }
    const none: SqlAnswer = { kind: 'rows', rows: [['alan', undefined]], complete: true };
    assert.equal((await module({ users: none }).login()).result, 'disabled');
  });

  it('reads the bare digests of Geronimo in hex and base64', async () => {
    const vectors = [
      ['md5', 'hex', 'f99de75fa5bd30ac31505fd7487d6086'],
      ['md5', 'hex', 'F99DE75FA5BD30AC31505FD7487D6086'],
      ['md5', 'base64', '+Z3nX6W9MKwxUF/XSH1ghg=='],
      ['sha1', 'hex', '4400fe496b3dbf5c1c0d0797b79ec8266666e1e1'],
    ];
    for (const [digest, encoding, stored = ''] of vectors) {
      const right = module({ users: [['alan', stored]] }, { digest, encoding });
      assert.equal((await right.login()).result, 'success', stored);
      assert.equal((await right.login('alan', 'starcraft2')).result, 'wrong-credential');
      assert.equal(
        (await module({ users: [['alan', stored.slice(2)]] }, { digest, encoding }).login()).result,
        'disabled',
      );
    }
  });

  it('is unavailable when the database is, also for groups after the right password', async () => {
    const away: SqlAnswer = { kind: 'unavailable', detail: 'ECONNREFUSED' };
    assert.equal((await module({ users: away }).login()).result, 'unavailable');
    const { result, user } = await module({ users: [['alan', STARCRAFT]], groups: away }).login();
    assert.equal(result, 'unavailable');
    assert.equal(user, undefined);
    const cut: SqlAnswer = { kind: 'rows', rows: [['alan', 'it']], complete: false };
    assert.equal((await module({ users: [['alan', STARCRAFT]], groups: cut }).login()).result, 'unavailable');
    assert.equal((await module({ users: [['alan']] }).login()).result, 'unavailable', 'one column');
  });

  it('refuses without asking what no row can answer for', async () => {
    const never: SqlAnswer = { kind: 'unavailable', detail: 'was asked' };
    const { login } = module({ users: never });
    assert.equal((await login('alan', '')).result, 'missing-credential');
    assert.equal((await login('', 'x')).result, 'missing-credential');
    assert.equal((await login('al\0an', 'x')).result, 'unknown-user');
    assert.equal((await login('alan', 'x'.repeat(10_000_000))).result, 'wrong-credential');
  });

  it('offers the costliest stored form it has seen as what a refusal must cost', async () => {
    const bcrypt = '$2y$16$WOzMWPEm/Xb2ynTV5SaWxe2XMFnOOsdbbQYBIBBEJzdbbVEXg4rQy';
    const { definition } = module({ users: [['alan', bcrypt]] });
    assert.match(definition.costlySample?.() ?? '', /^\$argon2id\$/);
    const digests = module({ users: [['alan', 'f99de75fa5bd30ac31505fd7487d6086']] }, { digest: 'md5' });
    await digests.login();
    assert.equal(digests.definition.costlySample?.(), undefined);
  });
});

describe('the options of the sql module', () => {
  const problems = (options: Record<string, unknown>) =>
    schema.safeParse({ ...queries, file: undefined, ...options }).error?.issues.map((issue) => issue.message) ?? [];

  it('takes a URL without a password and encrypts unless the server is on this machine', () => {
    const tls = (url: string) => schema.parse({ ...queries, file: undefined, url }).url?.tls;
    assert.equal(tls('postgres://app@127.0.0.1:5433/users'), false);
    assert.equal(tls('postgres://app@db.example.org/users'), true);
    assert.equal(tls('postgres://app@db.example.org/users?sslmode=disable'), false);
    assert.equal(tls('postgresql://app@[::1]/users?sslmode=verify-full'), true);
  });

  it('refuses what would be unsafe or means nothing', () => {
    assert.deepEqual(problems({ url: 'postgres://app:secret@db/users' }), [
      'must not hold the password: use password or passwordFile',
    ]);
    assert.match(problems({ url: 'postgres://app@db/users?sslmode=require' })[0] ?? '', /sslmode must be verify-full/);
    assert.match(problems({ url: 'postgres://app@db/users?sslmode=no-verify' })[0] ?? '', /sslmode/);
    assert.match(problems({ url: 'postgres://app@db/users?options=-c' })[0] ?? '', /no parameter but sslmode/);
    assert.match(problems({ url: 'mysql://app@db/users' })[0] ?? '', /must be postgres/);
    assert.match(problems({ url: 'postgres://app@db' })[0] ?? '', /user, host and database/);
    assert.match(problems({ url: 'postgres://app@db/%ff' })[0] ?? '', /user, host and database/);
    assert.deepEqual(problems({}), ['give either url or file']);
    assert.deepEqual(problems({ url: 'postgres://a@127.0.0.1/b', file: '/x' }), ['give either url or file']);
    assert.deepEqual(problems({ file: '/x', password: new Secret('x') }), ['is for url']);
    assert.match(problems({ file: '/x', userQuery: 'SELECT 1, 2' })[0] ?? '', /no placeholder/);
  });
});
