/** The properties login module, with the data and the vectors of Geronimo's own tests (spec: Geronimo 3.5). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { silentLogger } from '../../../src/base/index.ts';
import { readLines } from '../../../src/realm/modules/line-splitter.ts';
import { type PropertiesOptions, propertiesModule } from '../../../src/realm/modules/properties.ts';
import { type EntryReader, PropertiesReader } from '../../../src/realm/modules/properties-file.ts';
import { keepingLogger, laterClock, logIn, sourceFiles, started } from './module-run.ts';

const USERS = 'izumi=violin\nalan=starcraft\ngeorge=bone\ngracie=biscuit\nmetro=mouse\n';
const GROUPS = 'manager=izumi\nit=alan\npet=george,gracie,metro\ndog=george,gracie\ncat=metro\n';

function moduleOf(users = USERS, groups = GROUPS, options: Partial<PropertiesOptions> = {}, logger = silentLogger) {
  const { usersFile, groupsFile } = sourceFiles({ usersFile: users, groupsFile: groups });
  const all = { use: 'properties', domain: 'geronimo', usersFile, groupsFile, encoding: 'hex', ...options } as const;
  return started(propertiesModule(all, { clock: laterClock(), logger }));
}

describe('the properties module', () => {
  it('passes the cases of LoginPropertiesFileTest', async () => {
    const module = await moduleOf();
    assert.deepEqual(await logIn(module, { name: 'alan', password: 'starcraft' }), {
      result: 'success',
      user: 'alan',
      principals: ['user:alan', 'group:it'],
    });
    assert.deepEqual((await logIn(module, { name: 'george', password: 'bone' })).principals, [
      'user:george',
      'group:pet',
      'group:dog',
    ]);
    for (const [sent, reason] of [
      [{ password: 'starcraft' }, 'missing-credential'],
      [{ name: '', password: 'starcraft' }, 'missing-credential'],
      [{ name: 'bad', password: 'starcraft' }, 'unknown-user'],
      [{ name: 'alan' }, 'missing-credential'],
      [{ name: 'alan', password: '' }, 'missing-credential'],
      [{ name: 'alan', password: 'bad' }, 'wrong-credential'],
      [{ name: 'Alan', password: 'starcraft' }, 'unknown-user'],
      [{ name: 'alan', password: 'Starcraft' }, 'wrong-credential'],
      [{ name: '__proto__', password: 'x' }, 'unknown-user'],
    ] as const) {
      assert.deepEqual(await logIn(module, sent), { result: reason, user: undefined, principals: [] });
    }
  });

  it('verifies digests: hex in either case, base64 to the letter', async () => {
    for (const [digest, encoding, stored] of [
      ['md5', 'hex', 'f99de75fa5bd30ac31505fd7487d6086'],
      ['md5', 'hex', 'F99DE75FA5BD30AC31505FD7487D6086'],
      ['md5', 'base64', '+Z3nX6W9MKwxUF/XSH1ghg=='],
      ['sha-1', 'hex', '4400fe496b3dbf5c1c0d0797b79ec8266666e1e1'],
    ] as const) {
      const module = await moduleOf(`alan=${stored}\n`, GROUPS, { digest, encoding });
      assert.equal((await logIn(module, { name: 'alan', password: 'starcraft' })).result, 'success', stored);
      assert.equal((await logIn(module, { name: 'alan', password: 'starcrafT' })).result, 'wrong-credential');
      assert.equal((await logIn(module, { name: 'alan', password: stored })).result, 'wrong-credential');
    }
    const folded = await moduleOf('alan=+z3nx6w9mkwxuf/xsh1ghg==\n', GROUPS, { digest: 'md5', encoding: 'base64' });
    assert.equal((await logIn(folded, { name: 'alan', password: 'starcraft' })).result, 'wrong-credential');
  });

  it('never lets in a user without a password, or with one that Geronimo sealed', async () => {
    const { logger, lines } = keepingLogger();
    const module = await moduleOf(
      'blank=\nnothing\nsealed={Simple}rO0ABXNyABlqYXZheA==\nalan=starcraft\n',
      GROUPS,
      {},
      logger,
    );
    for (const name of ['blank', 'nothing', 'sealed']) {
      for (const password of ['x', ' ', '{Simple}rO0ABXNyABlqYXZheA==']) {
        assert.notEqual((await logIn(module, { name, password })).result, 'success', name);
      }
    }
    assert.match(JSON.stringify(lines), /sealed by Geronimo; write it anew/);
    assert.doesNotMatch(JSON.stringify(lines), /rO0ABX|starcraft/);
  });

  it('drops blanks around the members of a group, and says so', async () => {
    const { logger, lines } = keepingLogger();
    const module = await moduleOf(USERS, 'it=alan , izumi\n', {}, logger);
    assert.deepEqual((await logIn(module, { name: 'izumi', password: 'violin' })).principals, [
      'user:izumi',
      'group:it',
    ]);
    assert.match(JSON.stringify(lines), /blanks around a member/);
  });

  it('is unavailable while one of its files could not be read', async () => {
    for (const missing of [{ usersFile: '/nonexistent' }, { groupsFile: '/nonexistent' }]) {
      const module = await moduleOf(USERS, GROUPS, missing);
      assert.equal((await logIn(module, { name: 'alan', password: 'starcraft' })).result, 'unavailable');
    }
  });
});

describe('a .properties file', () => {
  class Entries implements EntryReader<readonly (readonly [string, string])[]> {
    readonly #entries: (readonly [string, string])[] = [];
    take(key: string, value: string) {
      this.#entries.push([key, value]);
      return undefined;
    }
    content() {
      return this.#entries;
    }
  }
  const read = (text: string) => readLines(Buffer.from(text), new PropertiesReader(new Entries()), 65_536);
  const entries = (text: string) => read(text).content;

  it('is read as java.util.Properties reads it', () => {
    // The examples of the documentation of Properties.load.
    assert.deepEqual(entries('Truth = Beauty\n Truth:Beauty\nTruth   :Beauty\n'), Array(3).fill(['Truth', 'Beauty']));
    assert.deepEqual(
      entries('fruits    apple, banana, pear, \\\n          cantaloupe, watermelon, \\\n          kiwi, mango\n'),
      [['fruits', 'apple, banana, pear, cantaloupe, watermelon, kiwi, mango']],
    );
    assert.deepEqual(entries('cheeses\n'), [['cheeses', '']]);
    assert.deepEqual(entries('# comment\n  ! comment \\\na=b\n\n \t\n'), [['a', 'b']]);
    assert.deepEqual(entries('a\\=b\\:c\\ d=e=f:g\n'), [['a=b:c d', 'e=f:g']]);
    assert.deepEqual(entries('k=\\t\\n\\r\\f\\q\\\\\\u00e9\n'), [['k', '\t\n\r\fq\\é']]);
    assert.deepEqual(entries('name=ends with blanks  \r\nü=ö\n'), [
      ['name', 'ends with blanks  '],
      ['ü', 'ö'],
    ]);
    assert.deepEqual(entries('a=b\\\\\nc=d\n'), [
      ['a', 'b\\'],
      ['c', 'd'],
    ]);
    assert.deepEqual(entries('a=b\\'), [['a', 'b']]);
    assert.deepEqual(
      read('a=\\u12g4\nb=c\n').findings.map(({ line }) => line),
      [1],
    );
  });

  it('never throws, and every entry that is written with escapes is read back', () => {
    const escaped = (text: string) =>
      text.replace(/[\\=: \t\f\n\r#!]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (key, value) => {
        read(`${key}${value}`);
        assert.deepEqual(entries(`${escaped(key)}=${escaped(value)}\n`), [[key, value]]);
      }),
    );
  });
});
