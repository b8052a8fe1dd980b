/** Distinguished names: RFC 4514's own examples, injection attempts (S16) and round trips. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type DistinguishedName,
  distinguishedNameKey,
  escapeDnValue,
  formatDistinguishedName,
  parseDistinguishedName,
  prepareCaseIgnore,
} from '../../src/x500/index.ts';
import { anyCharacter } from '../support/any-character.ts';

function parsed(text: string): DistinguishedName {
  const dn = parseDistinguishedName(text);
  assert.ok(dn, `${JSON.stringify(text)} is a distinguished name`);
  return dn;
}

function keyOf(text: string): string {
  return distinguishedNameKey(parsed(text));
}

describe('parseDistinguishedName', () => {
  it('reads the examples of RFC 4514, section 4', () => {
    assert.deepEqual(parsed('UID=jsmith,DC=example,DC=net').rdns, [
      [{ type: 'UID', value: 'jsmith' }],
      [{ type: 'DC', value: 'example' }],
      [{ type: 'DC', value: 'net' }],
    ]);
    assert.deepEqual(parsed('OU=Sales+CN=J.  Smith,DC=example,DC=net').rdns[0], [
      { type: 'OU', value: 'Sales' },
      { type: 'CN', value: 'J.  Smith' },
    ]);
    assert.deepEqual(parsed('CN=James \\"Jim\\" Smith\\, III,DC=example').rdns[0], [
      { type: 'CN', value: 'James "Jim" Smith, III' },
    ]);
    assert.deepEqual(parsed('CN=Before\\0dAfter,DC=example').rdns[0], [{ type: 'CN', value: 'Before\rAfter' }]);
    assert.deepEqual(parsed('1.3.6.1.4.1.1466.0=#04024869').rdns[0], [
      { type: '1.3.6.1.4.1.1466.0', value: Uint8Array.of(0x04, 0x02, 0x48, 0x69) },
    ]);
    assert.deepEqual(parsed('CN=Lu\\C4\\8Di\\C4\\87').rdns[0], [{ type: 'CN', value: 'Lučić' }]);
  });

  it('reads the empty name as the root', () => {
    assert.deepEqual(parsed('').rdns, []);
    assert.equal(formatDistinguishedName({ rdns: [] }), '');
  });

  it('ignores unescaped blanks around a value and keeps escaped ones', () => {
    assert.deepEqual(parsed('cn = a b , dc = x').rdns, [[{ type: 'cn', value: 'a b' }], [{ type: 'dc', value: 'x' }]]);
    assert.deepEqual(parsed('cn=\\ a\\ ,dc=x').rdns[0], [{ type: 'cn', value: ' a ' }]);
    assert.deepEqual(parsed('cn=a\\  ').rdns[0], [{ type: 'cn', value: 'a ' }]);
  });

  it('keeps a byte order mark that is part of a value', () => {
    assert.deepEqual(parsed('cn=\uFEFFa').rdns[0], [{ type: 'cn', value: '\uFEFFa' }]);
  });

  for (const text of [
    'cn',
    '=a',
    'cn=a,',
    ',cn=a',
    'cn=a,,dc=x',
    'cn=a+',
    'cn=a;dc=x',
    'cn="a"',
    'cn=a<b',
    'cn=a\0',
    'cn=a\\',
    'cn=a\\g0',
    'cn=a\\4',
    'cn=#',
    'cn=#4',
    'cn=#04zz',
    'cn=#0402486',
    'cn=\\ff',
    'cn=\\c4',
    '1.=a',
    '01.2=a',
    '1=a',
    'c n=a',
    '-cn=a',
    'cn;lang-en=a',
    'cn=a+CN=b',
    'cn=a+2.5.4.3=b',
    'cn=\ud800',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDistinguishedName(text), undefined));
  }

  it('has limits: 8 KiB and 64 parts', () => {
    const parts = (count: number) => Array.from({ length: count }, () => 'dc=x').join(',');
    assert.equal(parsed(parts(64)).rdns.length, 64);
    assert.equal(parseDistinguishedName(parts(65)), undefined);
    assert.ok(parseDistinguishedName(`cn=${'x'.repeat(8189)}`));
    assert.equal(parseDistinguishedName(`cn=${'x'.repeat(8190)}`), undefined);
    assert.equal(parseDistinguishedName(`cn=${'č'.repeat(4095)}`), undefined);
  });

  it('answers for any text, and never throws', () => {
    const pieces = fc.constantFrom('cn', '=', ',', '+', '\\', '#', ' ', '0a', 'C4', '\0', 'č', '"', ';', '1.2', '😀');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (list) => {
        const dn = parseDistinguishedName(list.join(''));
        if (dn === undefined) return;
        assert.deepEqual(parseDistinguishedName(formatDistinguishedName(dn)), dn);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads a simple name as it reads one that is not', () => {
    const pieces = fc.constantFrom(
      'cn=',
      'a',
      '=',
      ',dc=',
      ' ',
      'Z9-._~!$%&()*/:?@[]^`{|}',
      "'",
      '1',
      '-',
      '+sn=',
      '#',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        // A blank at the start means nothing, and is not simple.
        assert.deepEqual(parseDistinguishedName(`cn=${list.join('')}`), parseDistinguishedName(` cn=${list.join('')}`));
      }),
      { numRuns: 3000 },
    );
    const long = Array.from({ length: 65 }, () => 'dc=a');
    assert.equal(parsed(long.slice(1).join(',')).rdns.length, 64);
    assert.equal(parseDistinguishedName(long.join(',')), undefined);
    assert.equal(parseDistinguishedName(`cn=${'a'.repeat(8190)}`), undefined);
    assert.equal(parseDistinguishedName(`cn=${'a '.repeat(4000)}\\`), undefined);
  });
});

describe('escapeDnValue', () => {
  it('writes what RFC 4514 demands', () => {
    assert.equal(escapeDnValue('James "Jim" Smith, III'), 'James \\"Jim\\" Smith\\, III');
    assert.equal(escapeDnValue('#a'), '\\#a');
    assert.equal(escapeDnValue('a#'), 'a#');
    assert.equal(escapeDnValue(' a '), '\\ a\\ ');
    assert.equal(escapeDnValue(' '), '\\ ');
    assert.equal(escapeDnValue('a\0\r'), 'a\\00\\0d');
    assert.equal(escapeDnValue('a=b'), 'a=b');
  });

  for (const value of [
    'x,ou=Admins',
    'x+cn=a',
    '#04024869',
    ' x',
    'x ',
    '\\',
    '\\,ou=Admins',
    'a\0b',
    '=',
    'cn=a',
    'Lučić 😀',
    '"',
    ';dc=x',
    '<>',
    '\r\n',
    '',
    '__proto__',
  ]) {
    it(`keeps ${JSON.stringify(value)} one value`, () => {
      const dn = parsed(`uid=${escapeDnValue(value)},ou=People,dc=example`);
      assert.equal(dn.rdns.length, 3);
      assert.deepEqual(dn.rdns[0], [{ type: 'uid', value }]);
    });
  }

  it('keeps any value one value', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (value) => {
        assert.deepEqual(parsed(`uid=${escapeDnValue(value)},dc=x`).rdns, [
          [{ type: 'uid', value }],
          [{ type: 'dc', value: 'x' }],
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatDistinguishedName', () => {
  it('writes what is read back as the same name', () => {
    const type = fc.constantFrom('cn', 'OU', 'dc', 'x-y', '2.5.4.3', '1.2.3');
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text.isWellFormed()),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
    );
    const rdn = fc.uniqueArray(fc.record({ type, value }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ type: name }) => (name === '2.5.4.3' ? 'cn' : name),
    });
    fc.assert(
      fc.property(fc.array(rdn, { maxLength: 6 }), (rdns) => {
        const dn = { rdns };
        const again = parsed(formatDistinguishedName(dn));
        assert.deepEqual(structuredClone(again), structuredClone(dn));
        assert.equal(distinguishedNameKey(again), distinguishedNameKey(dn));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('distinguishedNameKey', () => {
  it('is the same for every spelling of one name', () => {
    const key = keyOf('cn=labs,ou=Groups,dc=campus,dc=example');
    for (const text of [
      'CN=Labs,OU=groups,DC=CAMPUS,DC=Example',
      'cn = labs , ou = Groups , dc=campus , dc=example',
      '2.5.4.3=LABS,organizationalUnitName=Groups,dc=campus,dc=example',
      'cn=\\6cabs,ou=Groups,dc=campus,dc=example',
      'cn=#04046c616273,ou=Groups,dc=campus,dc=example',
      'cn=#0c044c616273,ou=Groups,dc=campus,dc=example',
      'cn=ｌａｂｓ,ou=Groups,dc=campus,dc=example',
      'cn=la\u200Dbs,ou=Groups,dc=campus,dc=example',
    ]) {
      assert.equal(keyOf(text), key, text);
    }
  });

  it('does not depend on the order within a multi-valued part, but on the order of parts', () => {
    assert.equal(keyOf('cn=a+ou=b,dc=x'), keyOf('OU=B+CN=A,dc=x'));
    assert.notEqual(keyOf('cn=a,ou=b'), keyOf('ou=b,cn=a'));
    assert.notEqual(keyOf('cn=a+ou=b'), keyOf('cn=a,ou=b'));
  });

  it('tells different names apart', () => {
    const texts = [
      'cn=a,ou=b',
      'cn=a\\,ou=b',
      'cn=a\\+ou=b',
      'cn=a\\00,ou=b',
      'cn=#0101ff',
      'cn=\\#0101ff',
      'cn=a',
      'ou=a',
    ];
    assert.equal(new Set(texts.map(keyOf)).size, texts.length);
  });

  it('collapses inner blanks', () => {
    assert.equal(keyOf('cn=scx   local\u00a0admins'), keyOf('cn=SCX Local Admins'));
  });
});

describe('prepareCaseIgnore', () => {
  it('folds case, width, composition, blanks and what cannot be seen', () => {
    assert.equal(prepareCaseIgnore(' ＡＬＩＣＥ \t x\u2028y'), 'alice x y');
    assert.equal(prepareCaseIgnore('E\u0301'), 'é');
    assert.equal(prepareCaseIgnore('a\u200Bb\uFEFF\u00AD'), 'ab');
    assert.equal(prepareCaseIgnore('ΟΔΟΣ'), prepareCaseIgnore('οδος'));
  });

  it('keeps apart what only looks alike to a careless fold', () => {
    assert.notEqual(prepareCaseIgnore('sıte'), 'site');
    assert.notEqual(prepareCaseIgnore('İ'), 'i');
    assert.notEqual(prepareCaseIgnore('a\0'), 'a');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 12 }), (text) => {
        const once = prepareCaseIgnore(text);
        assert.equal(prepareCaseIgnore(once), once);
      }),
      { numRuns: 20_000 },
    );
  });
});
