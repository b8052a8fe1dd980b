/** LDIF: the examples of RFC 2849, what the files of others look like, faults with their lines, limits, and both ways. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatDistinguishedName,
  formatLdif,
  type LdifFault,
  type LdifOptions,
  LdifParser,
  type LdifRecord,
  type LdifText,
  parseDistinguishedName,
  parseLdif,
} from '../../src/x500/index.ts';
import { ldifText } from './ldif-value.ts';

function read(text: string | Uint8Array, options?: LdifOptions): readonly (LdifRecord | LdifFault)[] {
  const parser = new LdifParser(options);
  return [...parser.push(Buffer.from(text)), ...parser.end()];
}

/** A record with its octets as text and its names as text, for comparing at a glance. */
function plain(record: LdifRecord | LdifFault): unknown {
  return JSON.parse(
    JSON.stringify(record, (key, value: unknown) => {
      if (key === 'dn' || key === 'newSuperior')
        return formatDistinguishedName(value as Extract<LdifRecord, { kind: 'entry' }>['dn']);
      if (value !== null && typeof value === 'object' && 'type' in value && value.type === 'Buffer')
        return Buffer.from((value as unknown as { data: number[] }).data).toString('utf8');
      return value;
    }),
  );
}
const plainly = (text: string | Uint8Array, options?: LdifOptions) => read(text, options).map(plain);
const faults = (text: string | Uint8Array, options?: LdifOptions) =>
  read(text, options).flatMap((one) => (one.kind === 'fault' ? [`${one.line}: ${one.message}`] : []));

describe('the examples of RFC 2849', () => {
  it('1: an entry with more than one value, and one with a blank in its name', () => {
    const text = `version: 1
dn: cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com
objectclass: top
objectclass: person
objectclass: organizationalPerson
cn: Barbara Jensen
cn: Barbara J Jensen
cn: Babs Jensen
sn: Jensen
uid: bjensen
telephonenumber: +1 408 555 1212
description: A big sailing fan.

dn: cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com
objectclass: top
cn: Bjorn Jensen
sn: Jensen
telephonenumber: +1 408 555 1212
`;
    assert.deepEqual(plainly(text), [
      {
        kind: 'entry',
        line: 2,
        dn: 'cn=Barbara Jensen,ou=Product Development,dc=airius,dc=com',
        attributes: [
          { attribute: 'objectclass', values: ['top', 'person', 'organizationalPerson'] },
          { attribute: 'cn', values: ['Barbara Jensen', 'Barbara J Jensen', 'Babs Jensen'] },
          { attribute: 'sn', values: ['Jensen'] },
          { attribute: 'uid', values: ['bjensen'] },
          { attribute: 'telephonenumber', values: ['+1 408 555 1212'] },
          { attribute: 'description', values: ['A big sailing fan.'] },
        ],
      },
      {
        kind: 'entry',
        line: 14,
        dn: 'cn=Bjorn Jensen,ou=Accounting,dc=airius,dc=com',
        attributes: [
          { attribute: 'objectclass', values: ['top'] },
          { attribute: 'cn', values: ['Bjorn Jensen'] },
          { attribute: 'sn', values: ['Jensen'] },
          { attribute: 'telephonenumber', values: ['+1 408 555 1212'] },
        ],
      },
    ]);
  });

  it('2: a folded value', () => {
    const text = `version: 1
dn:cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com
sn:Jensen
description:Babs is a big sailing fan, and travels extensively in sea
 rch of perfect sailing conditions.
title:Product Manager, Rod and Reel Division
`;
    const [entry] = plainly(text) as { attributes: unknown }[];
    assert.deepEqual(entry?.attributes, [
      { attribute: 'sn', values: ['Jensen'] },
      {
        attribute: 'description',
        values: ['Babs is a big sailing fan, and travels extensively in search of perfect sailing conditions.'],
      },
      { attribute: 'title', values: ['Product Manager, Rod and Reel Division'] },
    ]);
  });

  it('3: a value in base64', () => {
    const text = `version: 1
dn: cn=Gern Jensen, ou=Product Testing, dc=airius, dc=com
cn: Gern Jensen
description:: V2hhdCBhIGNhcmVmdWwgcmVhZGVyIHlvdSBhcmUhICBUaGlzIHZhbHVl
 IGlzIGJhc2UtNjQtZW5jb2RlZCBiZWNhdXNlIGl0IGhhcyBhIGNvbnRyb2wgY2hhcmFjdG
 VyIGluIGl0IChhIENSKS4NICBCeSB0aGUgd2F5LCB5b3Ugc2hvdWxkIHJlYWxseSBnZXQg
 b3V0IG1vcmUu
`;
    const [entry] = plainly(text) as { attributes: { values: string[] }[] }[];
    assert.deepEqual(entry?.attributes[1]?.values, [
      'What a careful reader you are!  This value is base-64-encoded because it has a control character in it (a CR).\r  By the way, you should really get out more.',
    ]);
  });

  it('4: names and values in UTF-8, options, comments', () => {
    const text = `version: 1
dn:: b3U95Za25qWt6YOoLG89QWlyaXVz
# dn:: ou=<JapaneseOU>,o=Airius
objectclass: top
ou:: 5Za25qWt6YOo
# ou:: <JapaneseOU>
ou;lang-ja:: 5Za25qWt6YOo
ou;lang-ja;phonetic:: 44GI44GE44GO44KH44GG44G2
ou;lang-en: Sales
description: Japanese office
`;
    assert.deepEqual(plainly(text), [
      {
        kind: 'entry',
        line: 2,
        dn: 'ou=営業部,o=Airius',
        attributes: [
          { attribute: 'objectclass', values: ['top'] },
          { attribute: 'ou', values: ['営業部'] },
          { attribute: 'ou;lang-ja', values: ['営業部'] },
          { attribute: 'ou;lang-ja;phonetic', values: ['えいぎょうぶ'] },
          { attribute: 'ou;lang-en', values: ['Sales'] },
          { attribute: 'description', values: ['Japanese office'] },
        ],
      },
    ]);
  });

  it('5: a value by URL, for whom it is allowed', () => {
    const text =
      'version: 1\ndn: cn=Horatio Jensen,dc=com\ncn: Horatio Jensen\njpegphoto:< file:///usr/local/photo.jpg\n';
    assert.deepEqual(faults(text), ['4: a value by URL (:<), which is not read here']);
    const asked: string[] = [];
    const valueOfUrl = (url: string) => {
      asked.push(url);
      return Buffer.from('picture');
    };
    const [entry] = plainly(text, { valueOfUrl }) as { attributes: unknown[] }[];
    assert.deepEqual(entry?.attributes[1], { attribute: 'jpegphoto', values: ['picture'] });
    assert.deepEqual(asked, ['file:///usr/local/photo.jpg']);
    assert.deepEqual(faults(text, { valueOfUrl: () => undefined }), ['4: a URL that cannot be read']);
  });

  it('6 and 7: changes of every kind, and a control', () => {
    const text = `version: 1
# Add a new entry
dn: cn=Fiona Jensen, ou=Marketing, dc=airius, dc=com
changetype: add
objectclass: person
cn: Fiona Jensen

# Delete an existing entry
dn: cn=Robert Jensen, ou=Marketing, dc=airius, dc=com
changetype: delete

# Modify an entry's relative distinguished name
dn: cn=Paul Jensen, ou=Product Development, dc=airius, dc=com
changetype: modrdn
newrdn: cn=Paula Jensen
deleteoldrdn: 1

# Rename an entry and move all of its children to a new location
dn: ou=PD Accountants, ou=Product Development, dc=airius, dc=com
changetype: modrdn
newrdn: ou=Product Development Accountants
deleteoldrdn: 0
newsuperior: ou=Accounting, dc=airius, dc=com

dn: cn=Paula Jensen, ou=Product Development, dc=airius, dc=com
changetype: modify
add: postaladdress
postaladdress: 123 Anystreet $ Sunnyvale, CA $ 94086
-
delete: description
-
replace: telephonenumber
telephonenumber: +1 408 555 1234
telephonenumber: +1 408 555 5678
-
delete: facsimiletelephonenumber
facsimiletelephonenumber: +1 408 555 9876
-

dn: cn=Ingrid Jensen, ou=Product Support, dc=airius, dc=com
changetype: modify
replace: postaladdress # this is not a comment in LDIF
-

dn: ou=Product Development, dc=airius, dc=com
control: 1.2.840.113556.1.4.805 true
control: 1.2.3 false: text
control: 1.2.4:: AQI=
control: 1.2.5
changetype: delete
`;
    const where = 'ou=Product Development,dc=airius,dc=com';
    assert.deepEqual(plainly(text), [
      {
        kind: 'add',
        line: 3,
        dn: 'cn=Fiona Jensen,ou=Marketing,dc=airius,dc=com',
        controls: [],
        attributes: [
          { attribute: 'objectclass', values: ['person'] },
          { attribute: 'cn', values: ['Fiona Jensen'] },
        ],
      },
      { kind: 'delete', line: 9, dn: 'cn=Robert Jensen,ou=Marketing,dc=airius,dc=com', controls: [] },
      {
        kind: 'rename',
        line: 13,
        dn: `cn=Paul Jensen,${where}`,
        controls: [],
        newRdn: [{ type: 'cn', value: 'Paula Jensen' }],
        deleteOldRdn: true,
      },
      {
        kind: 'rename',
        line: 19,
        dn: `ou=PD Accountants,${where}`,
        controls: [],
        newRdn: [{ type: 'ou', value: 'Product Development Accountants' }],
        deleteOldRdn: false,
        newSuperior: 'ou=Accounting,dc=airius,dc=com',
      },
      {
        kind: 'modify',
        line: 25,
        dn: `cn=Paula Jensen,${where}`,
        controls: [],
        modifications: [
          { operation: 'add', attribute: 'postaladdress', values: ['123 Anystreet $ Sunnyvale, CA $ 94086'] },
          { operation: 'delete', attribute: 'description', values: [] },
          { operation: 'replace', attribute: 'telephonenumber', values: ['+1 408 555 1234', '+1 408 555 5678'] },
          { operation: 'delete', attribute: 'facsimiletelephonenumber', values: ['+1 408 555 9876'] },
        ],
      },
      { kind: 'fault', line: 42, message: 'not an attribute: "postaladdress # this is not a comment in LDIF"' },
      {
        kind: 'delete',
        line: 45,
        dn: where,
        controls: [
          { oid: '1.2.840.113556.1.4.805', critical: true },
          { oid: '1.2.3', critical: false, value: 'text' },
          { oid: '1.2.4', critical: false, value: '\u0001\u0002' },
          { oid: '1.2.5', critical: false },
        ],
      },
    ]);
  });
});

describe('LDIF as others write it', () => {
  const two = [
    { kind: 'entry', line: 1, dn: 'cn=a', attributes: [{ attribute: 'cn', values: ['a'] }] },
    { kind: 'entry', line: 4, dn: 'cn=b', attributes: [{ attribute: 'cn', values: ['b'] }] },
  ];

  it('may have lines that end like those of Windows, and a byte order mark', () => {
    assert.deepEqual(plainly('dn: cn=a\r\ncn: a\r\n\r\ndn: cn=b\r\ncn: b\r\n'), two);
    assert.deepEqual(plainly('\ufeffdn: cn=a\ncn: a\n\ndn: cn=b\ncn: b'), two);
    assert.deepEqual(plainly('dn: c\r\n n=a\r\ncn:\r\n  a\r\n\r\ndn: cn=b\r\ncn: b').length, 2);
  });

  it('may have no line end at its end, and blank lines everywhere', () => {
    assert.deepEqual(plainly('dn: cn=a\ncn: a\n\ndn: cn=b\ncn: b'), two);
    assert.deepEqual(plainly('\n\n\ndn: cn=a\ncn: a\n\n\n\n'), [{ ...two[0], line: 4 }]);
    assert.deepEqual(plainly(''), []);
    assert.deepEqual(plainly('# nothing\n'), []);
    assert.deepEqual(plainly('version: 1\n'), []);
  });

  it('may spell an attribute in several ways and mix attributes: the first spelling stays', () => {
    assert.deepEqual(plainly('dn: cn=a\nCN: a\nsn: s\ncn: b\ncN: c\n'), [
      {
        kind: 'entry',
        line: 1,
        dn: 'cn=a',
        attributes: [
          { attribute: 'CN', values: ['a', 'b', 'c'] },
          { attribute: 'sn', values: ['s'] },
        ],
      },
    ]);
  });

  it('may have UTF-8 in the clear, empty values, blanks at the end, and comments in the middle and folded', () => {
    const [entry] = plainly('dn: cn=Lučić\ncn: Lučić\n# a comment\n that goes on: for long\nsn:\ntitle: x \n') as {
      dn: string;
      attributes: unknown;
    }[];
    assert.equal(entry?.dn, 'cn=Lučić');
    assert.deepEqual(entry?.attributes, [
      { attribute: 'cn', values: ['Lučić'] },
      { attribute: 'sn', values: [''] },
      { attribute: 'title', values: ['x '] },
    ]);
  });

  it('may fold a line anywhere, a name too', () => {
    assert.deepEqual(
      plainly('d\n n\n :\n  cn=a\nc\n n: \n a\n'),
      [two[0]].map((one) => ({ ...one })),
    );
  });

  it('may leave out the - after the last modification, and may count up (RFC 4525)', () => {
    assert.deepEqual(plainly('dn: cn=a\nchangetype: modify\nincrement: uidNumber\nuidNumber: 1\n'), [
      {
        kind: 'modify',
        line: 1,
        dn: 'cn=a',
        controls: [],
        modifications: [{ operation: 'increment', attribute: 'uidNumber', values: ['1'] }],
      },
    ]);
  });

  it('may name attributes and objects after what JavaScript knows', () => {
    const [entry] = plainly('dn: cn=__proto__\nconstructor: a\n__proto__: b\n') as unknown[];
    assert.deepEqual(entry, { kind: 'fault', line: 3, message: 'neither `name: value` nor a comment' });
    const [fine] = plainly('dn: cn=__proto__\nconstructor: a\ntoString: b\n') as { attributes: unknown[] }[];
    assert.equal(fine?.attributes.length, 2);
  });
});

describe('what is wrong with LDIF', () => {
  it('is told with the line where it was noticed', () => {
    for (const [text, expected] of [
      ['cn: a\n', '1: a record begins with dn:, not with cn:'],
      ['search: 2\nresult: 0 Success\n', '1: a record begins with dn:, not with search:'],
      ['version: 2\n\ndn: cn=a\ncn: a\n', '1: version "2" of LDIF; only 1 is known'],
      ['dn: cn=a\ncn: a\n\nversion: 1\n', '4: a record begins with dn:, not with version:'],
      ['\n\ndn: nonsense\ncn: a\n', '3: not a distinguished name: "nonsense"'],
      ['dn: cn=a,\ncn: a\n', '1: not a distinguished name: "cn=a,"'],
      ['dn: cn=a,cn\ncn: a\n', '1: not a distinguished name: "cn=a,cn"'],
      ['dn:: /w==\ncn: a\n', '1: not a distinguished name: "\ufffd"'],
      ['dn: cn=a\n\n', '1: a record with nothing but a name'],
      ['dn: cn=a', '1: a record with nothing but a name'],
      ['dn: cn=a\nchangetype: add\n', '1: an entry without attributes'],
      ['dn: cn=a\ncn: a\ndn: cn=b\n', '3: dn: inside of a record; is a blank line missing before it?'],
      ['dn: cn=a\ncn: a\nchangetype: add\n', '3: changetype: belongs right after dn:'],
      ['dn: cn=a\nchangetype: destroy\n', '2: changetype "destroy" is none of add, delete, modify, moddn, modrdn'],
      ['dn: cn=a\ncontrol: 1.2.3\ncn: a\n', '3: controls of an entry: changetype: is missing'],
      ['dn: cn=a\ncontrol: x\n', '2: not a control: an object identifier, true or false, a value'],
      ['dn: cn=a\ncontrol: 1.2.3:: !\n', '2: what should be base64 and is not'],
      ['dn: cn=a\ncn:: YQ\n', '2: what should be base64 and is not'],
      ['dn: cn=a\ncn:: Y Q==\n', '2: what should be base64 and is not'],
      ['dn: cn=a\ncn:: YR==\n', '2: what should be base64 and is not'],
      ['dn: cn=a\ncn a\n', '2: neither `name: value` nor a comment'],
      ['dn: cn=a\ncn a\n b\n', '2: neither `name: value` nor a comment'],
      ['dn: cn=a\n: a\n', '2: neither `name: value` nor a comment'],
      ['dn: cn=a\n1cn: a\n', '2: not an attribute: 1cn'],
      ['dn: cn=a\ncn;: a\n', '2: not an attribute: cn;'],
      [' dn: cn=a\n', '1: a line that continues nothing'],
      ['dn: cn=a\ncn: a\n\n b\n', '4: a line that continues nothing'],
      ['dn: cn=a\ncn: a\0b\n', '2: a NUL octet, which only base64 can hold'],
      ['dn: cn=a\n-\n', '2: - where no modification ends'],
      [
        'dn: cn=a\nchangetype: delete\ncn: a\n',
        '3: nothing more belongs to this record, but cn: follows; is a blank line missing?',
      ],
      ['dn: cn=a\nchangetype: modify\ncn: a\n', '3: add:, delete:, replace: or increment: was expected, not cn:'],
      ['dn: cn=a\nchangetype: modify\nadd: c n\n', '3: not an attribute: "c n"'],
      ['dn: cn=a\nchangetype: modify\nadd: cn\nsn: a\n', '4: a value of cn or - was expected, not sn:'],
      ['dn: cn=a\nchangetype: modify\n-\n', '3: - where no modification ends'],
      ['dn: cn=a\nchangetype: moddn\n', '1: newrdn: is missing'],
      ['dn: cn=a\nchangetype: moddn\nnewrdn: cn=b\n', '1: deleteoldrdn: is missing'],
      ['dn: cn=a\nchangetype: moddn\nnewrdn: cn=b,cn=c\n', '3: not one part of a name: "cn=b,cn=c"'],
      ['dn: cn=a\nchangetype: moddn\nnewrdn: cn=b\ndeleteoldrdn: 2\n', '4: deleteoldrdn: is 0 or 1'],
      [
        'dn: cn=a\nchangetype: moddn\nnewrdn: cn=b\nnewsuperior: cn=c\n',
        '4: deleteoldrdn: was expected, not newsuperior:',
      ],
      [
        'dn: cn=a\nchangetype: moddn\nnewrdn: cn=b\ndeleteoldrdn: 0\nnewsuperior: c\n',
        '5: not a distinguished name: "c"',
      ],
    ] as const)
      assert.deepEqual(faults(text), [expected], JSON.stringify(text));
    assert.deepEqual(faults(Buffer.from('dn: cn=a\n', 'utf16le')), ['1: neither `name: value` nor a comment']);
    assert.deepEqual(faults(Buffer.from('\ufeffdn: cn=a\n', 'utf16le')), ['1: the file is in UTF-16; LDIF is UTF-8']);
  });

  it('costs its own record and no other, and is told once a record', () => {
    const text = 'dn: cn=a\ncn a\ncn b\n-\n\ndn: cn=b\ncn: b\n\ndn: x\ncn: c\n\ndn: cn=d\ncn: d\n';
    assert.deepEqual(
      read(text).map(({ kind, line }) => `${kind} ${line}`),
      ['fault 2', 'entry 6', 'fault 9', 'entry 12'],
    );
  });

  it('cannot put control characters of a value onto a terminal', () => {
    assert.deepEqual(faults('dn: \u001b[2J\u009b\ncn: a\n'), ['1: not a distinguished name: "\\u001b[2J?"']);
  });
});

describe('limits of LDIF', () => {
  it('refuse a record that is too large, and read the next one', () => {
    const long = `dn: cn=a\ncn: ${'x'.repeat(90)}\nsn: ${'y'.repeat(20)}\n\ndn: cn=b\ncn: b\n`;
    assert.deepEqual(
      read(long, { largestRecord: 100 }).map(({ kind, line }) => `${kind} ${line}`),
      ['fault 3', 'entry 5'],
    );
    const many = `dn: cn=a\n${'cn: a\n'.repeat(10)}\ndn: cn=b\ncn: b\n`;
    assert.deepEqual(
      read(many, { mostLines: 10 }).map(({ kind, line }) => `${kind} ${line}`),
      ['fault 11', 'entry 13'],
    );
  });

  it('end the reading of a line without an end, and keep nothing of it', () => {
    const parser = new LdifParser({ largestRecord: 1000 });
    const read: (LdifRecord | LdifFault)[] = [...parser.push(Buffer.from('dn: cn=a\ncn: '))];
    for (let pushed = 0; pushed < 100; pushed += 1) read.push(...parser.push(Buffer.alloc(100, 'x')));
    read.push(...parser.push(Buffer.from('\n\ndn: cn=b\ncn: b\n')), ...parser.end());
    assert.deepEqual(read, [{ kind: 'fault', line: 2, message: 'a line of more than 2000 octets' }]);
  });

  it('keep reading in step with the file when attributes have options without end', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `member;x-start-${index}: cn=${index}\nMember: cn=m\n`);
    const records = read(lines.map((line, index) => `dn: cn=${index}\n${line}\n`).join(''));
    assert.equal(records.length, 20_000);
    assert.ok(records.every((one) => one.kind === 'entry' && one.attributes.length === 2));
  });
});

describe('LDIF both ways', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(ldifText, { maxLength: 5 }), (records) => {
        const text = records.map(formatLdif).join('');
        assert.ok(text.split('\n').every((line) => line.length <= 78 && /^[ -~]*$/.test(line)));
        assert.deepEqual(
          read(text).map((one): unknown => {
            const { line, ...record } = one;
            assert.ok(line > 0);
            return record;
          }),
          records,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in pieces of any size, with CR LF, and folded anew', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ldifText, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), async (records, size) => {
        const text = records.map(formatLdif).join('# a comment\n');
        const whole = read(text);
        for (const form of [text, text.replaceAll('\n', '\r\n')]) {
          const octets = Buffer.from(form);
          const chunks: Buffer[] = [];
          for (let at = 0; at < octets.length; at += size) chunks.push(octets.subarray(at, at + size));
          const pieces: (LdifRecord | LdifFault)[] = [];
          for await (const one of parseLdif(chunks)) pieces.push(one);
          assert.deepEqual(pieces, whole);
        }
        const dense = text.replaceAll('\n ', '').replace(/^(?=[^\n])(.{5})/gm, '$1\n ');
        assert.deepEqual(
          read(dense).map((one) => ({ ...one, line: 0 })),
          whole.map((one) => ({ ...one, line: 0 })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is records and faults when octets are changed or missing, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.array(ldifText, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 10, 13, 32, 35, 45, 58, 60, 61, 255), fc.boolean()), {
          maxLength: 6,
        }),
        (records, changes) => {
          let octets: Buffer = Buffer.from(records.map(formatLdif).join(''));
          for (const [where, octet, cut] of changes) {
            if (octets.length === 0) break;
            if (cut) octets = octets.subarray(0, where % octets.length);
            else octets[where % octets.length] = octet;
          }
          for (const one of read(octets)) {
            if (one.kind === 'fault') continue;
            const [again] = read(formatLdif(one));
            assert.deepEqual({ ...again, line: 0 }, { ...one, line: 0 });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes blanks, colons and less-than signs at the start of a value, and blanks at its end', () => {
    const record: LdifText = {
      kind: 'entry',
      dn: parseDistinguishedName('cn=\\ a\\ ,o=#00')!,
      attributes: [
        {
          attribute: 'cn',
          values: [' a', ':a', '<a', 'a ', '#a', '', 'a\nb', 'a\u001b', '-'].map((text) => Buffer.from(text)),
        },
      ],
    };
    const [read] = plainly(formatLdif(record)) as { dn: string; attributes: { values: string[] }[] }[];
    assert.equal(read?.dn, 'cn=\\ a\\ ,o=#00');
    assert.deepEqual(read?.attributes[0]?.values, [' a', ':a', '<a', 'a ', '#a', '', 'a\nb', 'a\u001b', '-']);
  });
});
