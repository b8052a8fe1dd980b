/**
 * Syntaxes and matching rules beside slapd of Debian: every attribute of the standard schema is given good and bad values,
 * and asked for each of them by equality, order, pieces and rules named in the filter. What both accept and find has to
 * be the same, apart from differences that an RFC decides for us; those are counted by their clause.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { standardSchema } from '../../src/directory/schema/standard-schema.ts';
import type { AttributeType, MatchingRule, Schema } from '../../src/x500/index.ts';
import { foldCase } from '../../src/x500/matching/case-folding.ts';
import { LdapPipeline } from '../support/ldap-pipeline.ts';
import { LDAP_PUBLIC_KEY_SCHEMA } from '../support/ldap-public-key.ts';
import { addRequest, filter, modifyRequest, searchRequest, type WireFilter } from '../support/ldap-wire.ts';
import { DIFFERENCES, type Question } from '../support/schema-differences.ts';
import { valuesForSyntax } from '../support/schema-values.ts';
import { Slapd } from '../support/slapd.ts';

const SUFFIX = 'dc=x';
const ENTRIES = 70;
const RESULT = { success: 0, undefinedAttributeType: 17 };

/** Not to be given to an entry at will: what it is by, and what slapd treats as something else. */
const LEFT_OUT = new Set(['objectClass', 'userPassword', 'aliasedObjectName']);
/** Attributes whose values go over the wire as `;binary` only; they are compared by certificate tests. */
const BINARY = new Set([
  'userCertificate',
  'cACertificate',
  'authorityRevocationList',
  'certificateRevocationList',
  'crossCertificatePair',
  'supportedAlgorithms',
  'deltaRevocationList',
]);

let slapd: Slapd;
let server: LdapPipeline;
let schema: Schema;

before(async () => {
  const result = standardSchema();
  assert.equal(result.kind, 'parsed');
  schema = result.schema;
  slapd = await Slapd.start({
    suffix: SUFFIX,
    readers: [],
    ldif: `dn: ${SUFFIX}\nobjectClass: domain\ndc: x\n`,
    extra: [LDAP_PUBLIC_KEY_SCHEMA],
  });
  server = await LdapPipeline.connect(slapd.port, `cn=manager,${SUFFIX}`, 'manager-secret');
  const entries = Array.from({ length: ENTRIES }, (_, index) =>
    addRequest(dnOf(index), [
      ['objectClass', ['account', 'extensibleObject']],
      ['uid', [`e${index}`]],
    ]),
  );
  for (const { code, message } of await server.sendAll(entries)) assert.equal(code, RESULT.success, message);
});

after(async () => {
  server?.close();
  await slapd?.close();
});

function dnOf(index: number): string {
  return `uid=e${index},${SUFFIX}`;
}

/** Values of one attribute on the entries that took them. */
interface Stored {
  readonly index: number;
  readonly values: readonly Buffer[];
}

/** Asks both about one attribute; calls `answered` for every single answer that could differ. */
async function askAbout(type: AttributeType, answered: (question: Question) => void): Promise<void> {
  const values = valuesForSyntax(type.syntax.oid);
  assert.ok(values.length <= ENTRIES, `${type.name} has more values than there are entries`);
  const added = await server.sendAll(
    values.map((value, index) =>
      modifyRequest(dnOf(index), [{ operation: 'add', attribute: type.name, values: [value] }]),
    ),
  );
  const stored: Stored[] = [];
  for (const [index, { code, message }] of added.entries()) {
    const value = values[index]!;
    assert.notEqual(code, RESULT.undefinedAttributeType, `slapd does not know ${type.name}: ${message}`);
    const accepted = code === RESULT.success;
    answered({ kind: 'syntax', type, value, ours: type.syntax.fault(value) === undefined, theirs: accepted });
    const others = type.name === 'uid' ? [Buffer.from(`e${index}`)] : [];
    if (accepted || others.length > 0) stored.push({ index, values: accepted ? [value, ...others] : others });
  }
  const searches = [...assertionsOf(type, values), ...substringsOf(type, values), ...rulesOf(type, values)];
  const found = await server.sendAll(
    searches.map(({ asked }) => searchRequest({ base: SUFFIX, scope: 'one', filter: asked, attributes: ['1.1'] })),
  );
  for (const [index, { kind, asked, assertion, ours }] of searches.entries()) {
    const theirs = new Set(found[index]!.entries.map(({ dn }) => dn));
    for (const entry of stored) {
      answered({
        kind,
        type,
        value: entry.values[0]!,
        asked: asked.text,
        assertion,
        ours: kind === 'negation' ? entry.values.every(ours) : entry.values.some(ours),
        theirs: theirs.has(dnOf(entry.index)),
      });
    }
  }
  await server.sendAll(
    stored.flatMap(({ index, values: [first] }) =>
      added[index]!.code === RESULT.success
        ? [modifyRequest(dnOf(index), [{ operation: 'delete', attribute: type.name, values: [first!] }])]
        : [],
    ),
  );
}

interface Search {
  readonly kind: Question['kind'];
  readonly asked: WireFilter;
  /** What was asserted, pieces one after the other. */
  readonly assertion: Buffer;
  ours(value: Buffer): boolean;
}

function assertionsOf(type: AttributeType, values: readonly Buffer[]): Search[] {
  return values.flatMap((assertion): Search[] => {
    const { equality, ordering } = type;
    const order = (value: Buffer) => compare(ordering, value, assertion);
    return [
      {
        kind: 'equality',
        asked: filter.equal(type.name, assertion),
        assertion,
        ours: (value) => compare(equality, value, assertion) === 0,
      },
      {
        kind: 'negation',
        asked: filter.and(filter.present(type.name), filter.not(filter.equal(type.name, assertion))),
        assertion,
        ours: (value) => (compare(equality, value, assertion) ?? 0) !== 0,
      },
      {
        kind: 'ordering',
        asked: filter.atLeast(type.name, assertion),
        assertion,
        ours: (value) => (order(value) ?? -1) >= 0,
      },
      {
        kind: 'ordering',
        asked: filter.atMost(type.name, assertion),
        assertion,
        ours: (value) => (order(value) ?? 1) <= 0,
      },
    ];
  });
}

/** The order of two values by a rule; undefined when one has no normal form, or there is no rule. */
function compare(rule: MatchingRule | undefined, value: Uint8Array, assertion: Uint8Array): number | undefined {
  const form = rule?.normalize(value);
  const asked = (rule?.normalizeAssertion ?? rule?.normalize)?.(assertion);
  return form === undefined || asked === undefined ? undefined : Buffer.compare(form, asked);
}

interface Pieces {
  readonly initial?: string;
  readonly any?: readonly string[];
  readonly final?: string;
}

/** Pieces of the values: beginnings, middles and ends, with blanks at their edges and in another case. */
function piecesOf(value: Buffer): Pieces[] {
  const text = [...value.toString()];
  if (text.length < 3 || !value.equals(Buffer.from(value.toString()))) return [];
  const part = (start: number, end?: number) => text.slice(start, end).join('');
  return [
    { initial: part(0, 2) },
    { initial: part(0, 2).toUpperCase() },
    { initial: part(0, -1) },
    { any: [part(1, 3)] },
    { any: [part(1, -1)] },
    { final: part(-2) },
    { initial: part(0, 1), final: part(-1) },
    { initial: part(0, 1), any: [part(1, 2)], final: part(2) },
    { any: [part(0, 2), part(2)] },
    { any: [part(0, 2), part(1)] },
    { initial: `${part(0, 2)} ` },
    { any: [` ${part(1, 3)}`] },
    { final: ` ${part(-2)}` },
  ];
}

function substringsOf(type: AttributeType, values: readonly Buffer[]): Search[] {
  return values.flatMap(piecesOf).map((pieces) => ({
    kind: 'substrings',
    asked: filter.substrings(type.name, pieces),
    assertion: Buffer.from([pieces.initial ?? '', ...(pieces.any ?? []), pieces.final ?? ''].join('*')),
    ours: (value) => hasPieces(type.substrings, value, pieces),
  }));
}

/** Searches the pieces' octets in the normal form, one behind the other. */
function hasPieces(rule: MatchingRule | undefined, value: Buffer, { initial, any = [], final }: Pieces): boolean {
  const form = rule?.normalize(value);
  if (form === undefined || rule?.normalizePiece === undefined) return false;
  const octets = Buffer.from(form);
  let start = 0;
  let end = octets.length;
  if (initial !== undefined) {
    const piece = rule.normalizePiece(Buffer.from(initial), 'initial');
    if (piece === undefined || octets.indexOf(piece) !== 0) return false;
    start = piece.length;
  }
  if (final !== undefined) {
    const piece = rule.normalizePiece(Buffer.from(final), 'final');
    if (piece === undefined || piece.length > end || !octets.subarray(end - piece.length).equals(piece)) return false;
    end -= piece.length;
  }
  for (const text of any) {
    const piece = rule.normalizePiece(Buffer.from(text), 'any');
    const at = piece === undefined ? -1 : octets.indexOf(piece, start);
    if (piece === undefined || at < 0) return false;
    start = at + piece.length;
  }
  return start <= end;
}

/** slapd has these for other things than values of the syntax, or not at all. */
const NO_RULES_BY_NAME = /FirstComponent|^(?:word|keyword)Match$|InChain/;

/** The equality rules of the attribute's syntax, named in the filter. */
function rulesOf(type: AttributeType, values: readonly Buffer[]): Search[] {
  const rules = schema.matchingRules.filter(
    (rule) => rule.use === 'equality' && rule.assertionSyntax === type.syntax.oid && !NO_RULES_BY_NAME.test(rule.name),
  );
  return rules.flatMap((rule) =>
    values.map((assertion) => ({
      kind: 'rule',
      asked: filter.extensible({ rule: rule.name, attribute: type.name, value: assertion }),
      assertion,
      ours: (value) =>
        rule.matches === undefined ? compare(rule, value, assertion) === 0 : rule.matches(value, assertion) === true,
    })),
  );
}

/** What slapd itself gives every entry, by the filters that a client of replication sends. */
const OPERATIONAL = ['entryUUID', 'entryCSN', 'createTimestamp', 'modifyTimestamp', 'entryDN', 'structuralObjectClass'];

/** Table B.2 of RFC 3454 with form KC, for every character of Unicode 3.2, as Python's standard library has both. */
const TABLE_B2 = `
import stringprep, json, unicodedata
old = unicodedata.ucd_3_2_0
points = [p for p in range(0x110000) if not 0xd800 <= p < 0xe000 and old.category(chr(p)) not in ('Cn', 'Co')]
print(json.dumps([[p, old.normalize('NFKC', stringprep.map_table_b2(chr(p)))] for p in points]))
`;

/** Their decompositions were mistaken in Unicode 3.2 (Unicode Corrigendum 4). */
const CORRECTED = new Set([0x2f868, 0x2f874, 0x2f91f, 0x2f95f, 0x2f9bf]);

describe('case folding', () => {
  it('is that of table B.2 of RFC 3454 for every character there is in it', () => {
    const printed = execFileSync('python3', ['-c', TABLE_B2], { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' });
    const table = JSON.parse(printed) as [number, string][];
    assert.ok(table.length > 90_000, `${table.length} characters`);
    const different = table.filter(
      ([point, folded]) => foldCase(String.fromCodePoint(point)) !== folded && !CORRECTED.has(point),
    );
    assert.deepEqual(different, []);
  });
});

describe('the standard schema beside slapd', () => {
  it('finds and orders operational attributes alike', async () => {
    const { entries } = await server.send(
      searchRequest({ base: SUFFIX, scope: 'one', filter: filter.present('objectClass'), attributes: OPERATIONAL }),
    );
    assert.equal(entries.length, ENTRIES);
    for (const name of OPERATIONAL) {
      const type = schema.attributeType(name)!;
      const valueByDn = new Map(
        entries.map(({ dn, attributes }) => [dn, attributes.find(([is]) => is === name)![1][0]!]),
      );
      const values = [...valueByDn.values()];
      for (const value of values) assert.equal(type.syntax.fault(value), undefined, `${name} ${value}`);
      const upper = values.map((value) => Buffer.from(value.toString().toUpperCase()));
      for (const { asked, ours } of assertionsOf(type, [...values.slice(0, 20), ...upper.slice(0, 5)])) {
        const found = await server.send(
          searchRequest({ base: SUFFIX, scope: 'one', filter: asked, attributes: ['1.1'] }),
        );
        const expected = [...valueByDn].filter(([, value]) => ours(value)).map(([dn]) => dn);
        assert.deepEqual(found.entries.map(({ dn }) => dn).sort(), expected.sort(), asked.text);
      }
    }
  });

  it('finds certificates by serial number and issuer alike', async () => {
    const type = schema.attributeType('userCertificate')!;
    const made = ['/O=Example/CN=Lab CA', '/O=Example/CN=Emile+UID=E'].map((subject, index) =>
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'],
          ...['-utf8', '-subj', subject, '-set_serial', String(4660 + index), '-outform', 'DER'],
        ],
        { stdio: 'pipe' },
      ),
    );
    const bad = [made[0]!.subarray(0, -1), Buffer.from('3000', 'hex'), Buffer.from('x')];
    for (const [index, value] of [...made, ...bad].entries()) {
      const { code } = await server.send(
        modifyRequest(dnOf(index), [{ operation: 'add', attribute: 'userCertificate;binary', values: [value] }]),
      );
      assert.equal(type.syntax.fault(value) === undefined, code === RESULT.success, `certificate ${index}`);
    }
    for (const asked of [
      '{ serialNumber 4660, issuer rdnSequence:"cn=lab  ca,o=Example" }',
      '{ issuer rdnSequence:"cn=Lab CA,o=Example", serialNumber 4660 }',
      '{ serialNumber 4661, issuer rdnSequence:"CN=EMILE+uid=e,O=example" }',
      '{ serialNumber 4661, issuer rdnSequence:"cn=Lab CA,o=Example" }',
      '{ serialNumber 4660, issuer rdnSequence:"o=Example,cn=Lab CA" }',
      '{ serialNumber 4660 }',
    ]) {
      const { entries } = await server.send(
        searchRequest({ base: SUFFIX, scope: 'one', filter: filter.equal(type.name, asked), attributes: ['1.1'] }),
      );
      const ours = made.flatMap((value, index) =>
        compare(type.equality, value, Buffer.from(asked)) === 0 ? [dnOf(index)] : [],
      );
      assert.deepEqual(entries.map(({ dn }) => dn).sort(), ours, asked);
    }
  });

  it('accepts, finds and orders the same values, apart from what an RFC decides', async () => {
    let asked = 0;
    const counts = new Map<string, number>();
    const unexplained: string[] = [];
    for (const type of schema.attributeTypes) {
      if (type.operational || LEFT_OUT.has(type.name) || BINARY.has(type.name)) continue;
      await askAbout(type, (question) => {
        asked += 1;
        if (question.ours === question.theirs) return;
        const reason = DIFFERENCES.find(({ explains }) => explains(question));
        if (reason !== undefined) counts.set(reason.clause, (counts.get(reason.clause) ?? 0) + 1);
        else unexplained.push(describeQuestion(question));
      });
    }
    const different = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const table = [...counts].map(([clause, count]) => `${count} ${clause}`).join('\n');
    console.log(`${asked} answers, ${different} differ in ${counts.size} classes:\n${table}`);
    assert.deepEqual(unexplained.slice(0, 50), [], `${unexplained.length} differences that no clause explains`);
    assert.ok(asked > 500_000, `${asked} answers`);
    assert.ok(counts.size <= 15, `${counts.size} classes`);
    assert.ok(different <= asked * 0.02, `${different} of ${asked} differ`);
  });
});

function describeQuestion({ kind, type, value, asked, ours, theirs }: Question): string {
  return `${kind} ${type.name} (${type.syntax.description}) ${JSON.stringify(value.toString())} ${asked ?? ''} ours ${ours}, slapd ${theirs}`;
}
