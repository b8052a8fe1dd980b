/**
 * What x500 reads and writes, with OpenLDAP as the judge: LDIF by slapadd, slapcat, ldapmodify and ldapsearch, filters as
 * libldap sends them, names by slapdn, URLs by ldapurl.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import {
  BerReader,
  BerWriter,
  distinguishedNameKey,
  encodeFilter,
  escapeDnValue,
  formatDistinguishedName,
  formatFilter,
  formatLdapUrl,
  formatLdif,
  LDIF_VERSION,
  type LdapUrl,
  type LdifEntry,
  LdifParser,
  type LdifText,
  parseDistinguishedName,
  parseFilter,
  Tag,
} from '../../src/x500/index.ts';
import { FakeDirectory } from '../support/fake-directory.ts';
import { Slapd } from '../support/slapd.ts';
import { SlapdTools } from '../support/slapd-tools.ts';
import { filterOf } from '../x500/filter-value.ts';

const SUFFIX = 'dc=example,dc=org';
const SEED = 20_260_101;
const ROOT: LdifText = {
  kind: 'entry',
  dn: parseDistinguishedName(SUFFIX)!,
  attributes: [
    { attribute: 'objectClass', values: ['dcObject', 'organization'].map((text) => Buffer.from(text)) },
    { attribute: 'dc', values: [Buffer.from('example')] },
    { attribute: 'o', values: [Buffer.from('example')] },
  ],
};

function entriesOf(octets: string | Uint8Array): readonly LdifEntry[] {
  const parser = new LdifParser();
  return [...parser.push(Buffer.from(octets)), ...parser.end()].map((one) => {
    assert.equal(one.kind, 'entry', JSON.stringify(one));
    return one as LdifEntry;
  });
}

/** The user attributes of an entry as `name: hex` lines in order. */
function userLines({ attributes }: Pick<LdifEntry, 'attributes'>): readonly string[] {
  const operational = /^(?:structuralObjectClass|entryUUID|creatorsName|createTimestamp|entryCSN|modif\w+)$/;
  return attributes
    .filter(({ attribute }) => !operational.test(attribute))
    .flatMap(({ attribute, values }) => values.map((value) => `${attribute}: ${Buffer.from(value).toString('hex')}`))
    .sort();
}

const folder = mkdtempSync(join(tmpdir(), 'realmgate-openldap-text-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('LDIF before slapadd and slapcat', () => {
  it('of any values is what slapd takes, gives back, and writes in the same way', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
    const people = fc.sample(fc.tuple(text, text, fc.uint8Array({ minLength: 1, maxLength: 400 })), {
      seed: SEED,
      numRuns: 300,
    });
    const entries = people.map(([title, name, audio], index): LdifText => {
      // slapd takes no value of blanks alone, and calls values equal that differ in blanks only.
      const values = { cn: `${index} ${name}`, sn: `${name}x`, description: `${title}.`, uid: `${index}` };
      return {
        kind: 'entry',
        dn: parseDistinguishedName(`uid=${index},${SUFFIX}`)!,
        attributes: [
          { attribute: 'objectClass', values: [Buffer.from('inetOrgPerson')] },
          ...Object.entries(values).map(([attribute, value]) => ({ attribute, values: [Buffer.from(value)] })),
          { attribute: 'audio', values: [Buffer.from(audio)] },
        ],
      };
    });
    const tools = new SlapdTools(SUFFIX);
    try {
      assert.equal(tools.add([ROOT, ...entries].map(formatLdif).join('')), '');
      const printed = tools.cat();
      const read = entriesOf(printed);
      assert.equal(read.length, entries.length + 1);
      for (const [index, entry] of entries.entries())
        assert.deepEqual(userLines(read[index + 1]!), userLines(entry as LdifEntry), `entry ${index}`);
      assert.equal(read.map(formatLdif).join(''), printed.toString('latin1'));
    } finally {
      tools.close();
    }
  });

  it('in every form that people write is read as slapadd reads it', () => {
    const forms: readonly string[] = [
      'description: plain',
      'description:no blank',
      'description:    many blanks',
      'description: blank at the end ',
      'description: with: colon :: and < sign',
      'description: # no comment',
      'description:: YmFzZTY0',
      'description::YmFzZTY0',
      'description::    YmFzZTY0',
      'description:: w6RiYw==',
      'description: Lučić, in the clear',
      'description: folded\n  line',
      'description: folded\n at\n  every\n \n place',
      'description:\n  all folded',
      'description:: YmFz\n ZTY0',
      'DESCRIPTION: upper\nDescription: Mixed\nsn: between\ndescription: lower',
      '# a comment\ndescription: after a comment',
      '# a folded\n  comment: here\ndescription: after it',
      'description: before\n# in the middle\nsn: x',
      'description;lang-de: option',
      '2.5.4.13: by its number',
      'description: a\r',
      'description: a\tb',
      `description: ${'long '.repeat(1000)}`,
    ];
    const records = forms.map(
      (form, index) => `dn: uid=${index},${SUFFIX}\nobjectClass: inetOrgPerson\nuid: ${index}\ncn: x\nsn: y\n${form}\n`,
    );
    const head = 'objectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n';
    const ldif = `dn: ${SUFFIX}\n${head}\n${records.join('\n')}`;
    const tools = new SlapdTools(SUFFIX);
    try {
      assert.equal(tools.add(ldif), '');
      const theirs = entriesOf(tools.cat());
      const ours = entriesOf(ldif);
      assert.equal(theirs.length, forms.length + 1);
      const canonical = (line: string) => line.replace(/^2\.5\.4\.13(?=:)|^description/i, 'description');
      for (const [index, form] of forms.entries())
        assert.deepEqual(
          userLines(ours[index + 1]!)
            .map(canonical)
            .sort(),
          userLines(theirs[index + 1]!),
          form,
        );
    } finally {
      tools.close();
    }
  });

  it('that slapadd refuses is refused here too', () => {
    for (const [what, record] of [
      ['no name', `objectClass: dcObject\n`],
      ['no colon', `dn: uid=a,${SUFFIX}\nobjectClass inetOrgPerson\n`],
      ['a broken name', `dn: nonsense,${SUFFIX}\nobjectClass: inetOrgPerson\n`],
      ['base64 that is none', `dn: uid=a,${SUFFIX}\nobjectClass: inetOrgPerson\ncn:: ***\n`],
      ['no attribute', `dn: uid=a,${SUFFIX}\n\n`],
    ] as const) {
      const tools = new SlapdTools(SUFFIX);
      try {
        assert.notEqual(tools.add(`${formatLdif(ROOT)}${record}`), '', `${what}, slapadd`);
        const parser = new LdifParser();
        const read = [...parser.push(Buffer.from(record)), ...parser.end()];
        assert.deepEqual(
          read.map(({ kind }) => kind),
          ['fault'],
          what,
        );
      } finally {
        tools.close();
      }
    }
  });
});

describe('change records before ldapmodify', () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await Slapd.start({ suffix: SUFFIX, ldif: formatLdif(ROOT), readers: [] });
  });
  after(() => slapd.close());

  const client = (program: string, ...args: string[]) => {
    const login = ['-x', '-H', slapd.url, '-D', `cn=manager,${SUFFIX}`, '-w', 'manager-secret'];
    return execFileSync(program, [...login, ...args], { stdio: 'pipe' });
  };

  it('do what they say', () => {
    const dn = (text: string) => parseDistinguishedName(text === '' ? SUFFIX : `${text},${SUFFIX}`)!;
    const values = (...texts: string[]) => texts.map((text) => Buffer.from(text));
    const controls = [{ oid: '2.16.840.1.113730.3.4.2', critical: true }];
    const hard = 'a, "b" + <c>; =d\\ #e ';
    const changes: readonly LdifText[] = [
      {
        kind: 'add',
        dn: { rdns: [[{ type: 'uid', value: hard }], ...dn('').rdns] },
        controls,
        attributes: [
          { attribute: 'objectClass', values: values('inetOrgPerson', 'posixAccount') },
          { attribute: 'uid', values: values(hard) },
          { attribute: 'cn', values: values('Lučić', ' first', ':second') },
          { attribute: 'sn', values: values('x') },
          { attribute: 'uidNumber', values: values('1000') },
          { attribute: 'gidNumber', values: values('1000') },
          { attribute: 'homeDirectory', values: values('/srv/a') },
          { attribute: 'description', values: values('gone') },
        ],
      },
      {
        kind: 'modify',
        dn: dn(`uid=${escapeDnValue(hard)}`),
        controls,
        modifications: [
          { operation: 'add', attribute: 'mail', values: values('a@example.org', 'b@example.org') },
          { operation: 'delete', attribute: 'description', values: [] },
          { operation: 'delete', attribute: 'cn', values: values(':second') },
          { operation: 'replace', attribute: 'sn', values: values('y', '<z') },
          { operation: 'increment', attribute: 'uidNumber', values: values('5') },
        ],
      },
      {
        kind: 'add',
        dn: dn('ou=below'),
        controls: [],
        attributes: [
          { attribute: 'objectClass', values: values('organizationalUnit') },
          { attribute: 'ou', values: values('below') },
        ],
      },
      {
        kind: 'rename',
        dn: dn(`uid=${escapeDnValue(hard)}`),
        controls,
        newRdn: [
          { type: 'uid', value: 'b,c' },
          { type: 'cn', value: 'Lučić' },
        ],
        deleteOldRdn: true,
        newSuperior: dn('ou=below'),
      },
      {
        kind: 'add',
        dn: dn('ou=gone'),
        controls: [],
        attributes: [
          { attribute: 'objectClass', values: values('organizationalUnit') },
          { attribute: 'ou', values: values('gone') },
        ],
      },
      { kind: 'delete', dn: dn('ou=gone'), controls },
    ];
    const file = join(folder, 'changes.ldif');
    writeFileSync(file, LDIF_VERSION + changes.map(formatLdif).join(''));
    client('ldapmodify', '-f', file);

    for (const options of [[], ['-o', 'ldif-wrap=no'], ['-L'], ['-LL']]) {
      const printed = client('ldapsearch', '-LLL', ...options, '-b', SUFFIX, '(objectClass=*)');
      const read = entriesOf(printed);
      assert.deepEqual(
        read.map(({ dn: name }) => distinguishedNameKey(name)).sort(),
        ['', 'ou=below', 'uid=b\\,c+cn=Lučić,ou=below'].map((text) => distinguishedNameKey(dn(text))).sort(),
      );
      const person = read.find(({ dn: name }) => name.rdns.length === 4)!;
      assert.deepEqual(
        userLines(person),
        userLines({
          attributes: [
            { attribute: 'objectClass', values: values('inetOrgPerson', 'posixAccount') },
            { attribute: 'uid', values: values('b,c') },
            { attribute: 'cn', values: values('Lučić', ' first') },
            { attribute: 'sn', values: values('y', '<z') },
            { attribute: 'uidNumber', values: values('1005') },
            { attribute: 'gidNumber', values: values('1000') },
            { attribute: 'homeDirectory', values: values('/srv/a') },
            { attribute: 'mail', values: values('a@example.org', 'b@example.org') },
          ],
        }),
      );
    }
  });
});

/** An LDAPResult with the code for success, for any message id. */
function success(id: number, tag: number): Buffer {
  const writer = new BerWriter();
  const message = writer.open(Tag.sequence);
  writer.integer(Tag.integer, id);
  const operation = writer.open(tag);
  writer.integer(Tag.enumerated, 0);
  writer.text(Tag.octetString, '');
  writer.text(Tag.octetString, '');
  writer.close(operation);
  writer.close(message);
  return Buffer.from(writer.take());
}

describe('filters before libldap', () => {
  it('are the octets that ldapsearch sends for the same text', async () => {
    const octets = fc.uint8Array({ maxLength: 30 }).map((value) => Buffer.from(value));
    const texts = fc.sample(filterOf(octets), { seed: SEED, numRuns: 400 }).map(formatFilter);
    const directory = await FakeDirectory.start(({ id, tag }) => {
      if (tag === 0x60) return success(id, 0x61);
      return tag === 0x63 ? success(id, 0x65) : undefined;
    });
    try {
      const file = join(folder, 'filters');
      // The pattern has to begin like a filter, or ldapsearch takes it for an attribute.
      writeFileSync(file, `${texts.join('\n')}\n`);
      await promisify(execFile)('ldapsearch', ['-x', '-LLL', '-H', directory.url, '-b', '', '-f', file, '(!%s)']);
      const sent = directory.requests.filter(({ tag }) => tag === 0x63).map(({ parts }) => parts[6]!);
      assert.equal(sent.length, texts.length);
      for (const [index, text] of texts.entries()) {
        const writer = new BerWriter();
        encodeFilter(writer, { kind: 'not', filter: parseFilter(text)! });
        const reader = new BerReader(writer.view());
        const tag = reader.peek();
        assert.equal(tag, sent[index]!.tag, text);
        assert.equal(reader.octets(tag).toString('hex'), sent[index]!.octets.toString('hex'), text);
      }
    } finally {
      await directory.close();
    }
  });
});

describe('names before slapdn', () => {
  const tools = new SlapdTools(SUFFIX);
  after(() => tools.close());

  it('are names, and the same names, where slapd says so', () => {
    const texts = [
      'cn=a,dc=b',
      'CN = a , DC = b',
      'cn=a+sn=b,dc=c',
      'cn=a\\,b,dc=c',
      'cn=a\\2cb,dc=c',
      'cn=a\\\\b,dc=c',
      'cn=\\ a\\ ,dc=c',
      'cn=a  b,dc=c',
      'cn=\\#a,dc=c',
      'cn=a#b,dc=c',
      'cn=a\\=b,dc=c',
      'cn=a=b,dc=c',
      'cn=Lu\\C4\\8Di\\C4\\87,dc=c',
      'cn=Lučić,dc=c',
      '2.5.4.3=a,dc=c',
      'cn=a\\"b\\<c\\>d\\;e\\+f,dc=c',
      'cn=#04024869,dc=c',
      'cn=a,',
      ',cn=a',
      'cn=a,,dc=b',
      'cn',
      'cn=a\\',
      'cn=a\\z,dc=c',
      'cn=a\\4,dc=c',
      'cn=a"b,dc=c',
      'cn=a<b,dc=c',
      'cn=a;dc=c',
      'cn=a++sn=b',
      '=a',
      'cn=#0,dc=c',
      'cn=\\FF,dc=c',
      'c n=a',
      'cn=a+cn=b,dc=c',
    ];
    // slapd takes what RFC 2253 also took: quotes, unescaped signs, semicolons between parts; RFC 4514 has none of them.
    const stricter = new Set(['cn=a"b,dc=c', 'cn=a<b,dc=c', 'cn=a;dc=c', 'cn=#04024869,dc=c']);
    const written = tools.names(texts);
    const disagreements = texts.flatMap((text, index) => {
      const theirs = written[index];
      const ours = parseDistinguishedName(text);
      if (stricter.has(text)) return [];
      if (theirs === undefined || ours === undefined)
        return (theirs === undefined) === (ours === undefined)
          ? []
          : [`${index} ${text}: ${theirs} but ${ours && 'a name'}`];
      const again = parseDistinguishedName(theirs);
      if (again === undefined) return [`${text}: ${theirs} is no name here`];
      return distinguishedNameKey(again) === distinguishedNameKey(ours) ? [] : [`${text}: ${theirs}`];
    });
    assert.deepEqual(disagreements, []);
  });

  it('that are nearly names are names, or none, where slapd says so', () => {
    const seeds = [
      'uid=alice,ou=People,dc=example,dc=org',
      'cn=Lu\\C4\\8Di\\C4\\87+sn=a\\, b,o=\\ x\\ ',
      'cn = a b , 2.5.4.3=c',
      'cn=\\#a\\;b\\\\,o=a#b',
    ];
    // Quotes and semicolons are syntax to slapd still, as they were in RFC 1779.
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom(' ', ',', '+', '=', '\\', '#', '<', '>', 'a', 'b', '4', 'F', ''),
      fc.nat(2),
    );
    const nearly = fc
      .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([seed, changes]) =>
        changes.reduce((text, [at, put, drop]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + put + text.slice(place + drop);
        }, seed),
      );
    const known = new Set(['uid', 'ou', 'dc', 'cn', 'sn', 'o', 'st', 'l', '2.5.4.3']);
    let agreed = 0;
    const texts = fc.sample(nearly, { seed: SEED, numRuns: 200 });
    for (const [index, theirs] of tools.names(texts).entries()) {
      const text = texts[index]!;
      const ours = parseDistinguishedName(text);
      // What is an attribute and a value of it is a matter of the schema, which slapd asks here and the name does not.
      const parts = ours?.rdns.flat() ?? [];
      if (parts.some(({ type, value }) => !known.has(type.toLowerCase()) || value === '')) continue;
      const again = theirs === undefined ? undefined : parseDistinguishedName(theirs);
      assert.equal(again && distinguishedNameKey(again), ours && distinguishedNameKey(ours), JSON.stringify(text));
      agreed += 1;
    }
    assert.ok(agreed > 100);
  });

  it('of any values mean the same to slapd', () => {
    const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    // slapd takes no value that is nothing when prepared; slapdn prints a line end as it is.
    const names = fc
      .sample(fc.tuple(value, value), { seed: SEED, numRuns: 1000 })
      .filter((values) => !values.join('').includes('\n'))
      .map(([first, second]) => ({
        rdns: [[{ type: 'cn', value: `${first}x` }], [{ type: 'ou', value: `x${second}` }]],
      }));
    const texts = names.map(formatDistinguishedName);
    for (const [index, theirs] of tools.names(texts).entries()) {
      assert.ok(theirs !== undefined, JSON.stringify(texts[index]));
      assert.deepEqual(parseDistinguishedName(theirs), names[index], JSON.stringify(texts[index]));
    }
  });
});

describe('URLs before ldapurl', () => {
  it('are what ldapurl makes of the same parts, and are read by it as they were meant', () => {
    const base = { scheme: 'ldap', host: 'h.example.org', dn: { rdns: [] }, attributes: [], extensions: [] } as const;
    const urls: readonly LdapUrl[] = [
      { ...base, port: 3890, dn: parseDistinguishedName('cn=a\\, b?,dc=c')!, attributes: ['cn', 'sn;lang-de'] },
      { ...base, port: 389, scope: 'subtree', filter: parseFilter('(&(cn=a b)(!(sn=\\2a?%#))(x=ü))')! },
      {
        ...base,
        port: 389,
        dn: parseDistinguishedName('o=Question?,c=US')!,
        scope: 'one',
        extensions: [{ critical: true, type: 'x-a', value: 'b,c' }],
      },
    ];
    for (const url of urls) {
      const text = formatLdapUrl(url);
      const { stdout, status } = spawnSync('ldapurl', ['-H', text], { encoding: 'utf8' });
      assert.equal(status, 0, text);
      const told = new Map(
        stdout
          .trim()
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      assert.equal(told.get('host'), url.host);
      assert.equal(told.get('port'), `${url.port}`);
      assert.equal(told.get('dn') ?? '', formatDistinguishedName(url.dn));
      if (url.filter !== undefined) assert.equal(told.get('filter'), formatFilter(url.filter));
      if (url.scope !== undefined) assert.equal(told.get('scope'), url.scope === 'subtree' ? 'sub' : url.scope);
      if (url.extensions.length > 0) assert.match(stdout, /extension: !?x-a=b,c/);
    }
  });
});
