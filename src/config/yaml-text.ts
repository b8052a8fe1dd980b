/**
 * Parses one YAML 1.2 text (core schema) into a document with positions, within limits that make bombs cheap to refuse.
 *
 * The limits hold before the expensive part: size and the count of lines and separators are checked on the text, depth while
 * the parser's stack grows; aliases are few, and counted as if written out when the tree is built (yaml-tree.ts). Merge keys (`<<`),
 * custom tags and directives are not YAML 1.2 core: they are refused, and with them the attacks they carry
 * (CVE-2025-64718, CVE-2026-53550, CVE-2026-59870).
 */
import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { type Problem, problemOf } from './problem.ts';

/** Of one file, in octets. */
export const MAX_FILE_OCTETS = 1024 * 1024;
/** Of maps and lists inside one another. */
export const MAX_DEPTH = 64;
/** Of scalars, lists and maps in one file, what aliases repeat included. */
export const MAX_NODES = 100_000;

const MAX_ALIASES = 100;
const CORE_TAG = /^!!(?:str|int|float|bool|null|map|seq)$/;
/** What the lexer emits before the text of a scalar. */
const SCALAR_FOLLOWS = '\u001f';
const MAX_SYNTAX_PROBLEMS = 20;
/**
 * Line ends, separators and escapes. Every node stands after one, so their count bounds the nodes; and each can be one
 * mistake, whose report costs more than the mark.
 */
const MARKS = /[\n,[\]{}&*!%\\]|[:?-](?=\s|$)|["'\]}](?=[:\s])/g;
// YAML 1.2, section 5.1: what is not printable is no YAML. Tab, line feed, carriage return and next line are.
const NOT_PRINTABLE = /[[\p{Cc}\p{Cs}\ufffe\uffff]--[\t\n\r\u0085]]/v;

export interface YamlText {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

export type YamlResult =
  | { readonly kind: 'parsed'; readonly yaml: YamlText }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Decodes and parses `octets`; `file` names them in problems. Never throws for bad input. */
export function parseYamlFile(octets: Uint8Array, file: string): YamlResult {
  if (octets.length > MAX_FILE_OCTETS) {
    return refused(problemOf(file, 'is larger than 1 MiB; a configuration file must not be, split it'));
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets);
  const bad = text.indexOf('\ufffd');
  if (bad >= 0 && !Buffer.from(text).equals(octets)) {
    return refused({
      file,
      ...placeOf(text, bad),
      path: '',
      message: 'is not UTF-8 text here; save the file as UTF-8',
    });
  }
  return parseYaml(text, file);
}

/** Parses `text`; `file` names it in problems. */
export function parseYaml(text: string, file: string): YamlResult {
  const at = NOT_PRINTABLE.exec(text);
  if (at !== null) {
    const code = text.charCodeAt(at.index).toString(16).padStart(4, '0').toUpperCase();
    const message = `holds the control character U+${code}, which YAML does not allow; remove it`;
    return refused({ file, ...placeOf(text, at.index), path: '', message });
  }
  if (hasMoreMarksThan(text, MAX_NODES)) {
    return refused(problemOf(file, `has more than ${MAX_NODES} lines and separators; split the file`));
  }
  return compose(text, file);
}

function compose(text: string, file: string): YamlResult {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: '', message };
  };
  let previous = '';
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const isScalar = previous === SCALAR_FOLLOWS;
    previous = lexeme;
    if (!isScalar && lexeme.startsWith('!') && !CORE_TAG.test(lexeme)) {
      return refused(problemAt(parser.offset, `the tag ${JSON.stringify(lexeme)} is not supported; remove it`));
    }
    if (!isScalar && lexeme.startsWith('*') && ++aliases > MAX_ALIASES) {
      return refused(problemAt(parser.offset, `is one alias more than the ${MAX_ALIASES} allowed; write values out`));
    }
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive') {
        return refused(problemAt(token.offset, 'YAML directives are not supported; remove the line'));
      }
      tokens.push(token);
    }
    // One token a level, and the document, the scalar and its end beside.
    if (parser.stack.length > MAX_DEPTH + 3) {
      return refused(problemAt(parser.offset, `is nested deeper than ${MAX_DEPTH} levels`));
    }
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Compared pair by pair by the library, in quadratic time; yaml-tree.ts does it with a Map.
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) return refused(problemOf(file, 'holds no YAML document'));
  const problems = document.errors
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error) => problemAt(error.pos[0], `is not YAML here: ${lowerFirst(error.message)}`));
  if (second !== undefined) {
    problems.push(problemAt(second.range[0], 'a second document begins here; keep one document a file'));
  }
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'parsed', yaml: { text, document, lines } };
}

function hasMoreMarksThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  MARKS.lastIndex = 0;
  for (let count = 0; MARKS.test(text); count++) {
    if (count >= limit) return true;
  }
  return false;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function refused(problem: Problem): YamlResult {
  return { kind: 'refused', problems: [problem] };
}
