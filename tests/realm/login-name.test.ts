/** One canonical form of a login name (security rule 4; RELIABILITY S20). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LONGEST_LOGIN_NAME } from '../../src/access/index.ts';
import { canonicalLoginName } from '../../src/realm/index.ts';
import { anyCharacter } from '../support/any-character.ts';
import { ALICIA_SPELLINGS } from '../support/login-spellings.ts';

const DOMAINS = [{ name: 'SCX', dns: 'scx.example.org' }, { name: 'campus' }];
const keyOf = (typed: string) => canonicalLoginName(typed, DOMAINS)?.key;

describe('canonicalLoginName', () => {
  it(`folds ${ALICIA_SPELLINGS.length} spellings of one user to one key`, () => {
    assert.ok(ALICIA_SPELLINGS.length >= 40);
    assert.equal(new Set(ALICIA_SPELLINGS).size, ALICIA_SPELLINGS.length);
    for (const spelling of ALICIA_SPELLINGS) assert.equal(keyOf(spelling), 'alicia', JSON.stringify(spelling));
  });

  it('folds sharp s, long s, Kelvin sign and final sigma', () => {
    assert.equal(keyOf('stra\u00dfe'), keyOf('STRASSE'));
    assert.equal(keyOf('\u017fam'), 'sam');
    assert.equal(keyOf('\u212aim'), 'kim');
    assert.equal(keyOf('\u03bf\u03b4\u03bf\u03c2'), keyOf('\u039f\u0394\u039f\u03a3'));
  });

  it('names the login domain as configured and what to ask there', () => {
    assert.deepEqual(canonicalLoginName('scx\\Adm', DOMAINS), { key: 'adm', domain: 'SCX', user: 'Adm' });
    assert.deepEqual(canonicalLoginName('Adm@SCX.example.org', DOMAINS), { key: 'adm', domain: 'SCX', user: 'Adm' });
    assert.deepEqual(canonicalLoginName(' Adm ', DOMAINS), { key: 'adm', user: 'Adm' });
  });

  it('keeps different users apart', () => {
    const names = ['alice', 'alicf', 'al ice', 'alice2', 'alice@gmail.example', 'other\\alice', 'a-lice', 'a.lice'];
    assert.equal(new Set(names.map(keyOf)).size, names.length);
  });

  it('keeps names that objects already have as data', () => {
    assert.equal(keyOf('__proto__'), '__proto__');
    assert.equal(keyOf('constructor'), 'constructor');
    assert.equal(keyOf('scx\\__proto__'), '__proto__');
  });

  it('folds runs of space within a name', () => {
    assert.equal(keyOf('SCX\\scx  \u00a0admin'), 'scx admin');
  });

  it('refuses what can name nobody', () => {
    const refused = ['', '   ', '\u200b', 'a\nb', 'alice\r\n', 'a\0', '\u007f', '\u0085', 'a\u2028b', '\ud800', '\t'];
    for (const typed of refused) assert.equal(keyOf(typed), undefined, JSON.stringify(typed));
    assert.equal(keyOf('a'.repeat(LONGEST_LOGIN_NAME + 1)), undefined);
    assert.equal(keyOf('\ufdfa'.repeat(100)), undefined, 'grows beyond the limit when normalized');
    assert.equal(keyOf('a'.repeat(LONGEST_LOGIN_NAME))?.length, LONGEST_LOGIN_NAME);
  });

  it('is stable and blind to case and composition for every letter of the basic plane', () => {
    const different: string[] = [];
    for (let point = 0x20; point < 0x1_0000; point++) {
      if (point === 0xd800) point = 0xe000;
      const letter = String.fromCodePoint(point);
      const key = keyOf(`a${letter}`);
      if (key === undefined) continue;
      const variants = [letter.toUpperCase(), letter.toLowerCase(), letter.normalize('NFD'), letter.normalize('NFKC')];
      const others = new Set([key, ...variants.map((variant) => `a${variant}`)]);
      others.delete(`a${letter}`);
      for (const other of others) if (keyOf(other) !== key) different.push(point.toString(16));
    }
    assert.deepEqual(different, []);
  });

  it('answers any text at all', () => {
    fc.assert(fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (typed) => void keyOf(typed)));
  });
});
