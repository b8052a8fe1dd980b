/** The sql login module on a real SQLite file (RELIABILITY S26). */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, describe, it } from 'node:test';
import { silentLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { type LoginModuleDefinition, sqlModule, sqlModuleSchema } from '../../src/realm/index.ts';
import { createSqlSource } from '../../src/system/index.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { loginOnce } from '../support/one-module-login.ts';
import { SQL_PAYLOADS } from '../support/sql-payloads.ts';

const folder = mkdtempSync(join(tmpdir(), 'realmgate-sqlite-'));
const passwords = createKeyDerivation({ clock: systemClock, random: systemRandom });
const opened: LoginModuleDefinition[] = [];

function makeUsers(name: string, users: Record<string, string>): string {
  const file = join(folder, name);
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE users (name TEXT COLLATE NOCASE, password TEXT);
    CREATE TABLE teams (name TEXT COLLATE NOCASE, team TEXT);
    INSERT INTO teams VALUES ('izumi', 'manager'), ('izumi', 'x''); DROP TABLE users; --');`);
  for (const [user, digest] of Object.entries(users)) {
    database.prepare('INSERT INTO users VALUES (?, ?)').run(user, digest);
  }
  database.close();
  return file;
}

async function open(file: string, more: Record<string, unknown> = {}) {
  const options = sqlModuleSchema.parse({
    use: 'sql',
    file,
    userQuery: 'SELECT name, password FROM users WHERE name = :name',
    groupQuery: 'SELECT name, team FROM teams WHERE name = $1',
    ...more,
  });
  const source = createSqlSource(options, { clock: systemClock, logger: silentLogger });
  const definition = sqlModule({ domain: 'tables', options, source });
  await definition.start?.();
  opened.push(definition);
  return (name: string, password: string, signal?: AbortSignal) =>
    loginOnce(definition, name, password, { passwords, ...(signal === undefined ? {} : { signal }) });
}

/** {MD5} of violin. */
const VIOLIN = '{MD5}uu2e7oBdzrELhwGBR0AUHQ==';

afterEach(async () => {
  for (const definition of opened.splice(0)) await definition.close?.();
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the sql login module on SQLite', () => {
  it('lets in by name and password, with the groups as they are spelled', async () => {
    const login = await open(makeUsers('a.db', { izumi: VIOLIN }));
    const { result, principals } = await login('izumi', 'violin');
    assert.equal(result, 'success');
    assert.deepEqual(
      principals.map(({ name }) => name),
      ['izumi', 'manager', "x'); DROP TABLE users; --"],
    );
    assert.equal((await login('izumi', 'viola')).result, 'wrong-credential');
    assert.equal((await login('IZUMI', 'violin')).result, 'unknown-user', 'whatever the collation of the table says');
  });

  it('takes two hundred attacks as names of nobody', async () => {
    const login = await open(makeUsers('b.db', { izumi: VIOLIN }));
    assert.ok(new Set(SQL_PAYLOADS).size >= 200);
    for (const name of [...SQL_PAYLOADS, ...HOSTILE_NAMES]) {
      assert.equal((await login(name, 'violin')).result, 'unknown-user', JSON.stringify(name));
    }
    assert.equal((await login('izumi', 'violin')).result, 'success', 'the tables are as they were');
  });

  it('cannot write', async () => {
    const file = makeUsers('c.db', { izumi: VIOLIN });
    const login = await open(file, {
      userQuery: 'WITH gone AS (SELECT 1) SELECT name, password FROM users WHERE name = ? AND random() IS NOT NULL',
    });
    assert.equal((await login('izumi', 'violin')).result, 'success');
    const source = createSqlSource(
      { ...sqlModuleSchema.parse({ use: 'sql', file, userQuery: 'SELECT ?' }) },
      { clock: systemClock, logger: silentLogger },
    );
    await source.start();
    // As if the check of the statement had let it through.
    const answer = await source.query(
      { pieces: ['DELETE FROM users WHERE name = ', ''] },
      'izumi',
      new AbortController().signal,
    );
    assert.equal(answer.kind, 'unavailable');
    await source.close();
    assert.equal((await login('izumi', 'violin')).result, 'success');
  });

  it('is unavailable without the file, and works once it is there or was replaced', async () => {
    const file = join(folder, 'later.db');
    const login = await open(file);
    assert.equal((await login('izumi', 'violin')).result, 'unavailable');
    renameSync(makeUsers('now.db', { izumi: VIOLIN }), file);
    assert.equal((await login('izumi', 'violin')).result, 'success');
    renameSync(makeUsers('next.db', { george: VIOLIN }), file);
    assert.equal((await login('izumi', 'violin')).result, 'unknown-user');
    assert.equal((await login('george', 'violin')).result, 'success');
  });

  it('is unavailable, not wrong, when the query fails', async () => {
    const login = await open(makeUsers('d.db', { izumi: VIOLIN }), {
      userQuery: 'SELECT name, nothing FROM users WHERE name = ?',
    });
    const { result, detail } = await login('izumi', 'violin');
    assert.equal(result, 'unavailable');
    assert.match(detail, /SQLite error 1\b/);
  });

  it('ends a query that runs too long, without holding up the event loop, and goes on with the next', async () => {
    const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE :name = 'slow')
      SELECT :name, (SELECT password FROM users WHERE name = :name) FROM (SELECT max(i) AS m FROM n) WHERE m > 0`;
    const login = await open(makeUsers('e.db', { izumi: VIOLIN }), { userQuery: endless, timeout: '3s' });
    assert.equal((await login('izumi', 'violin')).result, 'success');
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 10);
    const began = performance.now();
    const slow = login('slow', 'x');
    assert.equal((await slow).result, 'unavailable');
    assert.ok(performance.now() - began < 15_000);
    clearInterval(timer);
    assert.ok(ticks >= 20, `${ticks} ticks of the event loop`);
    assert.equal((await login('izumi', 'violin')).result, 'success');
    const given = new AbortController();
    const pending = login('slow', 'x', given.signal);
    given.abort();
    assert.equal((await pending).result, 'unavailable');
  });
});
