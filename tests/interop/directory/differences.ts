/**
 * The classes of difference between the answers of slapd 2.5 and ours that are meant: each with the clause that allows or
 * asks for our answer. A difference that fits none of them is a fault of ours.
 */

import type { Difference } from '../../support/differential/compare.ts';
import type { GeneratedRequest } from '../../support/differential/request.ts';
import type { WireAnswer } from '../../support/ldap-wire-client.ts';

export interface ComparedRequest {
  readonly request: GeneratedRequest;
  readonly peer: WireAnswer | undefined;
  readonly ours: WireAnswer | undefined;
  readonly differences: readonly Difference[];
}

export interface DifferenceClass {
  readonly name: string;
  /** The clause, and what it says. */
  readonly clause: string;
  matches(compared: ComparedRequest): boolean;
}

export const MOST_CLASSES = 15;
/** Of all requests. */
export const MOST_DIFFERING = 0.02;

const CODE = {
  success: 0,
  sizeLimitExceeded: 4,
  affectsMultipleDsas: 71,
  noSuchObject: 32,
  attributeOrValueExists: 20,
  assertionFailed: 122,
  other: 80,
  constraintViolation: 19,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnRdn: 67,
  unwillingToPerform: 53,
  compareFalse: 5,
  compareTrue: 6,
} as const;

/** What both servers take for a refusal: no answer of it changes or tells anything. */
const isRefusal = (code: number) =>
  ![CODE.success, CODE.compareFalse, CODE.compareTrue, CODE.sizeLimitExceeded].some((each) => each === code);

const codesOf = ({ peer, ours }: ComparedRequest) => [peer?.result.code ?? -1, ours?.result.code ?? -1] as const;

const only = ({ differences }: ComparedRequest, ...kinds: readonly Difference['what'][]) =>
  differences.every(({ what }) => kinds.includes(what));

const MEMBERSHIP = /\b(?:memberuid|member|2\.5\.4\.31)\b/i;
const SUPERCLASSES = ['top', 'person', 'organizationalperson'];

/** The class of a difference; undefined when it is a fault. No answer at all, and `other`, are always one. */
export function differenceClass(compared: ComparedRequest): DifferenceClass | undefined {
  if (compared.ours === undefined || compared.ours.result.code === CODE.other) return undefined;
  return DIFFERENCE_CLASSES.find((each) => each.matches(compared));
}

/** In order: the first that fits names the difference. */
export const DIFFERENCE_CLASSES: readonly DifferenceClass[] = [
  {
    name: 'the superclasses of a class are added, and stay with it',
    clause: 'RFC 4512 3.3: all superclasses of the named classes SHALL be implicitly added',
    matches: (compared) =>
      compared.differences.length > 0 &&
      compared.differences.every(({ attribute, what, peer, ours }) => {
        if (attribute?.toLowerCase() !== 'objectclass' || !['values', 'state'].includes(what)) return false;
        const [theirs, own] = [peer, ours].map((text) => JSON.parse(text) as readonly string[]) as [
          readonly string[],
          readonly string[],
        ];
        const added = own.filter((name) => !theirs.includes(name));
        return (
          theirs.every((name) => own.includes(name)) && added.every((name) => SUPERCLASSES.includes(name.toLowerCase()))
        );
      }),
  },
  {
    name: 'a login name is one entry’s',
    clause: 'RFC 4511 A.2, constraintViolation: a value violates a constraint of the server',
    matches: (compared) =>
      codesOf(compared)[1] === CODE.constraintViolation &&
      /^the login name .* is another entry's$/.test(compared.ours?.result.message ?? ''),
  },
  {
    name: 'a group answers by memberUid and by member, whichever it was made with',
    clause: 'RFC 4512 3.4: operational attributes are matched, and answered when they are asked for by name',
    matches: (compared) => {
      if (!MEMBERSHIP.test(compared.request.text)) return false;
      if (/^attribute 'member(?:Uid)?' not allowed$/.test(compared.peer?.result.message ?? '')) return true;
      return (
        (compared.request.kind === 'search' || compared.request.kind === 'compare') &&
        compared.differences.every(
          ({ what, dn, attribute, peer }) =>
            what === 'code' ||
            (dn?.includes('ou=groups') === true &&
              peer === '-' &&
              (attribute === undefined || MEMBERSHIP.test(attribute))) ||
            (what === 'entries' && dn === undefined),
        )
      );
    },
  },
  {
    name: 'an approximate match is an equality match',
    clause: 'RFC 4511 4.5.1.7.6: where approximate matching is not supported, equalityMatch',
    matches: (compared) => compared.request.text.includes('~='),
  },
  {
    name: 'a piece of a substring in which nothing is significant matches what has a value',
    clause: 'RFC 4518 2.6.1 and 2.6.2: values begin and end with one space; hyphens of a telephone number are nothing',
    matches: (compared) => /[=*][ -]+\*|\*[ -]+\)/.test(compared.request.text) && only(compared, 'entries', 'code'),
  },
  {
    name: 'control characters in a value are nothing',
    clause: 'RFC 4518 2.2: U+0000 and others are mapped to nothing',
    matches: (compared) => /\\00|\\u0000/.test(compared.request.text),
  },
  {
    name: 'a sharp s, a ligature and full-width letters are the letters that they stand for',
    clause: 'RFC 4518 2.2 and 2.3: case is folded by table B.2 of RFC 3454, and the result normalized to form KC',
    matches: (compared) =>
      /stra(?:ss|ß|\\c3\\9f)e|ﬁ|[Ａ-ｚ]/i.test(compared.request.text) &&
      (only(compared, 'entries', 'code') ||
        codesOf(compared).join() === `${CODE.success},${CODE.attributeOrValueExists}`),
  },
  {
    name: 'a rule that is not for the syntax of an attribute is undefined, and so is its negation',
    clause: 'RFC 4511 4.5.1.7.7: a rule that does not apply to the attribute evaluates to Undefined',
    matches: (compared) =>
      /:(?:case|integer|distinguished|2\.5)[^:]*:=/.test(compared.request.text) && only(compared, 'entries'),
  },
  {
    name: 'a group may be empty',
    clause: 'RFC 4519 3.5 asks for a member; we keep the group that the last one has left, as posixGroup does',
    matches: (compared) =>
      codesOf(compared).join() === `${CODE.objectClassViolation},${CODE.success}` &&
      /groupOfNames/.test(compared.request.text) &&
      compared.peer?.result.message.endsWith("requires attribute 'member'") === true,
  },
  {
    name: 'the subschema entry and the root DSE are read by a search of themselves, and not compared',
    clause: 'RFC 4512 4.4 and 5.1: they are read by a base search',
    matches: (compared) =>
      (/^(?:search|compare) "cn=Subschema" /.test(compared.request.text) && only(compared, 'code', 'entries')) ||
      (/^compare "" /.test(compared.request.text) && only(compared, 'code')) ||
      (/^search "" base /.test(compared.request.text) && only(compared, 'values', 'attributes')),
  },
  {
    name: 'the values that name an entry are not removed by a modify',
    clause: 'RFC 4511 4.6: notAllowedOnRDN',
    matches: (compared) => codesOf(compared).join() === `${CODE.namingViolation},${CODE.notAllowedOnRdn}`,
  },
  {
    name: 'a new parent that is not there is no such object, and its nearest parent is told',
    clause: 'RFC 4511 4.9 and 4.1.9: newSuperior names an existing entry; matchedDN is the last one found',
    matches: (compared) => {
      const [peer, ours] = codesOf(compared);
      if (
        compared.request.kind !== 'modifyDn' ||
        ours !== CODE.noSuchObject ||
        !compared.request.text.includes(' under ')
      )
        return false;
      return peer === CODE.noSuchObject || peer === CODE.unwillingToPerform;
    },
  },
  {
    name: 'a name outside of the suffix is refused here, and not sent to another server',
    clause: 'RFC 4511 A.2: affectsMultipleDSAs is for operations that take several servers',
    matches: (compared) => {
      const [peer, ours] = codesOf(compared);
      return peer === CODE.affectsMultipleDsas && (ours === CODE.unwillingToPerform || ours === CODE.noSuchObject);
    },
  },
  {
    name: 'an assertion about an entry to be is about the attributes that it is given',
    clause: 'RFC 4528 3: the target of Add is what the request says; its times are not known yet',
    matches: (compared) =>
      / if .*(?:create|modify)Timestamp/.test(compared.request.text) &&
      compared.request.kind === 'add' &&
      codesOf(compared).includes(CODE.assertionFailed) &&
      codesOf(compared).includes(CODE.success),
  },
  {
    name: 'of several faults another one is told; both refuse',
    clause: 'RFC 4511 4.1.9: one result code, that which best indicates the nature of the error',
    matches: (compared) => only(compared, 'code', 'matchedDn') && codesOf(compared).every(isRefusal),
  },
];
