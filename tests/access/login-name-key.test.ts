/** One fold decides whether two login names are the same: here, and at the lockout of the realms. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loginNameKey } from '../../src/access/index.ts';
import { canonicalLoginName } from '../../src/realm/index.ts';

describe('the key of a login name', () => {
  it('folds what looks or sorts alike', () => {
    for (const name of ['Zoë', 'ZOE', ' zoe\u200b', '\uff5aoe', 'uid=zoe,ou=People,dc=example'])
      assert.equal(loginNameKey(name), 'zoe');
    assert.equal(loginNameKey('Straße'), loginNameKey('STRASSE'));
  });

  it('is none for what can name nobody', () => {
    for (const name of ['', ' ', 'a\0b', 'a\nb', '\u200b', 'x'.repeat(257), '\ud800'])
      assert.equal(loginNameKey(name), undefined);
  });

  it('is what the realms go by', () => {
    const pieces = fc.constantFrom(
      'a',
      'Z',
      'é',
      'ß',
      'ı',
      'ſ',
      'σ',
      'ς',
      ' ',
      '\t',
      '.',
      '=',
      ',',
      'uid',
      '\\',
      '@',
      '\u200b',
      'ﬁ',
      'Å',
      '１',
      '\0',
    );
    const name = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(name, (text) => assert.equal(loginNameKey(text), canonicalLoginName(text)?.key)),
      { numRuns: 2000 },
    );
  });
});
