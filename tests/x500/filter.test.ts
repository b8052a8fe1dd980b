/** Search filters: RFC 4515 both ways, limits, and templates that no value can bend (RELIABILITY S15, S35). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Filter,
  type FilterOf,
  type FilterTemplate,
  fillFilter,
  filterTemplate,
  formatFilter,
  parseFilter,
} from '../../src/x500/index.ts';
import { anyCharacter } from '../support/any-character.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';

const octets = (text: string) => Buffer.from(text);
const equality = (attribute: string, value: string): Filter => ({ kind: 'equality', attribute, value: octets(value) });

describe('parseFilter', () => {
  it('reads the examples of RFC 4515 section 4', () => {
    assert.deepEqual(parseFilter('(cn=Babs Jensen)'), equality('cn', 'Babs Jensen'));
    assert.deepEqual(parseFilter('(!(cn=Tim Howes))'), { kind: 'not', filter: equality('cn', 'Tim Howes') });
    assert.deepEqual(parseFilter('(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))'), {
      kind: 'and',
      filters: [
        equality('objectClass', 'Person'),
        {
          kind: 'or',
          filters: [
            equality('sn', 'Jensen'),
            { kind: 'substrings', attribute: 'cn', initial: octets('Babs J'), any: [] },
          ],
        },
      ],
    });
    assert.deepEqual(parseFilter('(o=univ*of*mich*)'), {
      kind: 'substrings',
      attribute: 'o',
      initial: octets('univ'),
      any: [octets('of'), octets('mich')],
    });
    assert.deepEqual(parseFilter('(seeAlso=)'), equality('seeAlso', ''));
    assert.deepEqual(parseFilter('(cn:caseExactMatch:=Fred Flintstone)'), {
      kind: 'extensible',
      attribute: 'cn',
      rule: 'caseExactMatch',
      value: octets('Fred Flintstone'),
      dnAttributes: false,
    });
    assert.deepEqual(parseFilter('(cn:=Betty Rubble)'), {
      kind: 'extensible',
      attribute: 'cn',
      value: octets('Betty Rubble'),
      dnAttributes: false,
    });
    assert.deepEqual(parseFilter('(sn:dn:2.4.6.8.10:=Barney Rubble)'), {
      kind: 'extensible',
      attribute: 'sn',
      rule: '2.4.6.8.10',
      value: octets('Barney Rubble'),
      dnAttributes: true,
    });
    assert.deepEqual(parseFilter('(:DN:2.4.6.8.10:=Dino)'), {
      kind: 'extensible',
      rule: '2.4.6.8.10',
      value: octets('Dino'),
      dnAttributes: true,
    });
    assert.deepEqual(
      parseFilter('(o=Parens R Us \\28for all your parenthetical needs\\29)'),
      equality('o', 'Parens R Us (for all your parenthetical needs)'),
    );
    assert.deepEqual(parseFilter('(cn=*\\2A*)'), { kind: 'substrings', attribute: 'cn', any: [octets('*')] });
    assert.deepEqual(parseFilter('(filename=C:\\5cMyFile)'), equality('filename', 'C:\\MyFile'));
    assert.deepEqual(parseFilter('(bin=\\00\\00\\00\\04)'), {
      kind: 'equality',
      attribute: 'bin',
      value: Buffer.from([0, 0, 0, 4]),
    });
    assert.deepEqual(parseFilter('(sn=Lu\\c4\\8di\\c4\\87)'), equality('sn', 'Lučić'));
    assert.deepEqual(parseFilter('(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)'), {
      kind: 'equality',
      attribute: '1.3.6.1.4.1.1466.0',
      value: Buffer.from('04024869', 'hex'),
    });
  });

  it('reads comparisons, presence, options, and the empty and and or of RFC 4526', () => {
    assert.deepEqual(parseFilter('(uidNumber>=1000)'), {
      kind: 'greaterOrEqual',
      attribute: 'uidNumber',
      value: octets('1000'),
    });
    assert.equal(parseFilter('(uidNumber<=1000)')?.kind, 'lessOrEqual');
    assert.equal(parseFilter('(cn~=alise)')?.kind, 'approx');
    assert.deepEqual(parseFilter('(userCertificate;binary=*)'), {
      kind: 'present',
      attribute: 'userCertificate;binary',
    });
    assert.deepEqual(parseFilter('(&)'), { kind: 'and', filters: [] });
    assert.deepEqual(parseFilter('(|)'), { kind: 'or', filters: [] });
  });

  it('refuses what is not a filter', () => {
    for (const text of [
      '',
      'uid=a',
      '(',
      ')',
      '()',
      '(uid)',
      '(=a)',
      '(uid=a',
      '(uid=a))',
      '(uid=a)(uid=b)',
      '(uid=(a)',
      '(uid=a\\)',
      '(uid=a\\2)',
      '(uid=a\\zz)',
      '(uid=a\0)',
      '(uid=**)',
      '(uid=a**b)',
      '(uid>=a*)',
      '(!)',
      '(!(a=b)(c=d))',
      '(& (a=b))',
      '( a=b)',
      '(u id=b)',
      '(uid;=b)',
      '(:=b)',
      '(:dn:=b)',
      '(cn::=b)',
      '(cn:dn:a:b:=c)',
      '(uid=\ud800)',
      '(1=1)',
    ]) {
      assert.equal(parseFilter(text), undefined, JSON.stringify(text));
    }
  });

  it('refuses more than 64 levels, 10,000 nodes or 64 KiB, and quickly', () => {
    const nested = (depth: number) => `${'(!'.repeat(depth - 1)}(a=b)${')'.repeat(depth - 1)}`;
    assert.equal(parseFilter(nested(64))?.kind, 'not');
    assert.equal(parseFilter(nested(65)), undefined);
    assert.equal(parseFilter('(&'.repeat(30_000)), undefined);
    const wide = (nodes: number) => `(|${'(a=b)'.repeat(nodes - 1)})`;
    assert.equal(parseFilter(wide(10_000))?.kind, 'or');
    assert.equal(parseFilter(wide(10_001)), undefined);
    assert.equal(parseFilter(`(a=${'b'.repeat(65_536 - 4)})`)?.kind, 'equality');
    assert.equal(parseFilter(`(a=${'b'.repeat(65_536 - 3)})`), undefined);
    assert.equal(parseFilter(`(a=${'é'.repeat(40_000)})`), undefined);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'(&|!)=*\\<>~:;a1é{}\0 ') }), (text) => {
        const filter = parseFilter(text);
        if (filter !== undefined) assert.deepEqual(parseFilter(formatFilter(filter)), filter);
      }),
      { numRuns: 5_000 },
    );
  });
});

const PLAIN = { noNullPrototype: true };
const value = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const someValue = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const attribute = fc.constantFrom('uid', 'cn;lang-en', '2.5.4.3');
const anyFilter = fc.letrec<{ node: Filter }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      {
        kind: fc.constantFrom(
          'equality' as const,
          'approx' as const,
          'lessOrEqual' as const,
          'greaterOrEqual' as const,
        ),
        attribute,
        value,
      },
      PLAIN,
    ),
    fc.record({ kind: fc.constant('present' as const), attribute }, PLAIN),
    fc
      .record(
        {
          kind: fc.constant('substrings' as const),
          attribute,
          initial: someValue,
          any: fc.array(someValue, { maxLength: 2 }),
          final: someValue,
        },
        { requiredKeys: ['kind', 'attribute', 'any'], noNullPrototype: true },
      )
      .filter((node) => node.any.length > 0 || node.initial !== undefined || node.final !== undefined),
    fc.record(
      {
        kind: fc.constant('extensible' as const),
        attribute,
        rule: fc.constantFrom('caseExactMatch', '1.2.840.113556.1.4.1941'),
        value,
        dnAttributes: fc.boolean(),
      },
      { requiredKeys: ['kind', 'attribute', 'value', 'dnAttributes'], noNullPrototype: true },
    ),
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('node'), { maxLength: 3 }),
      },
      PLAIN,
    ),
    fc.record({ kind: fc.constant('not' as const), filter: tie('node') }, PLAIN),
  ) as fc.Arbitrary<Filter>,
})).node;

describe('formatFilter', () => {
  it('writes what parseFilter reads back to the same tree', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        assert.deepEqual(parseFilter(formatFilter(filter)), filter);
      }),
      { numRuns: 2_000 },
    );
  });

  it('escapes what would end a value', () => {
    assert.equal(formatFilter(equality('uid', '*)(uid=*')), '(uid=\\2a\\29\\28uid=\\2a)');
    assert.equal(formatFilter(equality('uid', 'a\0\n')), '(uid=a\\00\\0a)');
    assert.equal(formatFilter({ kind: 'equality', attribute: 'x', value: Buffer.from([0xff, 0x41]) }), '(x=\\ff\\41)');
  });
});

describe('filterTemplate and fillFilter', () => {
  const user = filterTemplate('(&(objectClass=inetOrgPerson)(|(uid={name})(mail={name}@example.org)))', ['name']);
  const fill = (template: FilterTemplate, name: string) => fillFilter(template, new Map([['name', name]]));

  /** The tree without its values: what no name may change. */
  const shape = (filter: FilterOf<unknown>): string =>
    JSON.stringify(filter, (key, inner) => (['value', 'initial', 'final'].includes(key) ? 'v' : inner));

  it('puts the value into the tree as it is', () => {
    assert.deepEqual(fill(user, '*)(uid=*'), {
      kind: 'and',
      filters: [
        equality('objectClass', 'inetOrgPerson'),
        { kind: 'or', filters: [equality('uid', '*)(uid=*'), equality('mail', '*)(uid=*@example.org')] },
      ],
    });
    assert.deepEqual([...user.placeholders], ['name']);
  });

  it('keeps its shape for sixty hostile names and for any other', () => {
    const simple = filterTemplate('(uid={name})', ['name']);
    const expected = shape(fill(user, 'alice'));
    const check = (name: string) => {
      assert.deepEqual(fill(simple, name), equality('uid', name));
      assert.equal(shape(fill(user, name)), expected);
      assert.equal(shape(parseFilter(formatFilter(fill(user, name)))!), expected);
    };
    assert.equal(new Set(HOSTILE_NAMES).size, 60);
    HOSTILE_NAMES.forEach(check);
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }).filter((name) => name.isWellFormed()),
        check,
      ),
      {
        numRuns: 2_000,
      },
    );
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'()*\\&|!={}name\0') }), check), { numRuns: 2_000 });
  });

  it('does not expand a value that looks like a placeholder', () => {
    const group = filterTemplate('(&(memberUid={name})(member={dn}))', ['name', 'dn']);
    assert.deepEqual(
      fillFilter(
        group,
        new Map([
          ['name', '{dn}'],
          ['dn', '{name}'],
        ]),
      ),
      {
        kind: 'and',
        filters: [equality('memberUid', '{dn}'), equality('member', '{name}')],
      },
    );
  });

  it('refuses what is not a filter, an unknown placeholder and a placeholder in a pattern, and says which', () => {
    const refused = (text: string, message: RegExp) =>
      assert.throws(() => filterTemplate(text, ['name']), { code: 'X500_BAD_FILTER', message });
    refused('uid={name}', /is not a search filter/);
    refused('({name}=x)', /is not a search filter/);
    refused('(uid={user})', /\{user\} is not known here: use \{name\}/);
    refused('(cn=*{name}*)', /\{name\} must be a whole value/);
    refused('(cn={name}*)', /\{name\} must be a whole value/);
    assert.deepEqual(
      fill(filterTemplate('(userPassword=\\7bname}{name})', ['name']), 'x'),
      equality('userPassword', '{name}x'),
    );
  });

  it('refuses to fill without a value or with text that has no UTF-8', () => {
    assert.throws(() => fillFilter(user, new Map()), { code: 'X500_FILTER_VALUE' });
    assert.throws(() => fill(user, 'a\ud800'), { code: 'X500_FILTER_VALUE' });
  });
});
