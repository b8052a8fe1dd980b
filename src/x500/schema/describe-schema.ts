/**
 * Types, classes, rules and syntaxes as descriptions in the text form of RFC 4512, 4.1, which `parseSchema` reads back:
 * the values of the subschema subentry.
 */
import type { MatchingRule } from '../matching/matching-rule.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { quote } from './definition.ts';
import type { AttributeType, ObjectClass, Schema, SubschemaDescriptions } from './schema.ts';

export function describeSchema(schema: Schema): SubschemaDescriptions {
  const uses = schema.matchingRules.map((rule) => describeUse(rule, schema.attributeTypes));
  return {
    attributeTypes: schema.attributeTypes.map(describeAttributeType),
    objectClasses: schema.objectClasses.map(describeObjectClass),
    matchingRules: schema.matchingRules.map(describeMatchingRule),
    matchingRuleUse: uses.filter((use) => use !== undefined),
    ldapSyntaxes: schema.syntaxes.map(describeSyntax),
  };
}

/** What is inherited is left out, as in the definition. */
export function describeAttributeType(type: AttributeType): string {
  const above = type.superior;
  return description(type.oid, [
    ...naming(type),
    field('SUP', above?.name),
    type.equality === above?.equality ? '' : field('EQUALITY', type.equality?.name),
    type.ordering === above?.ordering ? '' : field('ORDERING', type.ordering?.name),
    type.substrings === above?.substrings ? '' : field('SUBSTR', type.substrings?.name),
    type.syntax === above?.syntax ? '' : field('SYNTAX', type.syntax.oid),
    type.singleValue ? 'SINGLE-VALUE' : '',
    type.collective ? 'COLLECTIVE' : '',
    type.noUserModification ? 'NO-USER-MODIFICATION' : '',
    type.operational ? `USAGE ${type.usage}` : '',
    ...extensions(type.extensions),
  ]);
}

export function describeObjectClass(objectClass: ObjectClass): string {
  return description(objectClass.oid, [
    ...naming(objectClass),
    list('SUP', objectClass.superiors),
    objectClass.kind.toUpperCase(),
    list('MUST', objectClass.must),
    list('MAY', objectClass.may),
    ...extensions(objectClass.extensions),
  ]);
}

function describeMatchingRule(rule: MatchingRule): string {
  return description(rule.oid, [`NAME ${quotedList(rule.names)}`, `SYNTAX ${rule.assertionSyntax}`]);
}

/** Which types a rule may be asked of: those that name it, and those whose values have the syntax it compares. */
function describeUse(rule: MatchingRule, types: readonly AttributeType[]): string | undefined {
  const applies = types.filter(
    (type) =>
      type.equality === rule ||
      type.ordering === rule ||
      type.substrings === rule ||
      (rule.use !== 'substrings' && type.syntax.oid === rule.assertionSyntax),
  );
  return applies.length === 0
    ? undefined
    : description(rule.oid, [`NAME ${quotedList(rule.names)}`, list('APPLIES', applies)]);
}

function describeSyntax(syntax: Syntax): string {
  return description(syntax.oid, [
    `DESC ${quote(syntax.description)}`,
    syntax.binary ? "X-NOT-HUMAN-READABLE 'TRUE'" : '',
  ]);
}

function description(oid: string, fields: readonly string[]): string {
  return `( ${[oid, ...fields.filter((text) => text !== ''), ')'].join(' ')}`;
}

function naming({ names, description: text, obsolete }: AttributeType | ObjectClass): string[] {
  return [
    names.length === 0 ? '' : `NAME ${quotedList(names)}`,
    text === undefined ? '' : `DESC ${quote(text)}`,
    obsolete ? 'OBSOLETE' : '',
  ];
}

function field(keyword: string, value: string | undefined): string {
  return value === undefined ? '' : `${keyword} ${value}`;
}

function list(keyword: string, named: readonly { readonly name: string }[]): string {
  if (named.length === 0) return '';
  const names = named.map(({ name }) => name);
  return names.length === 1 ? `${keyword} ${names[0]}` : `${keyword} ( ${names.join(' $ ')} )`;
}

function quotedList(texts: readonly string[]): string {
  const quoted = texts.map(quote);
  return quoted.length === 1 ? quoted[0]! : `( ${quoted.join(' ')} )`;
}

function extensions(map: ReadonlyMap<string, readonly string[]>): string[] {
  return [...map].map(([keyword, values]) => `${keyword} ${quotedList(values)}`);
}
