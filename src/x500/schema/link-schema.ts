/**
 * Linking: definitions become types and classes that hold each other.
 */

import type { MatchingRule } from '../matching/matching-rule.ts';
import { isNumericOid } from '../matching/name-rules.ts';
import { standardMatchingRules } from '../matching/standard-rules.ts';
import { standardSyntaxes } from '../syntax/standard-syntaxes.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { attributeRules } from './attribute-rules.ts';
import { DefinitionFields } from './definition-fields.ts';
import { LinkedSchema } from './linked-schema.ts';
import type { LocatedDefinition } from './parse-schema.ts';
import type { AttributeType, ObjectClass, SchemaProblem, SchemaResult } from './schema.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A definition with its names looked at, before it is linked. */
interface Draft {
  readonly fields: DefinitionFields;
  readonly oid: string;
  readonly names: readonly string[];
}

/** Links; problems found before are carried on, and any problem refuses the whole. */
export function linkSchema(
  definitions: readonly LocatedDefinition[],
  problems: readonly SchemaProblem[],
): SchemaResult {
  return new Linker(problems).link(definitions);
}

class Linker {
  readonly #problems: SchemaProblem[];
  readonly #warnings: SchemaProblem[] = [];
  readonly #syntaxes = new Map<string, Syntax>();
  readonly #rules = new Map<string, MatchingRule>();
  readonly #typeDrafts = new Map<string, Draft>();
  readonly #classDrafts = new Map<string, Draft>();
  readonly #attributeTypes: Mutable<AttributeType>[] = [];
  readonly #types = new Map<string, Mutable<AttributeType>>();
  readonly #classes = new Map<string, ObjectClass>();
  /** What is linked, being linked, or has its problem. */
  readonly #begun = new Set<Draft>();
  readonly #schema: LinkedSchema;

  constructor(problems: readonly SchemaProblem[]) {
    this.#problems = [...problems];
    this.#schema = new LinkedSchema();
    for (const syntax of standardSyntaxes(this.#schema)) this.#syntaxes.set(syntax.oid, syntax);
    for (const rule of standardMatchingRules(this.#schema)) {
      for (const key of [rule.oid, ...rule.names]) this.#rules.set(key.toLowerCase(), rule);
    }
  }

  link(definitions: readonly LocatedDefinition[]): SchemaResult {
    for (const located of definitions) this.#draft(located);
    for (const draft of new Set(this.#typeDrafts.values())) this.#linkType(draft, []);
    for (const draft of new Set(this.#classDrafts.values())) this.#linkClass(draft, []);
    if (this.#problems.length > 0) return { kind: 'refused', problems: this.#problems };
    for (const type of this.#attributeTypes) {
      for (let above: AttributeType | undefined = type; above !== undefined; above = above.superior) {
        (above.subtypes as AttributeType[]).push(type);
      }
    }
    this.#schema.fill({
      attributeTypes: this.#attributeTypes,
      objectClasses: [...new Set(this.#classes.values())],
      matchingRules: [...new Set(this.#rules.values())],
      syntaxes: [...this.#syntaxes.values()],
    });
    return { kind: 'parsed', schema: this.#schema, warnings: this.#warnings };
  }

  /** Takes a definition among the drafts, unless its OID or one of its names is taken. */
  #draft(located: LocatedDefinition): void {
    const fields = new DefinitionFields(located, this.#problems, this.#warnings);
    const { oid } = located.definition;
    if (!isNumericOid(oid)) return fields.problem(`${oid} is no object identifier`);
    if (located.kind === 'syntax') return this.#aliasSyntax(fields, oid);
    const names = fields.names();
    const drafts = located.kind === 'attributeType' ? this.#typeDrafts : this.#classDrafts;
    const draft = { fields, oid, names };
    const keys = [oid, ...names.map((name) => name.toLowerCase())];
    const first = drafts.get(oid);
    if (first !== undefined && first.fields.located.source !== located.source && sharesName(first, draft)) {
      if (!first.fields.equals(fields)) {
        fields.warn(`${fields.title} is already defined in ${first.fields.place}; this definition is left out`);
      }
      return;
    }
    for (const key of keys) {
      const taken = drafts.get(key);
      if (taken !== undefined) {
        return fields.problem(
          `${key === oid ? `the object identifier ${oid}` : `the name ${key}`} is taken by ${taken.fields.title} in ${taken.fields.place}`,
        );
      }
    }
    for (const key of keys) drafts.set(key, draft);
  }

  /** `( OID DESC '...' X-SUBST 'OID' )` is OpenLDAP's way to name one syntax by another. */
  #aliasSyntax(fields: DefinitionFields, oid: string): void {
    if (this.#syntaxes.has(oid)) return;
    const target = fields.one('X-SUBST');
    const syntax = target === undefined ? undefined : this.#syntaxes.get(target);
    if (syntax === undefined)
      return fields.problem(`the syntax ${oid} is unknown, and X-SUBST names none that is known`);
    this.#syntaxes.set(oid, { ...syntax, oid, description: fields.one('DESC') ?? syntax.description });
  }

  #linkType(draft: Draft, below: readonly Draft[]): Mutable<AttributeType> | undefined {
    const linked = this.#types.get(draft.oid);
    if (linked !== undefined || !this.#begin(draft, below)) return linked;
    const { fields } = draft;
    fields.only(TYPE_KEYWORDS);
    const superiorName = fields.one('SUP');
    let superior: AttributeType | undefined;
    if (superiorName !== undefined) {
      const above = this.#typeDrafts.get(superiorName.toLowerCase());
      if (above === undefined) fields.problem(`${fields.title} names the unknown superior ${superiorName}`);
      else superior = this.#linkType(above, [...below, draft]);
      if (superior === undefined) return undefined;
    }
    const syntax = this.#syntaxOf(fields, superior);
    const usage = fields.usage();
    if (syntax === undefined || usage === undefined) return undefined;
    const description = fields.one('DESC');
    const type: Mutable<AttributeType> = {
      index: this.#attributeTypes.length,
      oid: draft.oid,
      names: draft.names,
      name: draft.names[0] ?? draft.oid,
      ...(description === undefined ? {} : { description }),
      obsolete: fields.flag('OBSOLETE'),
      ...(superior === undefined ? {} : { superior }),
      subtypes: [],
      ...attributeRules(fields, superior, this.#rules),
      syntax,
      singleValue: fields.flag('SINGLE-VALUE'),
      collective: fields.flag('COLLECTIVE'),
      noUserModification: fields.flag('NO-USER-MODIFICATION'),
      usage,
      operational: usage !== 'userApplications',
      extensions: fields.extensions(),
      origin: fields.origin,
    };
    this.#attributeTypes.push(type);
    this.#checkType(fields, type);
    for (const key of [draft.oid, ...draft.names.map((name) => name.toLowerCase())]) this.#types.set(key, type);
    return type;
  }

  /** What RFC 4512, 2.5 and 4.1.2 say of a type beside its grammar. */
  #checkType(fields: DefinitionFields, type: AttributeType): void {
    if (type.collective && type.operational) fields.problem(`${fields.title} is COLLECTIVE and operational`);
    if (type.collective && type.singleValue) fields.problem(`${fields.title} is COLLECTIVE and SINGLE-VALUE`);
    if (type.noUserModification && !type.operational) {
      fields.problem(`${fields.title} is NO-USER-MODIFICATION and not operational`);
    }
    if (type.superior !== undefined && type.superior.usage !== type.usage) {
      fields.problem(`${fields.title} has another USAGE than its superior ${type.superior.name}`);
    }
  }

  #syntaxOf(fields: DefinitionFields, superior: AttributeType | undefined): Syntax | undefined {
    const named = fields.syntax();
    if (named === undefined) {
      if (superior === undefined) fields.problem(`${fields.title} has neither SYNTAX nor SUP`);
      return superior?.syntax;
    }
    const syntax = this.#syntaxes.get(named);
    if (syntax === undefined) fields.problem(`${fields.title} names the unknown syntax ${named}`);
    return syntax;
  }

  #linkClass(draft: Draft, below: readonly Draft[]): ObjectClass | undefined {
    const linked = this.#classes.get(draft.oid);
    if (linked !== undefined || !this.#begin(draft, below)) return linked;
    const { fields } = draft;
    fields.only(CLASS_KEYWORDS);
    const kind = fields.classKind();
    const superiors: ObjectClass[] = [];
    for (const name of fields.list('SUP')) {
      const above = this.#classDrafts.get(name.toLowerCase());
      if (above === undefined) fields.problem(`${fields.title} names the unknown superior ${name}`);
      const superior = above === undefined ? undefined : this.#linkClass(above, [...below, draft]);
      if (superior === undefined) return undefined;
      superiors.push(superior);
    }
    const must = this.#typesOf(fields, 'MUST');
    const may = this.#typesOf(fields, 'MAY');
    const extensions = fields.extensions();
    if (kind === undefined || must === undefined || may === undefined) return undefined;
    for (const superior of superiors) {
      if (superior.kind !== 'abstract' && superior.kind !== kind) {
        fields.problem(`${fields.title} is ${kind} and its superior ${superior.name} is ${superior.kind}`);
      }
    }
    const allMust = new Set([...superiors.flatMap((superior) => [...superior.allMust]), ...must]);
    const allMay = new Set([...superiors.flatMap((superior) => [...superior.allMay]), ...may]);
    for (const type of allMust) allMay.delete(type);
    const lineage = new Set<ObjectClass>();
    const description = fields.one('DESC');
    const objectClass: ObjectClass = {
      oid: draft.oid,
      names: draft.names,
      name: draft.names[0] ?? draft.oid,
      ...(description === undefined ? {} : { description }),
      obsolete: fields.flag('OBSOLETE'),
      kind,
      standsAlone: extensions.get('X-STANDS-ALONE')?.[0] === 'TRUE',
      superiors,
      must,
      may,
      allMust,
      allMay,
      lineage,
      extensions,
      origin: fields.origin,
    };
    lineage.add(objectClass);
    for (const superior of superiors) for (const above of superior.lineage) lineage.add(above);
    for (const key of [draft.oid, ...draft.names.map((name) => name.toLowerCase())])
      this.#classes.set(key, objectClass);
    return objectClass;
  }

  /** Whether a definition is to be linked now: it was not before, and those that led to it neither go in a circle nor too far. */
  #begin(draft: Draft, below: readonly Draft[]): boolean {
    const { fields } = draft;
    if (below.includes(draft)) {
      fields.problem(`${fields.title} is above itself: ${cycle(below, draft)}`);
      return false;
    }
    if (this.#begun.has(draft)) return false;
    this.#begun.add(draft);
    if (below.length < MAX_LINEAGE) return true;
    fields.problem(`${fields.title} has more than ${MAX_LINEAGE} below it`);
    return false;
  }

  #typesOf(fields: DefinitionFields, keyword: 'MUST' | 'MAY'): AttributeType[] | undefined {
    const types: AttributeType[] = [];
    let complete = true;
    for (const name of fields.list(keyword)) {
      const type = this.#types.get(name.toLowerCase());
      if (type !== undefined) types.push(type);
      else complete = false;
      if (type === undefined && !this.#typeDrafts.has(name.toLowerCase())) {
        fields.problem(`${fields.title} names the unknown attribute ${name} in ${keyword}`);
      }
    }
    return complete ? types : undefined;
  }
}

/** So many types or classes may be above each other. */
const MAX_LINEAGE = 64;

const DEFINITION_KEYWORDS = ['NAME', 'DESC', 'OBSOLETE', 'SUP'];
const TYPE_KEYWORDS = new Set([
  ...DEFINITION_KEYWORDS,
  'EQUALITY',
  'ORDERING',
  'SUBSTR',
  'SYNTAX',
  'SINGLE-VALUE',
  'COLLECTIVE',
  'NO-USER-MODIFICATION',
  'USAGE',
]);
const CLASS_KEYWORDS = new Set([...DEFINITION_KEYWORDS, 'ABSTRACT', 'STRUCTURAL', 'AUXILIARY', 'MUST', 'MAY']);

function sharesName(first: Draft, second: Draft): boolean {
  const names = new Set(first.names.map((name) => name.toLowerCase()));
  return first.names.length + second.names.length === 0 || second.names.some((name) => names.has(name.toLowerCase()));
}

function cycle(below: readonly Draft[], draft: Draft): string {
  return [...below.slice(below.indexOf(draft)), draft].map(({ names, oid }) => names[0] ?? oid).join(' under ');
}
