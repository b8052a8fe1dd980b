import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AuditEntry, type AuditId, type AuditRecord, readAuditRecord } from '../../src/audit/index.ts';
import { encodeLine, frameOf, hashOf, LONGEST_LINE, ORIGIN } from '../../src/audit/record-codec.ts';
import { Secret } from '../../src/base/index.ts';
import { anyCharacter } from '../support/any-character.ts';

const ID = '01KAN8HR00-a-0123456789' as AuditId;
const AT = Date.UTC(2026, 10, 22, 9, 0, 0, 123);

const entry = (name: string, more: Partial<AuditEntry & { kind: 'attempt' }> = {}): AuditEntry => ({
  kind: 'attempt',
  id: ID,
  door: 'form',
  realm: 'staff',
  name,
  modules: [],
  outcome: 'refused',
  reason: 'wrong-credential',
  principals: [],
  ...more,
});
const encode = (record: AuditEntry) => encodeLine(record, 7, AT, ORIGIN).octets.toString();

/** Every leaf of a type. */
type Leaf<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Leaf<Item>
    : { [Key in keyof T]-?: Leaf<T[Key]> }[keyof T];

describe('an audit record', () => {
  it('has no room for a secret', () => {
    const onlyPlainValues: Leaf<AuditEntry> extends string | number | boolean | undefined ? true : false = true;
    assert.ok(onlyPlainValues);
    // @ts-expect-error a Secret is none of the values that a record takes
    const smuggled = entry(new Secret('hunter2'));
    assert.doesNotMatch(encode(smuggled), /hunter2/);
  });

  it('is one line that reads back as it was, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (name) => {
        const line = encode(entry(name));
        assert.match(line, /^[^\n]*\n$/);
        const { hash: _, ...read } = { hash: '', ...readAuditRecord(line.trimEnd()) };
        assert.deepEqual(read, { ...entry(name), n: 7, at: AT });
      }),
    );
  });

  it('holds no octet that ends a line or steers a terminal', () => {
    const name = 'eve\r\n{"n":8}\u001b[2J\u0085\u2028\u2029\u009b31m\u202eadmin\u2066\ufeff';
    const line = encode(entry(name));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e\u2066\ufeff]/);
    assert.equal((readAuditRecord(line.trimEnd()) as { name?: string }).name, name);
  });

  it('keeps a name such as __proto__ as data', () => {
    const record = readAuditRecord(encode(entry('__proto__')).trimEnd());
    assert.equal((record as { name?: string }).name, '__proto__');
  });

  it('is cut to one line when names and lists are huge, and says so', () => {
    const principal = { type: 'group', name: 'g'.repeat(300), domain: 'campus', module: '2:ldap' };
    const huge = entry('n'.repeat(1e6), { principals: Array.from({ length: 20_000 }, () => principal) });
    const line = encode(huge);
    assert.ok(line.length <= LONGEST_LINE);
    const read = readAuditRecord(line.trimEnd()) as { name?: string; cut?: boolean };
    assert.match(read.name ?? '', /^n+…$/);
    assert.equal(read.cut, true);
  });

  it('holds three hundred groups with their distinguished names whole, and of a thousand says that some are missing', () => {
    const groups = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        type: 'group',
        name: `group ${index}`,
        domain: 'campus',
        module: '2:ldap',
        aliases: [`cn=group ${index},ou=Groups,dc=campus,dc=example`],
      }));
    const read = (count: number) =>
      readAuditRecord(encode(entry('alice', { principals: groups(count) })).trimEnd()) as AuditRecord & {
        readonly kind: 'attempt';
      };
    assert.deepEqual(read(300).principals, groups(300));
    assert.equal(read(300).cut, undefined);
    assert.deepEqual(read(1_000).principals, groups(1_000).slice(0, 256));
    assert.equal(read(1_000).cut, true);
  });

  it('carries a hash over the hash before and its own octets', () => {
    const first = encodeLine(entry('alice'), 1, AT, ORIGIN);
    const frame = frameOf(first.octets.subarray(0, -1))!;
    assert.deepEqual(
      { n: frame.n, at: frame.at, kind: frame.kind, hash: frame.hash },
      { n: 1, at: AT, kind: 'attempt', hash: first.hash },
    );
    assert.equal(hashOf(ORIGIN, frame.body), first.hash);
    assert.notEqual(hashOf(first.hash, frame.body), first.hash);
    assert.notEqual(encodeLine(entry('alice'), 1, AT, first.hash).hash, first.hash);
  });
});

describe('readAuditRecord', () => {
  const line = encode(entry('alice')).trimEnd();

  it('reads what the trail writes and nothing else', () => {
    assert.ok(readAuditRecord(line));
    const bad = [
      '',
      '[]',
      'null',
      line.slice(1),
      line.slice(0, -1),
      line.replace('"attempt"', '"attempts"'),
      line.replace('"door"', '"doors"'),
      line.replace('"n":7', '"n":-7'),
      line.replace('"n":7', '"n":"7"'),
      line.replace(/"at":"[^"]+"/, '"at":"yesterday"'),
      line.replace(ID, '01KAN8HR00-a-012345678I'),
      line.replace('"modules":[]', '"modules":{}'),
      line.replace('"modules":[]', `"modules":[${'[],'.repeat(100)}[]]`),
      `${line.slice(0, -1)},"extra":1}`,
      `${' '.repeat(LONGEST_LINE)}${line}`,
      '['.repeat(60_000),
    ];
    for (const text of bad) assert.equal(readAuditRecord(text), undefined, text.slice(0, 80));
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => readAuditRecord(text) === undefined));
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (place, inserted) => {
        readAuditRecord(line.slice(0, place) + inserted + line.slice(place + 1));
        frameOf(Buffer.from(line.slice(0, place) + inserted + line.slice(place + 1)));
      }),
    );
  });
});
