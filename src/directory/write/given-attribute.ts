/**
 * What a client sends as attributes, made sure of before any entry is looked at: types that the schema has, that may be written, values of their
 * syntax (RFC 4511, 4.6 and 4.7). slapd checks in the same order.
 */
import { formatDistinguishedName, parseDistinguishedName } from '../../x500/index.ts';
import type { Period } from '../stored/member-form.ts';
import type { AttributeDescription, AttributeDescriptions } from './attribute-description.ts';
import type { Attribute, Modification } from './change.ts';
import { type MembershipForm, membershipForm, periodOf } from './membership-form.ts';
import { canonicalName } from './naming.ts';
import { Refusal } from './refusal.ts';
import { checkSyntax, checkValues } from './value-rules.ts';

export interface GivenAttribute {
  readonly description: AttributeDescription;
  readonly values: readonly Uint8Array[];
  /** Where the type is a form of membership: which, and the dates that come with it. */
  readonly form: MembershipForm | undefined;
  readonly period: Period | undefined;
}

export interface GivenModification extends GivenAttribute {
  readonly operation: Modification['operation'];
}

const DN_SYNTAX = '1.3.6.1.4.1.1466.115.121.1.12';
const INTEGER_SYNTAX = '1.3.6.1.4.1.1466.115.121.1.27';

/** Computed at every read, or kept elsewhere: what a dump says about them is passed over. */
const PASSED_OVER = new Set([
  'entryDN',
  'hasSubordinates',
  'numSubordinates',
  'memberOf',
  'subschemaSubentry',
  'contextCSN',
  'structuralObjectClass',
  'pwdHistory',
]);

/** The attributes of a new entry, none twice. `keep`: the operational ones too, but for those that are computed. */
export function readAttributes(
  attributes: readonly Attribute[],
  descriptions: AttributeDescriptions,
  keep: boolean,
): readonly GivenAttribute[] | Refusal {
  const given = new Map<string, GivenAttribute>();
  for (const each of attributes) {
    const read = readAttribute(each, descriptions, { keep });
    if (read instanceof Refusal) return read;
    const { description, values } = read;
    if (keep && PASSED_OVER.has(description.type.name)) continue;
    if (values.length === 0) return new Refusal('protocolError', `${description.name}: no value is given`);
    if (given.has(description.name)) {
      return new Refusal('attributeOrValueExists', `${description.name}: is given twice`);
    }
    given.set(description.name, read);
  }
  return [...given.values()];
}

export function readModifications(
  modifications: readonly Modification[],
  descriptions: AttributeDescriptions,
): readonly GivenModification[] | Refusal {
  if (modifications.length === 0) return new Refusal('protocolError', 'no modification is given');
  const given: GivenModification[] = [];
  for (const { operation, attribute, values } of modifications) {
    if (operation === 'add' && values.length === 0) {
      return new Refusal('protocolError', `${attribute}: no value to add is given`);
    }
    if (operation === 'increment' && values.length !== 1) {
      return new Refusal('protocolError', `${attribute}: an increment takes one value`);
    }
    const read = readAttribute({ attribute, values }, descriptions, { goes: operation === 'delete' });
    if (read instanceof Refusal) return read;
    if (operation === 'increment' && read.description.type.syntax.oid !== INTEGER_SYNTAX) {
      return new Refusal('constraintViolation', `${attribute}: is no integer, which alone can be incremented`);
    }
    given.push({ ...read, operation });
  }
  return given;
}

/** `keep`: what the directory itself writes is taken too. `goes`: the values are to be removed. */
function readAttribute(
  { attribute, values }: Attribute,
  descriptions: AttributeDescriptions,
  { keep = false, goes = false }: { readonly keep?: boolean; readonly goes?: boolean },
): GivenAttribute | Refusal {
  const description = descriptions.of(attribute);
  if (description === undefined) {
    return new Refusal('undefinedAttributeType', `${attribute}: the schema has no such attribute, or no such option`);
  }
  const { type, name } = description;
  if (type.noUserModification && !keep) {
    return new Refusal('constraintViolation', `${name}: is kept by the directory and not written by anybody`);
  }
  if (type.obsolete) return new Refusal('constraintViolation', `${name}: is obsolete and not written any more`);
  const form = membershipForm(description);
  const period = form === undefined ? undefined : periodOf(description);
  if (period instanceof Refusal) return period;
  // Values that go need not be fit to stay together: whether they are there is looked at one by one.
  const refusal = goes ? checkSyntax(description, values) : checkValues(description, values);
  if (refusal !== undefined) return refusal;
  const isNames = type.syntax.oid === DN_SYNTAX && form === undefined;
  return { description, values: isNames ? canonicalNames(values, descriptions) : values, form, period };
}

/** Names with their types in the schema's spelling, so that whoever reads them finds the one they know. */
function canonicalNames(values: readonly Uint8Array[], descriptions: AttributeDescriptions): readonly Uint8Array[] {
  return values.map((value) => {
    const dn = parseDistinguishedName(Buffer.from(value).toString('utf8'));
    const canonical = dn && canonicalName(dn, descriptions);
    return canonical === undefined ? value : Buffer.from(formatDistinguishedName(canonical));
  });
}
