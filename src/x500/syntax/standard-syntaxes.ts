/**
 * The syntaxes that Realmgate has: those of RFC 4517, what RFC 2307, RFC 4523 and RFC 4530 add, and OpenLDAP's
 * change sequence number. A syntax is code; a site cannot add one, only name one.
 */

import { decodeBer } from '../ber/ber-reader.ts';
import { Tag } from '../ber/tag.ts';
import { parseDistinguishedName } from '../distinguished-name.ts';
import { readCertificateName } from '../matching/certificate-rules.ts';
import { changeSequenceNumber, parseUuid } from '../matching/identifier-rules.ts';
import { isDescriptor, isNumericOid, type SchemaNames, splitNameAndUid, textOf } from '../matching/name-rules.ts';
import { isBitString, isInteger } from '../matching/number-rules.ts';
import { normalizeGeneralizedTime } from '../matching/time-rules.ts';
import { isDescription, isGuide, isSubstringAssertion } from './structured-values.ts';
import type { Syntax } from './syntax.ts';
import {
  isBootParameter,
  isBraced,
  isCountry,
  isDeliveryMethod,
  isDirectoryString,
  isFacsimileNumber,
  isIa5String,
  isNetgroupTriple,
  isNumericString,
  isOtherMailbox,
  isPostalAddress,
  isPrintableString,
  isRelativeName,
  isTelephoneNumber,
  isTeletexTerminal,
  isTelexNumber,
  isUtcTime,
} from './text-values.ts';

const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1';

type Test = (value: Uint8Array) => boolean;

function text(oid: string, description: string, wanted: string, test: Test): Syntax {
  return { oid, description, binary: false, fault: (value) => (test(value) ? undefined : `wants ${wanted}`) };
}

function octets(oid: string, description: string): Syntax {
  return { oid, description, binary: true, fault: () => undefined };
}

/** A value is the BER encoding of something; that it is one whole element is all that is looked at. */
function encoded(oid: string, description: string, wanted: string): Syntax {
  return { oid, description, binary: true, fault: (value) => (isOneElement(value) ? undefined : `wants ${wanted}`) };
}

function isOneElement(value: Uint8Array): boolean {
  return decodeBer(value, (reader) => reader.skip()) === Tag.sequence;
}

const latin1 = (value: Uint8Array) => Buffer.from(value).toString('latin1');

/** The syntaxes of one schema: names are names of what it knows. */
export function standardSyntaxes(names: SchemaNames): Syntax[] {
  return [...FIXED_SYNTAXES, ...nameSyntaxes(names)];
}

/**
 * Syntaxes of distinguished names. A name whose type nobody defined, or whose value its type refuses, could never be
 * found again, and is refused as OpenLDAP refuses it.
 */
function nameSyntaxes(names: SchemaNames): Syntax[] {
  const known = (value: Uint8Array) => {
    const dn = parseDistinguishedName(textOf(value) ?? '\0');
    return dn === undefined ? undefined : names.dnKey(dn) !== undefined;
  };
  const fault = (wanted: string, isKnown: boolean | undefined) =>
    isKnown === true ? undefined : isKnown === undefined ? `wants ${wanted}` : `${UNKNOWN_NAME}: wants ${wanted}`;
  const name = 'a distinguished name such as uid=alice,ou=People,dc=example,dc=org';
  return [
    { oid: `${RFC_4517}.12`, description: 'DN', binary: false, fault: (value) => fault(name, known(value)) },
    {
      oid: `${RFC_4517}.34`,
      description: 'Name And Optional UID',
      binary: false,
      fault: (value) => fault(`${name}, with bits behind it (#'01'B) or without`, known(splitNameAndUid(value).name)),
    },
  ];
}

const UNKNOWN_NAME = 'has a type that the schema does not know, or a value that its type refuses';

const FIXED_SYNTAXES: readonly Syntax[] = [
  text(
    `${RFC_4517}.3`,
    'Attribute Type Description',
    'the description of an attribute type: ( OID NAME ... )',
    isDescription,
  ),
  octets(`${RFC_4517}.4`, 'Audio'),
  octets(`${RFC_4517}.5`, 'Binary'),
  text(`${RFC_4517}.13`, 'Data Quality', 'text in UTF-8 that is not empty', isDirectoryString),
  text(`${RFC_4517}.19`, 'DSA Quality', 'text in UTF-8 that is not empty', isDirectoryString),
  text(`${RFC_4517}.42`, 'Protocol Information', 'text in UTF-8 that is not empty', isDirectoryString),
  text(`${RFC_4517}.43`, 'Presentation Address', 'text in UTF-8 that is not empty', isDirectoryString),
  text(`${RFC_4517}.6`, 'Bit String', "bits such as '0101'B", isBitString),
  text(`${RFC_4517}.7`, 'Boolean', 'TRUE or FALSE', (value) => ['TRUE', 'FALSE'].includes(latin1(value))),
  {
    oid: `${RFC_4517}.8`,
    description: 'Certificate',
    binary: true,
    fault: (value) => (readCertificateName(value) === undefined ? 'wants an X.509 certificate in DER' : undefined),
  },
  encoded(`${RFC_4517}.9`, 'Certificate List', 'a certificate revocation list in DER'),
  encoded(`${RFC_4517}.10`, 'Certificate Pair', 'a pair of certificates in DER'),
  text(`${RFC_4517}.11`, 'Country String', 'a country code of two letters (ISO 3166), such as BE', isCountry),
  text(
    `${RFC_4517}.14`,
    'Delivery Method',
    'delivery methods separated by $, such as mhs $ telephone',
    isDeliveryMethod,
  ),
  text(`${RFC_4517}.15`, 'Directory String', 'text in UTF-8 that is not empty', isDirectoryString),
  text(
    `${RFC_4517}.16`,
    'DIT Content Rule Description',
    'the description of a content rule: ( OID ... )',
    isDescription,
  ),
  text(
    `${RFC_4517}.17`,
    'DIT Structure Rule Description',
    'the description of a structure rule: ( number ... )',
    isDescription,
  ),
  text(`${RFC_4517}.21`, 'Enhanced Guide', 'a guide such as person#(cn$EQ)#oneLevel', (value) => isGuide(value, true)),
  text(
    `${RFC_4517}.22`,
    'Facsimile Telephone Number',
    'a telephone number, with fax parameters behind $ or without',
    isFacsimileNumber,
  ),
  octets(`${RFC_4517}.23`, 'Fax'),
  text(
    `${RFC_4517}.24`,
    'Generalized Time',
    'a time such as 20260131235900Z, with Z or an offset at its end',
    (value) => normalizeGeneralizedTime(latin1(value)) !== undefined,
  ),
  text(`${RFC_4517}.25`, 'Guide', 'a guide such as person#(cn$EQ)', (value) => isGuide(value, false)),
  text(`${RFC_4517}.26`, 'IA5 String', 'ASCII text', isIa5String),
  text(`${RFC_4517}.27`, 'INTEGER', 'an integer such as 42 or -7, without leading zeros', isInteger),
  octets(`${RFC_4517}.28`, 'JPEG'),
  text(`${RFC_4517}.30`, 'Matching Rule Description', 'the description of a matching rule: ( OID ... )', isDescription),
  text(
    `${RFC_4517}.31`,
    'Matching Rule Use Description',
    'the use of a matching rule: ( OID APPLIES ... )',
    isDescription,
  ),
  text(`${RFC_4517}.35`, 'Name Form Description', 'the description of a name form: ( OID ... )', isDescription),
  text(`${RFC_4517}.36`, 'Numeric String', 'digits and blanks', isNumericString),
  text(
    `${RFC_4517}.37`,
    'Object Class Description',
    'the description of an object class: ( OID NAME ... )',
    isDescription,
  ),
  text(`${RFC_4517}.38`, 'OID', 'an object identifier such as 2.5.4.3, or its name', (value) => {
    const name = latin1(value);
    return isNumericOid(name) || isDescriptor(name);
  }),
  text(`${RFC_4517}.39`, 'Other Mailbox', 'a mailbox such as internet$alice@example.org', isOtherMailbox),
  octets(`${RFC_4517}.40`, 'Octet String'),
  text(
    `${RFC_4517}.41`,
    'Postal Address',
    'lines in UTF-8 separated by $, with \\24 for a $ and \\5C for a \\ in them',
    isPostalAddress,
  ),
  text(`${RFC_4517}.44`, 'Printable String', "letters, digits, blanks and ' ( ) + , - . = / : ?", isPrintableString),
  text(`${RFC_4517}.45`, 'Subtree Specification', 'a specification in braces, such as { }', isBraced),
  encoded(`${RFC_4517}.49`, 'Supported Algorithm', 'an algorithm in DER'),
  text(
    `${RFC_4517}.50`,
    'Telephone Number',
    "a telephone number: letters, digits, blanks and ' ( ) + , - . = / : ?",
    isTelephoneNumber,
  ),
  text(
    `${RFC_4517}.51`,
    'Teletex Terminal Identifier',
    'a terminal identifier, with parameters behind $ or without',
    isTeletexTerminal,
  ),
  text(`${RFC_4517}.52`, 'Telex Number', 'number$country$answerback', isTelexNumber),
  text(`${RFC_4517}.53`, 'UTC Time', 'a time such as 260131235900Z', isUtcTime),
  text(`${RFC_4517}.54`, 'LDAP Syntax Description', 'the description of a syntax: ( OID DESC ... )', isDescription),
  text(`${RFC_4517}.58`, 'Substring Assertion', 'pieces with * between them', isSubstringAssertion),
  text('1.3.6.1.1.1.0.0', 'RFC2307 NIS Netgroup Triple', 'a triple such as (host,user,domain)', isNetgroupTriple),
  text('1.3.6.1.1.1.0.1', 'RFC2307 Boot Parameter', 'a boot parameter such as root=server:/path', isBootParameter),
  text(
    '1.3.6.1.1.16.1',
    'UUID',
    'a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    (value) => parseUuid(value) !== undefined,
  ),
  text('1.2.36.79672281.1.5.0', 'RDN', 'a relative distinguished name such as uid=alice', isRelativeName),
  encoded('1.2.840.113549.1.8.1.1', 'PKCS#8 PrivateKeyInfo', 'a private key in DER'),
  encoded('1.3.6.1.4.1.4203.666.11.10.2.1', 'X.509 AttributeCertificate', 'an attribute certificate in DER'),
  text('1.3.6.1.4.1.4203.666.2.7', 'OpenLDAP authz', 'text in UTF-8 that is not empty', isDirectoryString),
  text(
    '1.3.6.1.4.1.4203.666.11.2.1',
    'CSN',
    'a change sequence number such as 20260131235900.000000Z#000000#001#000000',
    (value) => changeSequenceNumber.normalize(value) !== undefined,
  ),
];
