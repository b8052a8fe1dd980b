/**
 * Every decoder of x500 before octets that were made of good ones by cutting, changing and joining: a decoder answers
 * with a value or with a refusal, soon, and never with an exception; and a value that it gives is what it is when it is
 * written and read again.
 */

import { standardSchema } from '../../src/directory/schema/standard-schema.ts';
import {
  BerWriter,
  decodeBer,
  decodeFilter,
  decodeObjectIdentifier,
  distinguishedNameKey,
  encodeFilter,
  encodeObjectIdentifier,
  formatDistinguishedName,
  formatFilter,
  formatLdapUrl,
  formatLdif,
  LdifParser,
  parseDistinguishedName,
  parseFilter,
  parseLdapUrl,
  parseSchema,
  type Schema,
} from '../../src/x500/index.ts';
import { readBer, writeBer } from './ber-value.ts';

interface Decoder {
  readonly name: string;
  /** Good input, from which bad input is made. */
  readonly seeds: readonly Buffer[];
  /** How often it is tried, against the others. */
  readonly weight: number;
  /** Decodes; returns what is wrong with how it did. */
  readonly run: (octets: Buffer) => string | undefined;
}

export interface FuzzResult {
  readonly tried: number;
  /** What went wrong, at most twenty cases, with their octets. */
  readonly wrong: readonly string[];
}

/** Milliseconds; nothing that small takes so long. */
const TOO_LONG = 2000;
const OCTETS = [
  0x00, 0x01, 0x0a, 0x1f, 0x20, 0x22, 0x23, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x30, 0x31, 0x3a, 0x3b, 0x3d, 0x5c,
  0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa9, 0xc2, 0xff,
];

const hex = (text: string) => Buffer.from(text, 'hex');
const plain = (text: string) => Buffer.from(text);
const different = (what: string, is: boolean) => (is ? undefined : `${what} is not what it was`);

function filterOctets(text: string): Buffer {
  const writer = new BerWriter();
  encodeFilter(writer, parseFilter(text)!);
  return Buffer.from(writer.take());
}

const FILTERS = [
  '(&(objectClass=inetOrgPerson)(uid=alice))',
  '(|(cn=a*b*c)(!(sn>=x))(mail~=y)(x<=\\00\\ff)(objectClass=*))',
  '(memberOf:1.2.840.113556.1.4.1941:=cn=a,ou=Groups,dc=example,dc=org)',
  '(:dn:caseIgnoreMatch:=Lučić)',
  '(!(!(!(&))))',
];
const NAMES = [
  'uid=alice,ou=People,dc=example,dc=org',
  'cn=Lu\\C4\\8Di\\C4\\87+sn=a\\, b,o=\\ x\\ ',
  '2.5.4.3=#04024869 , CN = b',
  'cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com',
];
const LDIF = [
  'version: 1\ndn: uid=a,dc=b\nobjectClass: top\nobjectClass: person\ncn:: w6RiYw==\nsn: folded\n  line\n# comment\ndescription:\n\n',
  'dn: cn=a,dc=b\ncontrol: 1.2.3 true:: AQI=\nchangetype: modify\nadd: mail\nmail: a\n-\ndelete: cn\n-\nincrement: n\nn: 1\n\n',
  'dn: cn=a,dc=b\nchangetype: modrdn\nnewrdn: cn=c\ndeleteoldrdn: 1\nnewsuperior: dc=d\n\ndn: cn=b\nchangetype: delete\n\n',
];
const SCHEMA = [
  "attributetype ( 1.2.3.4 NAME ( 'a' 'b' ) DESC 'it''s' SUP name EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE X-ORIGIN 'x' )\n",
  "objectidentifier own 1.2.3\nobjectclass ( own:5 NAME 'c' SUP top STRUCTURAL MUST ( cn $ sn ) MAY description )\n",
  "dn: cn=x\nolcAttributeTypes: {0}( 1.2.3.6 NAME 'd' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )\nobjectClasses: ( 1.2.9 NAME 'e'\n  AUXILIARY )\n",
];
const VALUES = [
  'Lučić  Ivan ',
  '20260101120000.5+0130',
  '-1234567890123456789',
  '0e9b2d4e-1111-103f-9b8a-000000000001',
  '+32 2 555-12 34',
  "'0101'B",
  'TRUE',
  '1.2.840.113556',
  'a$b\\24c',
  'uid=a,dc=b',
  "( 1.2.3 NAME 'a' )",
  '((a,b,c))',
  'ａｂｃ\u00ad\u200b',
];

export const DECODERS: readonly Decoder[] = [
  {
    name: 'BER',
    weight: 3,
    seeds: [
      hex('a30b040361626302020100a3000500'),
      hex('a3820010048200027879820101'.concat('0101ff0c03c3a461')),
      hex(`a38180${'0c0161'.repeat(42)}0500`),
    ],
    run(octets) {
      decodeBer(octets, readBer);
      const value = decodeBer(octets, readBer, { der: true });
      if (value === undefined) return undefined;
      const writer = new BerWriter(16);
      writeBer(writer, value);
      return different('DER', octets.equals(writer.view()));
    },
  },
  {
    name: 'filter as BER',
    weight: 4,
    seeds: FILTERS.map(filterOctets),
    run(octets) {
      const filter = decodeBer(octets, decodeFilter);
      if (filter === undefined) return undefined;
      const first = new BerWriter();
      encodeFilter(first, filter);
      const second = new BerWriter();
      encodeFilter(second, decodeBer(first.view(), decodeFilter)!);
      formatFilter(filter);
      return different('filter', Buffer.compare(first.view(), second.view()) === 0);
    },
  },
  {
    name: 'object identifier',
    weight: 1,
    seeds: [hex('2a864886f71401048f15'), hex('6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776')],
    run(octets) {
      const text = decodeObjectIdentifier(octets);
      return different('identifier', text === undefined || octets.equals(encodeObjectIdentifier(text)!));
    },
  },
  {
    name: 'distinguished name',
    weight: 3,
    seeds: NAMES.map(plain),
    run(octets) {
      const name = parseDistinguishedName(octets.toString('utf8'));
      if (name === undefined) return undefined;
      const again = parseDistinguishedName(formatDistinguishedName(name));
      return different('name', again !== undefined && distinguishedNameKey(again) === distinguishedNameKey(name));
    },
  },
  {
    name: 'filter',
    weight: 3,
    seeds: FILTERS.map(plain),
    run(octets) {
      const filter = parseFilter(octets.toString('utf8'));
      if (filter === undefined) return undefined;
      const text = formatFilter(filter);
      const again = parseFilter(text);
      return different('filter', again !== undefined && formatFilter(again) === text);
    },
  },
  {
    name: 'LDIF',
    weight: 3,
    seeds: LDIF.map(plain),
    run(octets) {
      const parser = new LdifParser();
      const half = octets.length >> 1;
      const read = [...parser.push(octets.subarray(0, half)), ...parser.push(octets.subarray(half)), ...parser.end()];
      const text = read.map((one) => (one.kind === 'fault' ? '' : formatLdif(one))).join('');
      const second = new LdifParser();
      const again = [...second.push(plain(text)), ...second.end()];
      return different('LDIF', again.map((one) => (one.kind === 'fault' ? '!' : formatLdif(one))).join('') === text);
    },
  },
  {
    name: 'LDAP URL',
    weight: 2,
    seeds: [
      'ldap://h.example.org:389/cn=a%2C,c=b?cn,sn?sub?(|(cn=%5c2a)(a:dn:1.2:=x))?!x=1,y',
      'ldapi://%2Frun%2Fx/??one',
    ].map(plain),
    run(octets) {
      const url = parseLdapUrl(octets.toString('utf8'));
      if (url === undefined) return undefined;
      const text = formatLdapUrl(url);
      const again = parseLdapUrl(text);
      return different('URL', again !== undefined && formatLdapUrl(again) === text);
    },
  },
  {
    name: 'schema text',
    weight: 1,
    seeds: SCHEMA.map(plain),
    run(octets) {
      const { kind } = parseSchema([{ name: 'x', text: octets.toString('utf8') }]);
      return kind === 'parsed' || kind === 'refused' ? undefined : `schema is ${String(kind)}`;
    },
  },
  {
    name: 'attribute values',
    weight: 3,
    seeds: VALUES.map(plain),
    run(octets) {
      tryValue(octets);
      return undefined;
    },
  },
];

let schema: Schema | undefined;

function theSchema(): Schema {
  if (schema === undefined) {
    const result = standardSchema();
    if (result.kind !== 'parsed') throw new Error('the standard schema does not parse');
    schema = result.schema;
  }
  return schema;
}

let turn = 0;

/** One syntax and one rule after the other. A value of the syntax need not have a normal form (RFC 4518, 2.4). */
function tryValue(octets: Buffer): void {
  const { syntaxes, matchingRules } = theSchema();
  turn += 1;
  const rule = matchingRules[turn % matchingRules.length]!;
  syntaxes[turn % syntaxes.length]!.fault(octets);
  rule.normalize(octets);
  rule.normalizeAssertion?.(octets);
  rule.normalizePiece?.(octets, 'any');
  rule.normalizePiece?.(octets, 'initial');
  rule.normalizePiece?.(octets, 'final');
  rule.matches?.(octets, octets);
}

/** Tries so many cases, the same ones for the same seed. */
export function fuzzDecoders(cases: number, seed: number): FuzzResult {
  const random = randomOf(seed);
  const turns = DECODERS.flatMap((decoder) => Array.from({ length: decoder.weight }, () => decoder));
  const wrong: string[] = [];
  for (let tried = 0; tried < cases; tried += 1) {
    const decoder = turns[tried % turns.length]!;
    const octets = mutated(decoder.seeds, random);
    const fault = faultOf(decoder, octets);
    if (fault !== undefined && wrong.length < 20) wrong.push(`${decoder.name}: ${fault}: ${octets.toString('hex')}`);
  }
  return { tried: cases, wrong };
}

function faultOf(decoder: Decoder, octets: Buffer): string | undefined {
  const began = performance.now();
  try {
    const fault = decoder.run(octets);
    const took = performance.now() - began;
    return took > TOO_LONG ? `took ${took.toFixed(0)} ms` : fault;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** One of the seeds with up to six changes. */
function mutated(seeds: readonly Buffer[], random: (below: number) => number): Buffer {
  let octets: Buffer = Buffer.from(seeds[random(seeds.length)]!);
  for (let changes = 1 + random(6); changes > 0; changes -= 1) {
    const at = random(octets.length + 1);
    const end = Math.min(octets.length, at + 1 + random(8));
    switch (random(7)) {
      case 0:
        octets = octets.subarray(0, at);
        break;
      case 1:
        if (at < octets.length) octets[at] = octets[at]! ^ (1 << random(8));
        break;
      case 2:
        if (at < octets.length) octets[at] = OCTETS[random(OCTETS.length)]!;
        break;
      case 3:
        octets = Buffer.concat([
          octets.subarray(0, at),
          Buffer.from([OCTETS[random(OCTETS.length)]!]),
          octets.subarray(at),
        ]);
        break;
      case 4:
        octets = Buffer.concat([octets.subarray(0, at), octets.subarray(end)]);
        break;
      case 5:
        octets = Buffer.concat([octets.subarray(0, end), octets.subarray(at)]);
        break;
      case 6: {
        const other = seeds[random(seeds.length)]!;
        octets = Buffer.concat([octets.subarray(0, at), other.subarray(random(other.length))]);
        break;
      }
    }
    if (octets.length > 400) octets = octets.subarray(0, 400);
  }
  return octets;
}

/** The generator of Marsaglia with 32 bits: fast, and the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
