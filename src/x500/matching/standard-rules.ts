/**
 * The matching rules that Realmgate has: those of RFC 4517 and RFC 4530, what OpenLDAP's standard schema names
 * beside them, and three of Active Directory that clients ask for.
 *
 * A rule is code; a site cannot add one, only name one.
 */

import { certificateExact } from './certificate-rules.ts';
import { changeSequenceNumber, uuid } from './identifier-rules.ts';
import type { MatchingRule } from './matching-rule.ts';
import {
  distinguishedName,
  firstComponent,
  isNumericOid,
  nameAndOptionalUid,
  objectIdentifier,
  type SchemaNames,
} from './name-rules.ts';
import { bitString, boolean, hasAllBits, hasSomeBit, integer, octetString } from './number-rules.ts';
import {
  caseExact,
  caseExactIA5,
  caseIgnore,
  caseIgnoreIA5,
  caseIgnoreList,
  type NormalForms,
  numericString,
  telephoneNumber,
} from './string-rules.ts';
import { generalizedTime } from './time-rules.ts';
import { hasWords } from './word-rules.ts';

const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1';
const BIT_STRING = `${RFC_4517}.6`;
const BOOLEAN = `${RFC_4517}.7`;
const DN = `${RFC_4517}.12`;
const DIRECTORY_STRING = `${RFC_4517}.15`;
const GENERALIZED_TIME = `${RFC_4517}.24`;
const IA5_STRING = `${RFC_4517}.26`;
const INTEGER = `${RFC_4517}.27`;
const NAME_AND_OPTIONAL_UID = `${RFC_4517}.34`;
const NUMERIC_STRING = `${RFC_4517}.36`;
const OID = `${RFC_4517}.38`;
const OCTET_STRING = `${RFC_4517}.40`;
const POSTAL_ADDRESS = `${RFC_4517}.41`;
const TELEPHONE_NUMBER = `${RFC_4517}.50`;
const SUBSTRING_ASSERTION = `${RFC_4517}.58`;
const UUID = '1.3.6.1.1.16.1';
const CSN = '1.3.6.1.4.1.4203.666.11.2.1';

/** The rules of one schema: those over names ask it what its names mean. */
export function standardMatchingRules(names: SchemaNames): MatchingRule[] {
  const oid = objectIdentifier(names);
  const dn = distinguishedName(names);
  return [
    equality('2.5.13.0', 'objectIdentifierMatch', OID, oid),
    equality('2.5.13.1', 'distinguishedNameMatch', DN, dn),
    equality('2.5.13.2', 'caseIgnoreMatch', DIRECTORY_STRING, caseIgnore),
    ordering('2.5.13.3', 'caseIgnoreOrderingMatch', DIRECTORY_STRING, caseIgnore),
    substrings('2.5.13.4', 'caseIgnoreSubstringsMatch', caseIgnore),
    equality('2.5.13.5', 'caseExactMatch', DIRECTORY_STRING, caseExact),
    ordering('2.5.13.6', 'caseExactOrderingMatch', DIRECTORY_STRING, caseExact),
    substrings('2.5.13.7', 'caseExactSubstringsMatch', caseExact),
    equality('2.5.13.8', 'numericStringMatch', NUMERIC_STRING, numericString),
    ordering('2.5.13.9', 'numericStringOrderingMatch', NUMERIC_STRING, numericString),
    substrings('2.5.13.10', 'numericStringSubstringsMatch', numericString),
    equality('2.5.13.11', 'caseIgnoreListMatch', POSTAL_ADDRESS, caseIgnoreList),
    substrings('2.5.13.12', 'caseIgnoreListSubstringsMatch', caseIgnoreList),
    equality('2.5.13.13', 'booleanMatch', BOOLEAN, boolean),
    equality('2.5.13.14', 'integerMatch', INTEGER, integer),
    ordering('2.5.13.15', 'integerOrderingMatch', INTEGER, integer),
    equality('2.5.13.16', 'bitStringMatch', BIT_STRING, bitString),
    equality('2.5.13.17', 'octetStringMatch', OCTET_STRING, octetString),
    ordering('2.5.13.18', 'octetStringOrderingMatch', OCTET_STRING, octetString),
    substrings('2.5.13.19', 'octetStringSubstringsMatch', octetString),
    equality('2.5.13.20', 'telephoneNumberMatch', TELEPHONE_NUMBER, telephoneNumber),
    substrings('2.5.13.21', 'telephoneNumberSubstringsMatch', telephoneNumber),
    equality('2.5.13.22', 'presentationAddressMatch', `${RFC_4517}.43`, octetString),
    equality('2.5.13.24', 'protocolInformationMatch', `${RFC_4517}.42`, octetString),
    equality('2.5.13.23', 'uniqueMemberMatch', NAME_AND_OPTIONAL_UID, nameAndOptionalUid(names)),
    equality('2.5.13.27', 'generalizedTimeMatch', GENERALIZED_TIME, generalizedTime),
    ordering('2.5.13.28', 'generalizedTimeOrderingMatch', GENERALIZED_TIME, generalizedTime),
    {
      ...equality('2.5.13.29', 'integerFirstComponentMatch', INTEGER, integer),
      normalize: (value) => integer.normalize(Buffer.from(firstComponent(value) ?? '')),
      normalizeAssertion: integer.normalize,
    },
    {
      ...equality('2.5.13.30', 'objectIdentifierFirstComponentMatch', OID, oid),
      normalize: (value) => {
        const first = firstComponent(value);
        return first !== undefined && isNumericOid(first) ? Buffer.from(first, 'latin1') : undefined;
      },
      normalizeAssertion: oid.normalize,
    },
    {
      ...equality('2.5.13.31', 'directoryStringFirstComponentMatch', DIRECTORY_STRING, caseIgnore),
      normalize: (value) => caseIgnore.normalize(Buffer.from(firstComponent(value) ?? '', 'latin1')),
      normalizeAssertion: caseIgnore.normalize,
    },
    { ...equality('2.5.13.32', 'wordMatch', DIRECTORY_STRING, caseIgnore), matches: hasWords },
    { ...equality('2.5.13.33', 'keywordMatch', DIRECTORY_STRING, caseIgnore), matches: hasWords },
    equality('2.5.13.34', 'certificateExactMatch', '1.3.6.1.1.15.1', certificateExact(names)),
    equality('2.5.13.38', 'certificateListExactMatch', '1.3.6.1.1.15.5', octetString),
    equality('2.5.13.45', 'attributeCertificateExactMatch', '1.3.6.1.1.17.1', octetString),
    equality('1.3.6.1.4.1.4203.666.4.12', 'authzMatch', '1.3.6.1.4.1.4203.666.2.7', octetString),
    equality('1.3.6.1.4.1.4203.666.4.13', 'privateKeyMatch', '1.2.840.113549.1.8.1.1', octetString),
    equality('1.3.6.1.4.1.1466.109.114.1', 'caseExactIA5Match', IA5_STRING, caseExactIA5),
    equality('1.3.6.1.4.1.1466.109.114.2', 'caseIgnoreIA5Match', IA5_STRING, caseIgnoreIA5),
    substrings('1.3.6.1.4.1.1466.109.114.3', 'caseIgnoreIA5SubstringsMatch', caseIgnoreIA5),
    substrings('1.3.6.1.4.1.4203.1.2.1', 'caseExactIA5SubstringsMatch', caseExactIA5),
    equality('1.3.6.1.1.16.2', 'uuidMatch', UUID, uuid),
    ordering('1.3.6.1.1.16.3', 'uuidOrderingMatch', UUID, uuid),
    equality('1.3.6.1.4.1.4203.666.11.2.2', 'CSNMatch', CSN, changeSequenceNumber),
    ordering('1.3.6.1.4.1.4203.666.11.2.3', 'CSNOrderingMatch', CSN, changeSequenceNumber),
    { ...equality('1.2.840.113556.1.4.803', 'integerBitAndMatch', INTEGER, integer), matches: hasAllBits },
    { ...equality('1.2.840.113556.1.4.804', 'integerBitOrMatch', INTEGER, integer), matches: hasSomeBit },
    { ...equality('1.2.840.113556.1.4.1941', 'distinguishedNameInChainMatch', DN, dn), followsNames: true },
  ];
}

type Use = MatchingRule['use'];

function rule(use: Use, oid: string, name: string, assertionSyntax: string, forms: NormalForms): MatchingRule {
  const { normalizePiece, ...others } = forms;
  const pieces = use === 'substrings' && normalizePiece !== undefined ? { normalizePiece } : {};
  return { oid, name, names: [name], use, assertionSyntax, ...others, ...pieces };
}

function equality(oid: string, name: string, assertionSyntax: string, forms: NormalForms): MatchingRule {
  return rule('equality', oid, name, assertionSyntax, forms);
}

function ordering(oid: string, name: string, assertionSyntax: string, forms: NormalForms): MatchingRule {
  return rule('ordering', oid, name, assertionSyntax, forms);
}

function substrings(oid: string, name: string, forms: NormalForms): MatchingRule {
  return rule('substrings', oid, name, SUBSTRING_ASSERTION, forms);
}
