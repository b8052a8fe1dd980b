/** Matching rules: the vectors of RFC 4517, and that memcmp of normal forms is the order of the values. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { standardSchema } from '../../../src/directory/schema/standard-schema.ts';
import type { Schema } from '../../../src/x500/index.ts';
import { normalizeGeneralizedTime } from '../../../src/x500/matching/time-rules.ts';

let schema: Schema;

before(() => {
  const result = standardSchema();
  assert.equal(result.kind, 'parsed');
  schema = result.schema;
});

function normalize(rule: string, value: string): Buffer | undefined {
  const form = schema.matchingRule(rule)!.normalize(Buffer.from(value));
  return form === undefined ? undefined : Buffer.from(form);
}

/** Whether an assertion matches a value, as an index would find it. */
function matches(rule: string, value: string, assertion: string): boolean | undefined {
  const { matches: test, normalizeAssertion, normalize: plain } = schema.matchingRule(rule)!;
  if (test !== undefined) return test(Buffer.from(value), Buffer.from(assertion));
  const [form, asked] = [plain(Buffer.from(value)), (normalizeAssertion ?? plain)(Buffer.from(assertion))];
  return form === undefined || asked === undefined ? undefined : Buffer.compare(form, asked) === 0;
}

function order(rule: string, first: string, second: string): number {
  const [one, two] = [normalize(rule, first), normalize(rule, second)];
  assert.ok(one !== undefined && two !== undefined, `${first} and ${second} have normal forms`);
  return Buffer.compare(one, two);
}

describe('integerMatch and integerOrderingMatch', () => {
  it('orders all integers as numbers', () => {
    const any = fc.oneof(fc.bigInt(), fc.integer().map(BigInt), fc.bigInt({ min: -(1n << 400n), max: 1n << 400n }));
    fc.assert(
      fc.property(any, any, (first, second) => {
        assert.equal(
          order('integerOrderingMatch', `${first}`, `${second}`),
          Math.sign(first < second ? -1 : first > second ? 1 : 0),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('has no form for what is no integer (RFC 4517, 3.3.16)', () => {
    for (const text of [
      '',
      '-',
      '-0',
      '+1',
      '00',
      '01',
      '-01',
      '1 ',
      ' 1',
      '1.0',
      '0x1',
      '१',
      `1${'0'.repeat(20_000)}`,
    ]) {
      assert.equal(normalize('integerMatch', text), undefined, text);
    }
  });

  it('looks at bits as Active Directory does', () => {
    const and = '1.2.840.113556.1.4.803';
    const or = '1.2.840.113556.1.4.804';
    assert.equal(matches(and, '514', '2'), true);
    assert.equal(matches(and, '512', '2'), false);
    assert.equal(matches(and, '3', '3'), true);
    assert.equal(matches(or, '2', '3'), true);
    assert.equal(matches(or, '4', '3'), false);
    assert.equal(matches(and, '-2147483646', '2147483648'), true);
    assert.equal(matches(and, '5', 'x'), undefined);
    assert.equal(matches(and, '9223372036854775808', '1'), undefined);
  });
});

describe('generalizedTimeMatch and generalizedTimeOrderingMatch', () => {
  it('reads the examples of RFC 4517, 3.3.13, as one instant', () => {
    assert.equal(matches('generalizedTimeMatch', '199412161032Z', '199412160532-0500'), true);
    assert.equal(normalizeGeneralizedTime('199412161032Z'), '19941216103200');
  });

  it('knows offsets, fractions of each unit, leap years and leap seconds', () => {
    for (const [text, form] of [
      ['2026013123.5Z', '20260131233000'],
      ['202601312359.25Z', '20260131235915'],
      ['20260131235900,50Z', '20260131235900.5'],
      ['20260131235900.000Z', '20260131235900'],
      ['20260301000000+0100', '20260228230000'],
      ['20240301000000+0100', '20240229230000'],
      ['20261231235900-0001', '20270101000000'],
      ['20161231235960Z', '20161231235960'],
      ['20170101005960+01', '20161231235960'],
      ['00010101000000Z', '00010101000000'],
    ] as const) {
      assert.equal(normalizeGeneralizedTime(text), form, text);
    }
  });

  it('has no form for what is no time', () => {
    for (const text of [
      '',
      '2026',
      '20260131',
      '20260131235900',
      '20260231000000Z',
      '20250229000000Z',
      '20260132000000Z',
      '20261301000000Z',
      '20260131240000Z',
      '20260131236000Z',
      '20260131235961Z',
      '20260131235900.Z',
      '20260131235900z',
      '20260131235900+24',
      '00000101000000+01',
      '99991231235959-01',
      `20260131235900.${'1'.repeat(100)}Z`,
      ' 20260131235900Z',
      '20260131235900Z\n',
    ]) {
      assert.equal(normalizeGeneralizedTime(text), undefined, text);
      assert.equal(normalize('generalizedTimeMatch', text), undefined, text);
    }
  });

  it('orders instants as they follow each other', () => {
    const instant = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    const written = fc.tuple(instant, fc.integer({ min: -23 * 60, max: 23 * 60 }), fc.boolean());
    const text = ([date, offset, utc]: readonly [Date, number, boolean]) => {
      const shown = new Date(date.getTime() + (utc ? 0 : offset * 60_000)).toISOString().replace(/[-T:Z]/g, '');
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
      return `${shown}${utc ? 'Z' : zone}`;
    };
    fc.assert(
      fc.property(written, written, (first, second) => {
        const expected = Math.sign(first[0].getTime() - second[0].getTime());
        assert.equal(order('generalizedTimeOrderingMatch', text(first), text(second)), expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('identifiers', () => {
  it('are one UUID in either case, in the order of their octets (RFC 4530)', () => {
    const [one, two] = ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'];
    assert.equal(matches('uuidMatch', one, two), true);
    assert.deepEqual(normalize('uuidMatch', one), Buffer.from('f81d4fae7dec11d0a76500a0c91e6bf6', 'hex'));
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (first, second) => {
        assert.equal(
          order('uuidOrderingMatch', first, second.toUpperCase()),
          first < second ? -1 : first > second ? 1 : 0,
        );
      }),
    );
    for (const text of [
      '',
      one.slice(1),
      `${one}0`,
      one.replaceAll('-', ''),
      one.replace('f', 'g'),
      one.replace('-', '0'),
    ]) {
      assert.equal(normalize('uuidMatch', text), undefined, text);
    }
  });

  it('are change sequence numbers old and new', () => {
    const csn = '20260131235900.000001Z#00000A#00f#000000';
    assert.equal(matches('CSNMatch', csn, csn.toLowerCase().replace('z', 'Z')), true);
    assert.equal(
      matches('CSNMatch', '20260131235900Z#000000#01#000000', '20260131235900.000000Z#000000#001#000000'),
      true,
    );
    assert.equal(order('CSNOrderingMatch', csn, '20260131235900.000002Z#000000#000#000000'), -1);
    for (const text of [
      '',
      csn.slice(1),
      `${csn}0`,
      csn.replace('Z', 'X'),
      csn.replace('A', 'G'),
      csn.replace('.', '0'),
    ]) {
      assert.equal(normalize('CSNMatch', text), undefined, text);
    }
  });

  it('are object identifiers by name or number (RFC 4517, 4.2.26)', () => {
    assert.equal(matches('objectIdentifierMatch', 'inetOrgPerson', '2.16.840.1.113730.3.2.2'), true);
    assert.equal(matches('objectIdentifierMatch', 'PERSON', 'person'), true);
    assert.equal(matches('objectIdentifierMatch', '1.2.3.4', '1.2.3.4'), true);
    assert.equal(matches('objectIdentifierMatch', 'person', 'nobody'), undefined);
    assert.equal(matches('objectIdentifierMatch', 'person', 'constructor'), undefined);
  });
});

describe('names', () => {
  it('are the same by the rules of their types (RFC 4517, 4.2.15)', () => {
    const rule = 'distinguishedNameMatch';
    assert.equal(matches(rule, 'uid=Alice,ou=People,dc=Example', 'UID=alice, OU=people, DC=example'), true);
    assert.equal(matches(rule, 'memberUid=Alice,dc=x', 'memberUid=alice,dc=x'), false);
    assert.equal(matches(rule, 'uidNumber=1+cn=a,dc=x', 'CN=A+uidNumber=1,dc=x'), true);
    assert.equal(matches(rule, 'uidNumber=01,dc=x', 'uidNumber=1,dc=x'), undefined);
    assert.equal(matches(rule, 'cn=a\\,b,dc=x', 'cn=a,dc=x'), false);
    assert.equal(matches(rule, 'nobody=a,dc=x', 'nobody=a,dc=x'), undefined);
    assert.equal(matches(rule, '', ''), true);
  });

  it('may have bits behind them', () => {
    assert.equal(matches('uniqueMemberMatch', "dc=X#'01'B", "DC=x#'01'B"), true);
    assert.equal(matches('uniqueMemberMatch', "dc=X#'01'B", 'dc=x'), false);
    assert.equal(matches('uniqueMemberMatch', "dc=x#'01'B", "dc=x#'010'B"), false);
  });

  it('cannot be told together by what is escaped in them', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'B', ' ', ',', '+', '=', '\\', '"', '#', ';', 'é', '\0', 'dc=x'),
      minLength: 1,
      maxLength: 6,
    });
    const dn = fc.array(fc.array(part, { minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 4 });
    const keyOf = (values: readonly (readonly string[])[]) =>
      schema.dnKey({ rdns: values.map(([value = '']) => [{ type: 'cn', value }]) });
    fc.assert(
      fc.property(dn, dn, (first, second) => {
        const forms = (values: readonly (readonly string[])[]) =>
          JSON.stringify(values.map(([value = '']) => normalize('caseIgnoreMatch', value)?.toString('hex')));
        const [one, two] = [keyOf(first), keyOf(second)];
        if (one !== undefined && two !== undefined) assert.equal(one === two, forms(first) === forms(second));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('other rules', () => {
  it('match a list line by line (RFC 4517, 4.2.13)', () => {
    const rule = 'caseIgnoreListMatch';
    assert.equal(matches(rule, '1234 Main St.$Anytown, CA 12345$USA', '1234 main st. $ANYTOWN,  CA 12345$usa'), true);
    assert.equal(matches(rule, 'a$b', 'a b'), false);
    assert.equal(
      matches(rule, '\\241,000,000 Sweepstakes$PO Box 1000000', '\\241,000,000 SWEEPSTAKES$po box 1000000'),
      true,
    );
    assert.equal(matches(rule, 'a\\24b', 'a$b'), false);
    assert.equal(matches(rule, 'a\\5Cb', 'A\\5cB'), true);
    assert.equal(normalize(rule, 'a\\b'), undefined);
    const pieces = schema.matchingRule('caseIgnoreListSubstringsMatch')!;
    const form = Buffer.from(pieces.normalize(Buffer.from('Main St.$Anytown'))!);
    assert.ok(form.includes(Buffer.from(pieces.normalizePiece!(Buffer.from('in st'), 'any')!)));
    assert.ok(!form.includes(Buffer.from(pieces.normalizePiece!(Buffer.from('st.any'), 'any')!)));
  });

  it('find words (RFC 4517, 4.2.21 and 4.2.35)', () => {
    assert.equal(matches('wordMatch', 'Robert, Barnaby-Jones', 'barnaby'), true);
    assert.equal(matches('wordMatch', 'Robert, Barnaby-Jones', 'barn'), false);
    assert.equal(matches('keywordMatch', 'Robert, Barnaby-Jones', 'Barnaby Jones'), true);
    assert.equal(matches('keywordMatch', 'Robert', ' , '), undefined);
  });

  it('find descriptions of the schema by their first component', () => {
    const description = "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )";
    assert.equal(matches('objectIdentifierFirstComponentMatch', description, '2.5.4.3'), true);
    assert.equal(matches('objectIdentifierFirstComponentMatch', description, 'CN'), true);
    assert.equal(matches('objectIdentifierFirstComponentMatch', description, 'sn'), false);
    assert.equal(matches('integerFirstComponentMatch', '( 3 FORM person )', '3'), true);
  });

  it('keep booleans, bits and octets apart', () => {
    assert.equal(matches('booleanMatch', 'TRUE', 'TRUE'), true);
    assert.equal(matches('booleanMatch', 'TRUE', 'true'), undefined);
    assert.equal(matches('bitStringMatch', "'01'B", "'010'B"), false);
    assert.equal(matches('octetStringMatch', 'a', 'A'), false);
    assert.equal(order('octetStringOrderingMatch', 'a', 'aa'), -1);
  });

  it('name the chain rule without answering it', () => {
    const rule = schema.matchingRule('1.2.840.113556.1.4.1941')!;
    assert.equal(rule.followsNames, true);
    assert.deepEqual(rule.normalize(Buffer.from('DC=X')), normalize('distinguishedNameMatch', 'dc=x'));
  });
});

describe('every rule', () => {
  it('has forms that are the same for equality, order and pieces of one type', () => {
    for (const { name, equality, ordering, substrings } of schema.attributeTypes) {
      for (const value of [
        'a',
        'A b',
        '1',
        '-7',
        '20260131235900Z',
        'TRUE',
        'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
        'é',
      ]) {
        const form = equality?.normalize(Buffer.from(value));
        if (ordering !== undefined) assert.deepEqual(ordering.normalize(Buffer.from(value)), form, `${name} ${value}`);
        if (substrings !== undefined && equality !== undefined) {
          assert.deepEqual(substrings.normalize(Buffer.from(value)), form, `${name} ${value}`);
        }
      }
    }
  });

  it('takes any octets without an exception, and does not change them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        const copy = Uint8Array.from(octets);
        for (const rule of schema.matchingRules) {
          rule.normalize(octets);
          rule.normalizeAssertion?.(octets);
          rule.matches?.(octets, octets);
          for (const position of ['initial', 'any', 'final'] as const) rule.normalizePiece?.(octets, position);
        }
        for (const syntax of schema.syntaxes) syntax.fault(octets);
        assert.deepEqual(octets, copy);
      }),
      { numRuns: 300 },
    );
  });
});
