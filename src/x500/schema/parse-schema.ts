/**
 * parseSchema reads sources of definitions and links them into one Schema, or says what is wrong with them, each with its
 * file and line.
 *
 * The order of definitions does not matter. A definition that a later source repeats stays as the first source has
 * it, with a warning when they differ: so a site may name OpenLDAP's files as they are beside the standard schema.
 */
import { type Definition, parseDefinition } from './definition.ts';
import { linkSchema } from './link-schema.ts';
import type { SchemaProblem, SchemaResult, SchemaSource } from './schema.ts';
import { readStatements, type Statement } from './schema-statements.ts';

/** A definition that was taken apart, with where it stands. */
export interface LocatedDefinition {
  readonly kind: 'attributeType' | 'objectClass' | 'syntax';
  readonly source: string;
  readonly line: number;
  readonly definition: Definition;
}

/** Reads and links; see the head of the file. */
export function parseSchema(sources: readonly SchemaSource[]): SchemaResult {
  const problems: SchemaProblem[] = [];
  const statements: Statement[] = [];
  for (const source of sources) {
    const read = statementsOf(source);
    statements.push(...read.statements);
    problems.push(...read.problems);
  }
  const macros = new Map<string, string>();
  const definitions: LocatedDefinition[] = [];
  for (const statement of statements) {
    if (statement.kind === 'objectIdentifier') defineMacro(statement, macros, problems);
  }
  for (const { kind, source, line, text } of statements) {
    if (kind === 'objectIdentifier') continue;
    const parsed = parseDefinition(text);
    if (typeof parsed === 'string') {
      problems.push({ source, line, message: `the definition ${parsed}` });
    } else {
      definitions.push({ kind, source, line, definition: withoutMacros(parsed, macros) });
    }
  }
  return linkSchema(definitions, problems);
}

function statementsOf(source: SchemaSource): { statements: Statement[]; problems: SchemaProblem[] } {
  if ('text' in source) return readStatements(source.name, source.text);
  const listed = (kind: 'attributeType' | 'objectClass', texts: readonly string[] = []) =>
    texts.map((text): Statement => ({ kind, source: source.name, line: 0, text }));
  return {
    statements: [...listed('attributeType', source.attributeTypes), ...listed('objectClass', source.objectClasses)],
    problems: [],
  };
}

/** `objectidentifier lab 1.3.6.1.4.1.99999` and `objectidentifier labAttribute lab:1`. */
function defineMacro(statement: Statement, macros: Map<string, string>, problems: SchemaProblem[]): void {
  const { source, line, text } = statement;
  const match = /^([a-z][a-z0-9-]*)\s+(\S+)\s*$/i.exec(text);
  if (match === null) {
    problems.push({ source, line, message: 'an objectidentifier has a name and an object identifier' });
    return;
  }
  const [, name = '', written = ''] = match;
  const oid = expandMacro(written, macros);
  const before = macros.get(name.toLowerCase()) ?? oid;
  if (before !== oid) problems.push({ source, line, message: `${name} stands for ${before} already` });
  macros.set(name.toLowerCase(), before);
}

/** `lab:1.2` with what `lab` stands for; anything else as it is. */
function expandMacro(oid: string, macros: ReadonlyMap<string, string>): string {
  const colon = oid.indexOf(':');
  const known = macros.get((colon < 0 ? oid : oid.slice(0, colon)).toLowerCase());
  if (known === undefined) return oid;
  return colon < 0 ? known : `${known}.${oid.slice(colon + 1)}`;
}

function withoutMacros(definition: Definition, macros: ReadonlyMap<string, string>): Definition {
  if (macros.size === 0) return definition;
  return {
    oid: expandMacro(definition.oid, macros),
    fields: definition.fields.map((field) =>
      field.keyword === 'SYNTAX' ? { ...field, values: field.values.map((oid) => expandMacro(oid, macros)) } : field,
    ),
  };
}
