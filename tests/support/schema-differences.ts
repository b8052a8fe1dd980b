/** Where Realmgate and slapd 2.5 answer differently about a value, and the clause of a standard that decides. */
import type { AttributeType } from '../../src/x500/index.ts';

export interface Question {
  readonly kind: 'syntax' | 'equality' | 'negation' | 'ordering' | 'substrings' | 'rule';
  readonly type: AttributeType;
  readonly value: Buffer;
  /** The filter, and what it asserts; not there when the question is whether the value is accepted. */
  readonly asked?: string;
  readonly assertion?: Buffer;
  readonly ours: boolean;
  readonly theirs: boolean;
}

export interface Difference {
  readonly clause: string;
  explains(question: Question): boolean;
}

const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1';

function ofSyntax(question: Question, ...numbers: readonly number[]): boolean {
  return numbers.some((number) => question.type.syntax.oid === `${RFC_4517}.${number}`);
}

/** Whether the value or what is asserted has something in it. */
function has(question: Question, pattern: RegExp): boolean {
  return [question.value, question.assertion].some((octets) => octets !== undefined && pattern.test(octets.toString()));
}

const SURROGATE = Buffer.from('eda080', 'hex');

/** Tried in order; the first that explains a difference counts it. */
export const DIFFERENCES: readonly Difference[] = [
  {
    clause: 'RFC 3629, 3: an encoded surrogate is no UTF-8; slapd takes it',
    explains: ({ value, assertion, ours }) =>
      !ours && (value.equals(SURROGATE) || assertion?.equals(SURROGATE) === true),
  },
  {
    clause: 'RFC 4514, 3: no ; and no quotes in a name; slapd reads those of RFC 1779',
    explains: (question) => ofSyntax(question, 12, 34) && !question.ours && has(question, /[;"]/),
  },
  {
    clause: 'RFC 4514, 2.4: a value may be written as #hex; slapd refuses it for text',
    explains: (question) => ofSyntax(question, 12, 34) && question.ours && has(question, /=#/),
  },
  {
    clause: 'RFC 4514, 3: blanks alone are read as the empty name, as blanks around any name are; slapd refuses them',
    explains: (question) => ofSyntax(question, 12, 34) && question.ours && has(question, /^ +$/),
  },
  {
    clause:
      'RFC 4517, 3.3.2, 3.3.10, 3.3.14, 3.3.32 and RFC 2252, 4.3.1: syntaxes that slapd knows by name only and refuses every value of',
    explains: (question) =>
      question.kind === 'syntax' && question.ours && ofSyntax(question, 13, 19, 21, 23, 25, 42, 43, 51),
  },
  {
    clause: 'RFC 4517, 3.3.11, 3.3.27, 3.3.28, 3.3.33 and RFC 2307, 2.4: forms of values that slapd does not look at',
    explains: ({ kind, type, ours }) =>
      !ours &&
      kind === 'syntax' &&
      [`${RFC_4517}.22`, `${RFC_4517}.39`, `${RFC_4517}.41`, `${RFC_4517}.52`, '1.3.6.1.1.1.0.1'].includes(
        type.syntax.oid,
      ),
  },
  {
    clause: 'RFC 4518, 2.2: control characters and separators are spaces or nothing; slapd compares them',
    explains: (question) =>
      question.kind !== 'syntax' && has(question, /[\p{Cc}\p{Cf}\p{Z}]/u) && has(question, /(?! )[\p{Cc}\p{Cf}\p{Z}]/u),
  },
  {
    clause: 'RFC 4517, 3.3.15 and RFC 4518, 2.6.1: the empty IA5 String is what blanks alone are; slapd never finds it',
    explains: (question) => ofSyntax(question, 26) && question.ours && question.value.length === 0,
  },
  {
    clause: 'RFC 4517, 3.3.28: an empty postal address is none; slapd takes it',
    explains: (question) => ofSyntax(question, 41) && !question.ours && has(question, /^$/),
  },
  {
    clause: 'RFC 4517, 4.2.29: letters in a telephone number in either case; slapd compares them',
    explains: (question) => ofSyntax(question, 50) && has(question, /[a-z]/i),
  },
  {
    clause: 'RFC 4518, 2.6.2 and 2.6.3: blanks and hyphens count nowhere in a number, not even alone in a piece',
    explains: (question) =>
      question.kind === 'substrings' && ofSyntax(question, 36, 50) && question.ours && has(question, /[ -]|‐/),
  },
  {
    clause: 'RFC 4517, 4.2.14: no piece of a postal address reaches over the end of a line, and \\24 is a $ in it',
    explains: (question) => question.kind === 'substrings' && ofSyntax(question, 41) && has(question, /[$\\]/),
  },
  {
    clause: 'RFC 4518, 2.6.1: a blank at the edge of a piece is found at the edge of a value, and blanks alone are one',
    explains: ({ kind, assertion }) => kind === 'substrings' && assertion?.includes(' ') === true,
  },
  {
    clause:
      'RFC 4518, 2.2 and 2.3, RFC 3454, B.2: full case folding before and after form KC; slapd folds single letters',
    explains: (question) => question.kind !== 'syntax' && has(question, /[^\0-\x7f]/) && ofSyntax(question, 15, 41),
  },
  {
    clause:
      'RFC 4517, 3.3.26 and 4.2.26: an object identifier may be written as its name, and has a dot; slapd takes digits',
    explains: (question) => ofSyntax(question, 38),
  },
];
