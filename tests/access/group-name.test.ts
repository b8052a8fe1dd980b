/** Group names: all spellings fold to one id (OMI's caveat), and names are data (S30). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { domainNames, domainsSchema, groupId, parseGroupList, parseGroupName } from '../../src/access/index.ts';

const domains = domainNames(domainsSchema.parse({ SCX: { dns: 'scx.example.org' } }));

function idOf(text: string): string {
  const name = parseGroupName(text, domains);
  assert.ok(name, `${text} is a group name`);
  return groupId(name);
}

describe('parseGroupName', () => {
  it('folds all spellings of a domain group to one id', () => {
    for (const text of [
      'SCX\\adm',
      'scx\\ADM',
      'adm@SCX',
      'adm@scx.example.org',
      'ADM@SCX.Example.ORG',
      'scx.example.org\\adm',
      ' SCX \\ adm ',
      'SCX\\ａｄｍ',
      'SCX\\a\u200Ddm',
    ]) {
      assert.equal(idOf(text), idOf('SCX\\adm'), text);
    }
    assert.equal(idOf('SCX\\scx  local\tadmins'), idOf('scx local admins@scx'));
  });

  it('folds all spellings of a distinguished name to one id', () => {
    for (const text of [
      'CN=Labs, OU=Groups, DC=campus',
      'cn=labs,ou=groups,dc=CAMPUS',
      '2.5.4.3=labs,ou=groups,dc=campus',
    ]) {
      assert.equal(idOf(text), idOf('cn=labs,ou=groups,dc=campus'), text);
    }
  });

  it('tells groups of different domains, bare names and distinguished names apart', () => {
    const texts = [
      'SCX\\adm',
      'campus\\adm',
      'adm',
      'adm@scx.example.com',
      'cn=adm',
      'SCX\\cn=adm',
      'a\\b\\c',
      'b\\c',
      'c@b@a',
      'a\\c@b',
    ];
    assert.equal(new Set(texts.map(idOf)).size, texts.length - 1);
    assert.equal(idOf('c@b@a'), idOf('a\\c@b'));
  });

  it('takes a backslash before an at sign, and a distinguished name before both', () => {
    assert.deepEqual(parseGroupName('SCX\\a@b', domains), { kind: 'qualified', domain: 'scx', name: 'a@b' });
    assert.deepEqual(parseGroupName('a@b@SCX', domains), { kind: 'qualified', domain: 'scx', name: 'a@b' });
    assert.equal(parseGroupName('cn=a\\,b,o=x@y', domains)?.kind, 'distinguished');
    assert.deepEqual(parseGroupName('SCX\\cn=a', domains), { kind: 'qualified', domain: 'scx', name: 'cn=a' });
  });

  it('reads names that JavaScript gives a meaning as names', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty']) {
      assert.deepEqual(parseGroupName(name, domains), { kind: 'bare', name: name.toLowerCase() });
      assert.deepEqual(parseGroupName(`${name}\\${name}`, domains), {
        kind: 'qualified',
        domain: name.toLowerCase(),
        name: name.toLowerCase(),
      });
    }
  });

  for (const text of ['', ' ', '\\', 'SCX\\', '\\adm', '@', 'adm@', '@SCX', 'SCX\\ \u200B', 'x'.repeat(8193)]) {
    it(`refuses ${JSON.stringify(text.slice(0, 12))} (${text.length} long)`, () => {
      assert.equal(parseGroupName(text, domains), undefined);
    });
  }

  it('gives an id for any text or refuses it, the same for either case', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '\\', '@', '=', ' ', '\n', '\v', '\0', 'é', ','),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (written) => {
        const name = parseGroupName(written, domains);
        const upper = parseGroupName(written.toUpperCase(), domains);
        assert.equal(upper && groupId(upper), name && groupId(name));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseGroupList', () => {
  const vectors: [string, string[]][] = [
    ['', []],
    ['adm', ['adm']],
    ['SCX\\scx local admins, SCX\\domain users, adm', ['SCX\\scx local admins', 'SCX\\domain users', 'adm']],
    ['adm,,games', ['adm', 'games']],
    ['adm,', ['adm']],
    ['adm ,games', ['adm', 'games']],
    ['adm,\tgames', ['adm', 'games']],
    ['_ssh, 1001', ['_ssh', '1001']],
    ['adm,games,adm', ['adm', 'games', 'adm']],
  ];
  for (const [text, names] of vectors) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseGroupList(text), names));
  }
});

describe('domainsSchema', () => {
  it('refuses one spelling for two domains', () => {
    for (const written of [
      { SCX: { dns: 'a.example' }, campus: { dns: 'A.example' } },
      { SCX: { dns: 'campus' }, campus: { dns: 'b.example' } },
      { SCX: { dns: 'a.example' }, scx: { dns: 'b.example' } },
    ]) {
      assert.equal(domainsSchema.safeParse(written).success, false, JSON.stringify(written));
    }
  });

  it('allows a domain whose short name is its DNS name', () => {
    assert.equal(domainsSchema.safeParse({ 'a.example': { dns: 'A.example' } }).success, true);
  });
});
