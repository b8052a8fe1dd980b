/** Which queries an operator may write, and where the login name goes (RELIABILITY S26). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSqlStatement } from '../../../src/realm/modules/sql-statement.ts';

const pieces = (text: string) => {
  const parsed = parseSqlStatement(text);
  return parsed.kind === 'statement' ? parsed.statement.pieces : parsed.problem;
};

describe('parseSqlStatement', () => {
  it('finds the places for the name in every spelling', () => {
    for (const place of ['$1', '?', '?1', ':name']) {
      assert.deepEqual(pieces(`SELECT name, password FROM users WHERE name = ${place}`), [
        'SELECT name, password FROM users WHERE name = ',
        '',
      ]);
    }
    assert.deepEqual(pieces('select a, b from t where a=$1 or upper(b)=upper( ? ) ; \n'), [
      'select a, b from t where a=',
      ' or upper(b)=upper( ',
      ' ) ',
    ]);
    assert.deepEqual(
      pieces("WITH u AS (SELECT 1) SELECT n::text, p FROM \"we?ird\" WHERE x = 'it''s :name ? $1' AND n=:name"),
      ["WITH u AS (SELECT 1) SELECT n::text, p FROM \"we?ird\" WHERE x = 'it''s :name ? $1' AND n=", ''],
    );
    assert.deepEqual(pieces('SELECT cost$1, b FROM t WHERE a = $1'), ['SELECT cost$1, b FROM t WHERE a = ', '']);
  });

  it('refuses a query without a place for the name, also when it only seems to have one', () => {
    for (const text of [
      'SELECT name, password FROM users',
      "SELECT name, password FROM users WHERE name = '$1'",
      "SELECT name, password FROM users WHERE name = '?'",
      'SELECT name, password FROM users WHERE name = ":name"',
      'SELECT name, password::name FROM users WHERE a$1',
    ]) {
      assert.match(String(pieces(text)), /no placeholder for the login name/, text);
    }
  });

  it('refuses everything but one SELECT', () => {
    const refused = (text: string, problem: RegExp) => assert.match(String(pieces(text)), problem, text);
    refused('DELETE FROM users WHERE name = $1', /must be one SELECT/);
    refused('', /must be one SELECT/);
    refused('SELECT 1 WHERE a = $1; DROP TABLE users', /one statement/);
    refused('SELECT 1 WHERE a = $1;;', /one statement/);
    refused('SELECT 1 WHERE a = $1 -- comment', /must not contain "--"/);
    refused('SELECT 1 /* $1 */ WHERE a = $1', /must not contain/);
    refused('SELECT $$ $1 $$ WHERE a = $1', /must not contain/);
    refused('SELECT $tag$ $1 $tag$ WHERE a = $1', /must not contain/);
    refused("SELECT E'\\'' WHERE a = $1 --'", /quote|contain/);
    refused("SELECT 'open WHERE a = $1", /not closed/);
    refused('SELECT "open WHERE a = $1', /not closed/);
    refused('SELECT 1 WHERE a = $1 AND b = $2', /placeholder \$2/);
    refused('SELECT 1 WHERE a = ?1 AND b = ?2', /placeholder \?2/);
    refused('SELECT 1 WHERE a = :user', /placeholder :user/);
    refused('SELECT 1 WHERE a = :names', /placeholder :names/);
    refused('SELECT 1 WHERE a = @name AND b = ?', /placeholder @name/);
    refused('SELECT 1 WHERE a = $name', /placeholder \$name/);
    refused(`SELECT 1 WHERE a = $1 ${' '.repeat(20_000)}`, /too long/);
    refused('SELECT 1 WHERE a = $1 \0', /must not contain/);
  });

  it('never throws and never loses a character of what it keeps', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'\'"`$1?:name;-/*\\ \n()é@_='), { maxLength: 40 }), (characters) => {
        const text = `SELECT ${characters.join('')}`;
        const parsed = parseSqlStatement(text);
        if (parsed.kind === 'refused') return;
        const length = parsed.statement.pieces.join('').length;
        assert.ok(length < text.length);
        assert.ok(parsed.statement.pieces.every((piece) => text.includes(piece)));
      }),
      { numRuns: 3_000 },
    );
  });
});
