/** The sql login module against a real PostgreSQL of Debian (RELIABILITY S26, F26). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret, silentLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { checkSqlOptions, type LoginModuleDefinition, sqlModule, sqlModuleSchema } from '../../src/realm/index.ts';
import { createSqlSource } from '../../src/system/index.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { loginOnce } from '../support/one-module-login.ts';
import { type CertificateRequest, makeCertificate } from '../support/openssl-certificates.ts';
import { Postgres } from '../support/postgres.ts';
import { SQL_PAYLOADS } from '../support/sql-payloads.ts';
import { TcpRelay } from '../support/tcp-relay.ts';

const folder = mkdtempSync(join(tmpdir(), 'realmgate-sql-'));
const passwords = createKeyDerivation({ clock: systemClock, random: systemRandom });
const opened: LoginModuleDefinition[] = [];
let postgres: Postgres;
let relay: TcpRelay;

async function open(port: number, more: Record<string, unknown> = {}) {
  const options = sqlModuleSchema.superRefine(checkSqlOptions).parse({
    use: 'sql',
    url: `postgres://app@127.0.0.1:${port}/postgres`,
    password: new Secret('app-secret'),
    userQuery: 'SELECT name, password FROM users WHERE lower(name) = lower($1)',
    groupQuery: 'SELECT name, team FROM teams WHERE name = :name',
    ...more,
  });
  const source = createSqlSource(options, { clock: systemClock, logger: silentLogger });
  const definition = sqlModule({ domain: 'tables', options, source });
  await definition.start?.();
  opened.push(definition);
  return (name: string, password: string) => loginOnce(definition, name, password, { passwords });
}

before(async () => {
  postgres = await Postgres.start();
  const sha = '{SHA}RAD+SWs9v1wcDQeXt57IJmZm4eE=';
  postgres.sql(`
    CREATE ROLE app LOGIN PASSWORD 'app-secret';
    CREATE TABLE users (name text, password text, seen int DEFAULT 0);
    CREATE TABLE teams (name text, team text);
    INSERT INTO users VALUES ('izumi', '${sha}'), ('locked', NULL);
    INSERT INTO teams VALUES ('izumi', 'manager'), ('izumi', 'x''; DROP TABLE users; --');
    CREATE FUNCTION touch(who text) RETURNS text LANGUAGE sql AS 'UPDATE users SET seen = 1 WHERE name = who; SELECT who';
    GRANT ALL ON users, teams TO app;`);
  relay = await TcpRelay.start(postgres.port);
});

afterEach(async () => {
  for (const definition of opened.splice(0)) await definition.close?.();
});

after(async () => {
  await relay?.close();
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the sql login module on PostgreSQL', () => {
  it('lets in by name and password, with groups', async () => {
    const login = await open(postgres.port);
    const { result, principals } = await login('izumi', 'starcraft');
    assert.equal(result, 'success');
    assert.deepEqual(
      principals.map(({ name }) => name),
      ['izumi', 'manager', "x'; DROP TABLE users; --"],
    );
    assert.equal((await login('izumi', 'wrong')).result, 'wrong-credential');
    assert.equal((await login('nobody', 'x')).result, 'unknown-user');
    assert.equal((await login('Izumi', 'starcraft')).result, 'unknown-user', 'the query finds it, the name is another');
    assert.equal((await login('locked', 'x')).result, 'disabled');
  });

  it('takes two hundred attacks as names of nobody, in the time of a login', async () => {
    const login = await open(postgres.port);
    for (const name of [...SQL_PAYLOADS, ...HOSTILE_NAMES]) {
      const began = performance.now();
      assert.equal((await login(name, 'starcraft')).result, 'unknown-user', JSON.stringify(name));
      assert.ok(performance.now() - began < 2_000, JSON.stringify(name));
    }
    assert.equal(postgres.sql('SELECT count(*) FROM users'), '2');
  });

  it('cannot write, even when the query calls a function that does', async () => {
    const login = await open(postgres.port, {
      userQuery: 'SELECT touch(name), password FROM users WHERE name = $1',
    });
    const { result, detail } = await login('izumi', 'starcraft');
    assert.equal(result, 'unavailable');
    assert.match(detail, /25006/, 'read_only_sql_transaction');
    assert.equal(postgres.sql('SELECT sum(seen) FROM users'), '0');
  });

  it('ends a query that runs too long on the server too, and goes on', async () => {
    const slow = "SELECT name, password FROM users WHERE name = $1 AND (name <> 'locked' OR pg_sleep(30) IS NOT NULL)";
    const login = await open(postgres.port, { userQuery: slow, timeout: '500ms', poolSize: 1 });
    assert.equal((await login('izumi', 'starcraft')).result, 'success');
    const began = performance.now();
    assert.equal((await login('locked', 'x')).result, 'unavailable');
    assert.ok(performance.now() - began < 1_500);
    await wait(600);
    assert.equal((await login('izumi', 'starcraft')).result, 'success');
    const running =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND usename = 'app'";
    assert.equal(postgres.sql(running), '0');
  });

  it('is unavailable, not wrong, with a refused account, a broken query and a missing table', async () => {
    const results = async (more: Record<string, unknown>) =>
      (await (await open(postgres.port, more))('izumi', 'starcraft')).result;
    assert.equal(await results({ password: new Secret('wrong') }), 'unavailable');
    assert.equal(await results({ userQuery: 'SELECT name, nothing FROM users WHERE name = $1' }), 'unavailable');
    assert.equal(await results({ groupQuery: 'SELECT name, team FROM nowhere WHERE name = $1' }), 'unavailable');
    assert.equal(await results({ userQuery: 'SELECT name FROM users WHERE name = $1' }), 'unavailable');
    assert.equal(
      await results({ url: `postgres://app@127.0.0.1:${postgres.port}/postgres?sslmode=verify-full` }),
      'unavailable',
    );
  });

  it('verifies the server it sends the password to', async () => {
    const ssl = (request: CertificateRequest) => makeCertificate(folder, request);
    ssl({ name: 'ca', commonName: 'Test CA', authority: true });
    const url = `postgres://app@localhost:${postgres.port}/postgres?sslmode=verify-full`;
    const caFile = join(folder, 'ca.pem');
    const leaf = { commonName: 'localhost', signedBy: 'ca', alternativeNames: ['DNS:localhost'] };
    const result = async (request: CertificateRequest, more = {}) => {
      postgres.useCertificate(ssl(request));
      await wait(300);
      return (await (await open(postgres.port, { url, caFile, ...more }))('izumi', 'starcraft')).result;
    };
    assert.equal(await result({ name: 'good', ...leaf }), 'success');
    assert.equal(await result({ name: 'other', ...leaf, alternativeNames: ['DNS:db.example.org'] }), 'unavailable');
    assert.equal(await result({ name: 'cn-only', ...leaf, alternativeNames: [] }), 'unavailable');
    assert.equal(await result({ name: 'expired', ...leaf, validity: [-9, -1] }), 'unavailable');
    assert.equal(
      await result({ name: 'self', commonName: 'localhost', alternativeNames: ['DNS:localhost'] }),
      'unavailable',
    );
    assert.equal(
      await result({ name: 'again', ...leaf }, { caFile: undefined }),
      'unavailable',
      'a well-known authority',
    );
    await assert.rejects(open(postgres.port, { url, caFile: join(folder, 'ca.key') }), { code: 'SYSTEM_CA_FILE' });
  });

  it('serves many logins at once over few connections', async () => {
    const login = await open(postgres.port, { poolSize: 2 });
    const results = await Promise.all(Array.from({ length: 100 }, () => login('izumi', 'starcraft')));
    assert.ok(results.every(({ result }) => result === 'success'));
    assert.ok(Number(postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'")) <= 2);
  });

  it('costs a bounded wait while it hangs, and works again afterwards', async () => {
    relay.behaviour = { stallAfter: 0 };
    const login = await open(relay.port, { timeout: '400ms' });
    const began = performance.now();
    const stuck = await Promise.all(Array.from({ length: 50 }, () => login('izumi', 'starcraft')));
    assert.ok(stuck.every(({ result }) => result === 'unavailable'));
    assert.ok(performance.now() - began < 1_200);
    relay.behaviour = {};
    await wait(600);
    assert.equal((await login('izumi', 'starcraft')).result, 'success');
  });

  it('is unavailable while stopped, and works again after its start without anybody doing anything', async () => {
    const login = await open(postgres.port);
    assert.equal((await login('izumi', 'starcraft')).result, 'success');
    await postgres.stop();
    assert.equal((await login('izumi', 'starcraft')).result, 'unavailable');
    assert.equal((await login('izumi', 'wrong')).result, 'unavailable');
    await postgres.start();
    await wait(600);
    assert.equal((await login('izumi', 'starcraft')).result, 'success');
  });
});
