/**
 * What is allowed in a schema and still a mistake nearly always: said as warnings, so that a site learns of it before its
 * users do.
 */
import type { MatchingRule } from '../matching/matching-rule.ts';
import type { AttributeType, ObjectClass, Schema, SchemaProblem } from './schema.ts';

/** Warnings about the definitions of the named sources, in the order of the definitions. */
export function lintSchema(schema: Schema, sources: ReadonlySet<string>): SchemaProblem[] {
  const used = new Set(schema.objectClasses.flatMap(({ must, may }) => [...must, ...may]));
  return [
    ...schema.attributeTypes.flatMap((type) =>
      at(type, sources, [...typeFaults(type, schema), ...useFaults(type, used)]),
    ),
    ...schema.objectClasses.flatMap((each) => at(each, sources, [...classFaults(each)])),
  ];
}

function at(
  { origin, name }: AttributeType | ObjectClass,
  sources: ReadonlySet<string>,
  faults: readonly string[],
): SchemaProblem[] {
  return sources.has(origin.source) ? faults.map((fault) => ({ ...origin, message: `${name} ${fault}` })) : [];
}

function* typeFaults(type: AttributeType, schema: Schema): Generator<string> {
  if (type.equality === undefined && !type.syntax.binary) {
    yield 'has no EQUALITY: no search finds a value of it, and none can be deleted alone';
  } else if (type.equality !== undefined && !suits(type.equality, type, schema)) {
    yield `has ${type.equality.name}, which does not compare values of the syntax ${type.syntax.description}`;
  }
}

function* useFaults(type: AttributeType, used: ReadonlySet<AttributeType>): Generator<string> {
  if (!type.operational && !type.collective && !type.subtypes.some((subtype) => used.has(subtype))) {
    yield 'is in no object class: only entries of extensibleObject can have it';
  }
}

function* classFaults(objectClass: ObjectClass): Generator<string> {
  const { kind, superiors, must, may, allMust } = objectClass;
  if (kind === 'structural' && ![...objectClass.lineage].some(({ oid }) => oid === TOP)) {
    yield 'has no superior; structural classes are below top (RFC 4512, 2.4.2)';
  }
  for (const type of [...must, ...may]) {
    if (type.noUserModification) yield `names ${type.name}, which nobody can give an entry`;
  }
  for (const type of may) {
    if (must.includes(type)) yield `names ${type.name} in MUST and in MAY`;
    else if (allMust.has(type)) yield `names ${type.name} in MAY, which a superior has in MUST`;
  }
  for (const superior of superiors) if (superior.obsolete) yield `is below ${superior.name}, which is obsolete`;
}

const TOP = '2.5.6.0';
const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1';

/** Syntaxes whose values are text, which the rules over text compare. */
const TEXT = new Set([11, 15, 26, 36, 38, 41, 44, 50].map((number) => `${RFC_4517}.${number}`));

/** Whether values of a type have normal forms by a rule. */
function suits(rule: MatchingRule, { syntax }: AttributeType, schema: Schema): boolean {
  const { assertionSyntax: asserted, name } = rule;
  if (rule.normalizeAssertion !== undefined || /^octetString|certificate/i.test(name)) return true;
  // A syntax that stands for another (X-SUBST) checks as that one.
  return (TEXT.has(asserted) && TEXT.has(syntax.oid)) || schema.syntax(asserted)?.fault === syntax.fault;
}
