/** String preparation: RFC 4518's own examples, its tables, and what must hold for any text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldCase } from '../../../src/x500/matching/case-folding.ts';
import { prepareString, type SpaceHandling } from '../../../src/x500/matching/string-preparation.ts';
import { caseExact, caseIgnore, numericString, telephoneNumber } from '../../../src/x500/matching/string-rules.ts';
import { anyCharacter } from '../../support/any-character.ts';

function prepared(text: string, spaces: SpaceHandling = 'value'): string | undefined {
  const octets = prepareString(Buffer.from(text), true, spaces);
  return octets === undefined ? undefined : Buffer.from(octets).toString();
}

function normal(forms: typeof caseIgnore, text: string): string | undefined {
  const octets = forms.normalize(Buffer.from(text));
  return octets === undefined ? undefined : Buffer.from(octets).toString();
}

const anyText = fc.string({ unit: anyCharacter, maxLength: 24 });

describe('insignificant spaces (RFC 4518, 2.6.1)', () => {
  it('are handled as in the examples', () => {
    assert.equal(prepared('foo bar  '), ' foo  bar ');
    assert.equal(prepared('foo bar  ', 'initial'), ' foo  bar ');
    assert.equal(prepared('foo bar  ', 'any'), 'foo  bar ');
    assert.equal(prepared('foo bar  ', 'final'), 'foo  bar ');
  });

  it('become two where nothing else is, and one in a piece', () => {
    for (const text of [' ', '   ', '\t', '\u00a0', '\u200b', '\u00ad\u3000']) {
      assert.equal(prepared(text), '  ', JSON.stringify(text));
      for (const piece of ['initial', 'any', 'final'] as const) assert.equal(prepared(text, piece), ' ');
    }
  });

  it('are none where a combining mark follows', () => {
    assert.equal(prepared('a \u0301b'), ' a \u0301b ');
    assert.equal(prepared('a  \u0301b'), ' a   \u0301b ');
    assert.equal(prepared(' \u0301'), '  \u0301 ');
  });

  it('let a piece be found in a value by its octets', () => {
    const value = prepared('Foo  Bar')!;
    const found = (text: string, piece: SpaceHandling) => value.includes(prepared(text, piece)!);
    assert.ok(value.startsWith(prepared('foo ', 'initial')!));
    assert.ok(found('o b', 'any') && found(' bar', 'any') && found('bar ', 'any') && found(' ', 'any'));
    assert.ok(!found('o ba r', 'any') && !found('foobar', 'any'));
    assert.ok(value.endsWith(prepared(' BAR', 'final')!));
  });
});

describe('mapping and prohibition (RFC 4518, 2.2 to 2.4)', () => {
  it('maps to space, to nothing, and folds case', () => {
    for (const text of ['a b', 'a\tb', 'a\r\nb', 'a\u0085b', 'a\u2028b', 'a\u3000b', 'A\u00a0\u1680B']) {
      assert.equal(prepared(text), ' a  b ', JSON.stringify(text));
    }
    for (const text of ['ab', 'a\0b', 'a\u00adb', 'a\u200bb', 'a\ufe0fb', 'a\ufffcb', 'a\x7fb', 'a\u{e0001}b']) {
      assert.equal(prepared(text), ' ab ', JSON.stringify(text));
    }
  });

  it('folds as table B.2 of RFC 3454 does', () => {
    for (const [text, folded] of [
      ['Straße', 'strasse'],
      ['ẞ', 'ss'],
      ['ΑΣ', 'ασ'],
      ['ας', 'ασ'],
      ['İ', 'i\u0307'],
      ['ı', 'ı'],
      ['ŉ', 'ʼn'],
      ['ﬀ', 'ff'],
      ['Ⅷ', 'viii'],
      ['ℌ', 'h'],
      ['ͅ', 'ι'],
      ['𐐀', '𐐨'],
      ['Å', 'å'],
    ] as const) {
      assert.equal(foldCase(text), folded.normalize('NFKC'), text);
    }
  });

  it('leaves case alone in caseExact, and normalizes it', () => {
    assert.equal(normal(caseExact, 'ÅB'), ' ÅB ');
    assert.equal(normal(caseExact, 'ﬁ'), ' fi ');
  });

  it('has no form for what is prohibited or no UTF-8', () => {
    for (const text of ['\ufffd', '\ue000', '\uffff', '\u{10fffe}', '\u{e01ef}\u{10ffff}', '\u0378']) {
      assert.equal(prepared(text), undefined, JSON.stringify(text));
    }
    for (const octets of ['ff', 'c080', 'eda080', 'f4908080', '61c3']) {
      assert.equal(prepareString(Buffer.from(octets, 'hex'), true, 'value'), undefined, octets);
    }
  });

  it('knows characters that Unicode 3.2 did not', () => {
    assert.equal(prepared('😀'), ' 😀 ');
    assert.equal(prepared('Ⴀ'), prepared('Ⴀ'.toLowerCase()));
  });
});

describe('normal forms of text', () => {
  it('are their own normal forms', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(caseIgnore, caseExact), (text, forms) => {
        const once = forms.normalize(Buffer.from(text));
        // A mark at the start takes the space that is put before it: that is no space by RFC 4518, 2.6.1.
        if (once === undefined || /^ \p{M}/u.test(Buffer.from(once).toString())) return;
        assert.deepEqual(forms.normalize(once), once);
      }),
      { numRuns: 2000 },
    );
  });

  it('are the same on the way of ASCII and on that of Unicode', () => {
    const ascii = fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(ascii, fc.constantFrom('value', 'initial', 'any', 'final'), fc.boolean(), (text, spaces, fold) => {
        // A zero width space counts for nothing, and takes the way of Unicode.
        const short = prepareString(Buffer.from(text), fold, spaces);
        const long = prepareString(Buffer.from(`${text}\u200b`), fold, spaces);
        assert.equal(Buffer.from(short!).toString(), Buffer.from(long!).toString());
      }),
      { numRuns: 2000 },
    );
  });

  it('do not tell upper from lower case', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const form = normal(caseIgnore, text);
        if (form !== undefined && !/[ıİ]/.test(text)) assert.equal(normal(caseIgnore, foldCase(text)), form);
      }),
    );
  });

  it('hold every piece that was cut out of the value', () => {
    fc.assert(
      fc.property(anyText, fc.nat(24), fc.nat(24), (text, from, length) => {
        const characters = [...text];
        const piece = characters.slice(from, from + length).join('');
        const form = caseIgnore.normalize(Buffer.from(text));
        // Combining marks and letters of Hangul join what stands before them: only whole characters are found.
        if (form === undefined || piece === '' || /[^\p{Script=Latin}\p{Nd} ]/u.test(text)) return;
        const asked = caseIgnore.normalizePiece!(Buffer.from(piece), 'any');
        assert.ok(
          Buffer.from(form).includes(Buffer.from(asked!)),
          `${JSON.stringify(piece)} in ${JSON.stringify(text)}`,
        );
      }),
    );
  });
});

describe('numbers as text', () => {
  it('have no blanks (RFC 4518, 2.6.2)', () => {
    assert.equal(normal(numericString, '  123  456  '), '123456');
    assert.equal(normal(numericString, '   '), '');
    assert.equal(normal(numericString, '12a'), undefined);
  });

  it('have neither blanks nor hyphens when they are dialled (RFC 4518, 2.6.3)', () => {
    assert.equal(normal(telephoneNumber, '+1 512-315-0280'), '+15123150280');
    assert.equal(normal(telephoneNumber, '- - -'), '');
    assert.equal(normal(telephoneNumber, "1:2 Ext. 'A'"), "1:2ext.'a'");
    assert.equal(normal(telephoneNumber, '1‐2'), undefined);
    assert.equal(normal(telephoneNumber, '1_2'), undefined);
  });
});
