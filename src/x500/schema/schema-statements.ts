/**
 * The definitions in a schema file, each with its line: OpenLDAP's `attributetype ( ... )`, the LDIF of its `cn=config`
 * (`olcAttributeTypes: {0}( ... )`), and a subschema as a search prints it (`attributeTypes: ( ... )`).
 */
import type { SchemaProblem } from './schema.ts';

export type StatementKind = 'attributeType' | 'objectClass' | 'syntax' | 'objectIdentifier';

export interface Statement {
  readonly kind: StatementKind;
  readonly source: string;
  readonly line: number;
  /** What stands behind the keyword: a description, or a name and an OID. */
  readonly text: string;
}

const KIND = new Map<string, StatementKind>([
  ['attributetype', 'attributeType'],
  ['attributetypes', 'attributeType'],
  ['olcattributetypes', 'attributeType'],
  ['objectclass', 'objectClass'],
  ['objectclasses', 'objectClass'],
  ['olcobjectclasses', 'objectClass'],
  ['ldapsyntax', 'syntax'],
  ['ldapsyntaxes', 'syntax'],
  ['olcldapsyntaxes', 'syntax'],
  ['objectidentifier', 'objectIdentifier'],
  ['olcobjectidentifier', 'objectIdentifier'],
]);

/** What a subschema or cn=config holds beside definitions that are ours. */
const IGNORED =
  /^(?:dn|cn|changetype|add|matchingrules|matchingruleuse|structuralobjectclass|entry\w+|creat\w+|modif\w+|subschemasubentry)$/;

const LDIF_LINE = /^(?:dn|olc[a-z]+|attributetypes|objectclasses|ldapsyntaxes)::? /im;
const MAX_LENGTH = 8 * 1024 * 1024;

/** Reads a file; lines that are no definition become problems. */
export function readStatements(source: string, text: string): { statements: Statement[]; problems: SchemaProblem[] } {
  const statements: Statement[] = [];
  const problems: SchemaProblem[] = [];
  if (text.length > MAX_LENGTH) {
    problems.push({ source, line: 0, message: `the file is longer than ${MAX_LENGTH / 1024 / 1024} MiB` });
    return { statements, problems };
  }
  const ldif = LDIF_LINE.test(text);
  for (const { line, text: whole } of logicalLines(text, ldif)) {
    const match = /^([a-z][a-z-]*)(::?)?\s*(?:\{\d+\})?\s*(.*)$/is.exec(whole);
    const keyword = match?.[1]?.toLowerCase() ?? '';
    const kind = KIND.get(keyword);
    const value = match?.[2] === '::' ? Buffer.from(match[3]!, 'base64').toString('utf8') : (match?.[3] ?? '');
    if (kind !== undefined && !(ldif && keyword === 'objectclass')) {
      statements.push({ kind, source, line, text: value.replace(/^\{\d+\}/, '') });
    } else if (!ldif || (!IGNORED.test(keyword) && keyword !== 'objectclass')) {
      problems.push({ source, line, message: `is no definition: ${whole.slice(0, 40).trim()}` });
    }
  }
  return { statements, problems };
}

/**
 * Lines with what continues them. In LDIF a line end with one blank is a fold and vanishes (RFC 2849); in OpenLDAP's
 * files a line that begins with a blank, or with the parenthesis that ends the definition, goes on with the one before.
 */
function* logicalLines(text: string, ldif: boolean): Generator<{ readonly line: number; readonly text: string }> {
  let start = 0;
  let whole: string[] = [];
  let skipping = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const continues = ldif ? line.startsWith(' ') : /^[ \t)]/.test(line);
    if (continues && skipping) continue;
    if (continues && whole.length > 0) {
      whole.push(ldif ? line.slice(1) : ` ${line}`);
      continue;
    }
    skipping = ldif && line.startsWith('#');
    if (line.startsWith('#') || line.trim() === '') continue;
    if (whole.length > 0) yield { line: start, text: whole.join('') };
    whole = [line];
    start = index + 1;
  }
  if (whole.length > 0) yield { line: start, text: whole.join('') };
}
