/** Syntaxes: the examples of RFC 4517, 3.3, and what is near them and none. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { standardSchema } from '../../../src/directory/schema/standard-schema.ts';
import type { Schema } from '../../../src/x500/index.ts';

let schema: Schema;

before(() => {
  const result = standardSchema();
  assert.equal(result.kind, 'parsed');
  schema = result.schema;
});

/** `openssl req -x509 -newkey ec -subj '/O=Example/CN=Lab CA' -set_serial 4660`. */
const CERTIFICATE =
  'MIIBiTCCAS+gAwIBAgICEjQwCgYIKoZIzj0EAwIwIzEQMA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGTGFiIENBMB4XDTI2MTEyMjEyNDAzNVoXDTI2MTEyMzEyNDAzNVowIzEQMA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGTGFiIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwQEot6M4Cj5V0n9qEwWTpbFSgNkJBSO8YP3Yd2cs4w9Fk66eSNodv+8T8Ppyae6ZSKvB/1pEv8LPtyXoHHRAnqNTMFEwHQYDVR0OBBYEFPj6gIab+3nEAGN+D5IM0zVg6vDvMB8GA1UdIwQYMBaAFPj6gIab+3nEAGN+D5IM0zVg6vDvMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgULVKe3FLsbtve7hlHZQ/ntl+MELL6nP4TJlBtJetl18CIQDpzwRNpfAcHolSA5uyFbBBHOEfgqSX4734wWhoc0CIPg==';

const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1';

/** Syntax, values that it takes, values that it refuses. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    `${RFC_4517}.3`,
    ["( 2.5.18.1 NAME 'createTimestamp' SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 )"],
    ['', '(', '( 1.2', 'x', "( 1.2 NAME 'a )", '( 1.2 ) x'],
  ],
  [`${RFC_4517}.6`, ["'0101111101'B", "''B"], ["'0102'B", '0101', "'01'H", "'01'b"]],
  [`${RFC_4517}.7`, ['TRUE', 'FALSE'], ['true', '', 'TRUE ', '1']],
  [`${RFC_4517}.11`, ['US', 'AU', 'be'], ['B', 'BEL', 'é', '']],
  [
    `${RFC_4517}.12`,
    ['', 'UID=jsmith,DC=example,DC=net', 'OU=Sales+CN=J.  Smith,DC=example,DC=net'],
    ['a', 'uid=', 'nobody=1', 'uidNumber=x,dc=a', 'cn=a;dc=b'],
  ],
  [`${RFC_4517}.14`, ['telephone', 'mhs $ telephone$any'], ['pigeon', '', 'mhs $']],
  [`${RFC_4517}.15`, ['This is a value of Directory String containing #!%#@.', 'é', ' '], ['']],
  [
    `${RFC_4517}.21`,
    ['person#(sn$EQ)#oneLevel', 'person#cn$EQ&(sn$SUBSTR|!uid$GE)#wholeSubtree'],
    ['person#(sn$EQ)', 'person#sn#oneLevel', '#sn$EQ#oneLevel', 'a#(b$EQ#oneLevel'],
  ],
  [
    `${RFC_4517}.22`,
    ['+61 3 9896 7801', '+81 3 347 7418$fineResolution', '+1 2$a3Width$b4Width'],
    ['+61_3', '1$sepia', '$fineResolution', ''],
  ],
  [`${RFC_4517}.24`, ['199412161032Z', '199412160532-0500'], ['1994', '19941216103Z', '']],
  [
    `${RFC_4517}.25`,
    ['person#(sn$EQ)', 'sn$EQ|?true'],
    ['person#(sn$EQ)#x', 'sn', `${'('.repeat(40)}sn$EQ${')'.repeat(40)}`],
  ],
  [`${RFC_4517}.26`, ['', 'alice@example.org'], ['ü']],
  [`${RFC_4517}.27`, ['1321', '-1', '0'], ['', '-0', '01', '1.0', '+1']],
  [
    `${RFC_4517}.34`,
    ['', 'O=Test,C=GB', "O=Test,C=GB#'0101'B"],
    // The example of 3.3.21 has a type that no schema knows.
    ["1.3.6.1.4.1.1466.0=#04024869,O=Test,C=GB#'0101'B"],
  ],
  [`${RFC_4517}.36`, ['15 079 672 281', ' '], ['', '1-2', 'a']],
  [`${RFC_4517}.38`, ['1.2.3.4', 'cn', '2.5.4.3'], ['1', '01.2', '1.', 'a_b', '', '1..2', 'é']],
  [`${RFC_4517}.39`, ['internet$a@b'], ['internet', '$a', 'internet$é']],
  [
    `${RFC_4517}.41`,
    ['1234 Main St.$Anytown, CA 12345$USA', '\\241,000,000 Sweepstakes$PO Box 1000000$Anytown, CA 12345$USA', 'é'],
    ['', 'a\\b', 'a\\'],
  ],
  [`${RFC_4517}.44`, ['This is a PrintableString.', "'()+,-./:? ="], ['', 'a_b', 'a"b', 'é']],
  [`${RFC_4517}.50`, ['+1 512 315 0280', '+61 3 9896 7830'], ['', 'é', '1_2']],
  [`${RFC_4517}.51`, ['abc', 'abc$graphic:x$private:y\\24'], ['abc$colour:x', '', 'abc$graphic']],
  [`${RFC_4517}.52`, ['12345$023$ABCDE'], ['12345', '1$2', '1$2$3$4']],
  [`${RFC_4517}.53`, ['9412161032Z', '941216103200-0500', '9412161032'], ['9413161032Z', '94121610Z']],
  [`${RFC_4517}.58`, ['A*', '*a*b*', 'a\\2Ab*', 'Aldo\\5C*'], ['a', '', '*', 'a**b', 'a\\b*']],
  ['1.3.6.1.1.1.0.0', ['(host.example.org,alice,)', '(,,)', '(-,-,-)'], ['(a,b)', '(a b,c,d)', 'a,b,c']],
  ['1.3.6.1.1.1.0.1', ['root=fs:/nfsroot/peg'], ['root=fs', '=fs:/a', 'root=:/a']],
  ['1.3.6.1.1.16.1', ['597ae2f6-16a6-1027-98f4-d28b5365dc14'], ['597ae2f6', '597ae2f616a6102798f4d28b5365dc14']],
  ['1.3.6.1.4.1.4203.666.11.2.1', ['20260131235900.000000Z#000000#001#000000'], ['20260131235900Z', '']],
];

describe('syntaxes', () => {
  it('take and refuse what RFC 4517 says', () => {
    for (const [oid, good, bad] of CASES) {
      const syntax = schema.syntax(oid);
      assert.ok(syntax, oid);
      for (const value of good) {
        assert.equal(syntax.fault(Buffer.from(value)), undefined, `${syntax.description} ${value}`);
      }
      for (const value of bad) {
        assert.match(syntax.fault(Buffer.from(value)) ?? 'nothing', /wants \S/, `${syntax.description} ${value}`);
      }
    }
  });

  it('refuse what is no UTF-8 where text is wanted', () => {
    for (const octets of ['ff', 'eda080', 'c080', 'f4908080', 'e282'].map((hex) => Buffer.from(hex, 'hex'))) {
      for (const { oid, binary, description, fault } of schema.syntaxes) {
        if (!binary) assert.notEqual(fault(octets), undefined, `${description} (${oid}) ${octets.toString('hex')}`);
      }
    }
  });

  it('take whole elements of DER', () => {
    const { fault } = schema.syntax(`${RFC_4517}.9`)!;
    const element = Buffer.concat([Buffer.from('30820100', 'hex'), Buffer.alloc(256)]);
    assert.equal(fault(element), undefined);
    for (const bad of [
      element.subarray(1),
      Buffer.concat([element, Buffer.of(0)]),
      Buffer.from('3080', 'hex'),
      Buffer.alloc(0),
    ]) {
      assert.match(fault(bad) ?? '', /wants a certificate revocation list/);
    }
  });

  it('take certificates, which are found by serial number and issuer (RFC 4523, 2.5.1)', () => {
    const { fault } = schema.syntax(`${RFC_4517}.8`)!;
    const octets = Buffer.from(CERTIFICATE, 'base64');
    assert.equal(fault(octets), undefined);
    for (const bad of [octets.subarray(0, -1), octets.subarray(4), Buffer.from('3000', 'hex'), Buffer.alloc(0)]) {
      assert.match(fault(bad) ?? '', /wants an X\.509 certificate/);
    }
    const { normalize } = schema.matchingRule('certificateExactMatch')!;
    const form = normalize(octets);
    assert.ok(form);
    const asked = (text: string) => normalize(Buffer.from(text));
    assert.deepEqual(asked('{ serialNumber 4660, issuer rdnSequence:"cn=Lab  ca,o=example" }'), form);
    assert.deepEqual(asked('{issuer rdnSequence:"CN=Lab CA,O=Example",serialNumber 4660}'), form);
    assert.notDeepEqual(asked('{ serialNumber 4661, issuer rdnSequence:"CN=Lab CA,O=Example" }'), form);
    for (const text of [
      '',
      '{ }',
      '{ serialNumber 4660 }',
      '{ serialNumber 0x1234, issuer rdnSequence:"o=Example" }',
    ]) {
      assert.equal(asked(text), undefined, text);
    }
  });

  it('say what is wrong with a name', () => {
    const { fault } = schema.syntax(`${RFC_4517}.12`)!;
    assert.match(
      fault(Buffer.from('nobody=a,dc=x')) ?? '',
      /a type that the schema does not know.*wants a distinguished name/,
    );
    assert.match(fault(Buffer.from('alice')) ?? '', /^wants a distinguished name such as uid=alice/);
  });
});
