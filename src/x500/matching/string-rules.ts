/**
 * The rules over text: caseIgnore, caseExact, their IA5 forms, numericString, telephoneNumber and caseIgnoreList
 * (RFC 4517, 4.2; preparation by RFC 4518).
 */
import type { MatchingRule } from './matching-rule.ts';
import { prepareString } from './string-preparation.ts';

/** How a family of rules (equality, ordering, substrings) makes its normal forms. */
export type NormalForms = Pick<MatchingRule, 'normalize' | 'normalizePiece' | 'plainForm'>;

function directoryString(fold: boolean): NormalForms {
  return {
    // A Directory String is never empty (RFC 4517, 3.3.6), so nothing is equal to one that is.
    normalize: (value) => (value.length === 0 ? undefined : prepareString(value, fold, 'value')),
    normalizePiece: (piece, position) => prepareString(piece, fold, position),
    plainForm: fold ? 'lower' : 'same',
  };
}

export const caseIgnore = directoryString(true);
export const caseExact = directoryString(false);

/** IA5 is ASCII: what is not is not of the syntax. The empty text is (RFC 4517, 3.3.15). */
function ia5(fold: boolean): NormalForms {
  return {
    normalize: (value) => (isAscii(value) ? prepareString(value, fold, 'value') : undefined),
    normalizePiece: (piece, position) => (isAscii(piece) ? prepareString(piece, fold, position) : undefined),
    plainForm: fold ? 'lower' : 'same',
  };
}

export const caseIgnoreIA5 = ia5(true);
export const caseExactIA5 = ia5(false);

/**
 * Text in which some characters do not count at all (RFC 4518, 2.6.2 and 2.6.3). Its syntax has a few characters of ASCII; an
 * assertion with another one is Undefined.
 */
function without(insignificant: string, significant: string): NormalForms {
  /** By octet: what it becomes, 0 for nothing, or -1 when the syntax does not have it. */
  const becomes = new Int16Array(256).fill(-1);
  for (const character of significant) becomes[character.charCodeAt(0)] = character.toLowerCase().charCodeAt(0);
  for (const character of insignificant) becomes[character.charCodeAt(0)] = 0;
  const normalizePiece = (value: Uint8Array) => {
    const form = Buffer.allocUnsafe(value.length);
    let length = 0;
    for (const octet of value) {
      const character = becomes[octet]!;
      if (character < 0) return undefined;
      if (character > 0) form[length++] = character;
    }
    return form.subarray(0, length);
  };
  return { normalize: (value) => (value.length === 0 ? undefined : normalizePiece(value)), normalizePiece };
}

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const numericString = without(' ', DIGITS);
/** Hyphens are insignificant too; of those that RFC 4518 lists a Telephone Number can have the one of ASCII. */
export const telephoneNumber = without(' -', `${DIGITS}${LETTERS}'()+,./:?=`);

/**
 * Lines of a postal address, matched line by line; the separator is an octet that no prepared line has, so no piece
 * reaches over the end of a line (RFC 4517, 4.2.13 and 4.2.14).
 */
export const caseIgnoreList: NormalForms = {
  normalize(value) {
    const lines = value.length === 0 ? undefined : splitLines(value);
    if (lines === undefined) return undefined;
    const prepared: Uint8Array[] = [];
    for (const line of lines) {
      const form = prepareString(line, true, 'value');
      if (form === undefined) return undefined;
      if (prepared.length > 0) prepared.push(LINE_END);
      prepared.push(form);
    }
    return Buffer.concat(prepared);
  },
  normalizePiece: (piece, position) => prepareString(piece, true, position),
};

const LINE_END = Uint8Array.of(0x0a);
const DOLLAR = 0x24;
const BACKSLASH = 0x5c;

/** The lines of `a $ b`, with `\24` and `\5C` undone (RFC 4517, 3.3.28). Undefined when a backslash opens anything else. */
export function splitLines(value: Uint8Array): Uint8Array[] | undefined {
  const lines: Uint8Array[] = [];
  let line = Buffer.allocUnsafe(value.length);
  let length = 0;
  for (let at = 0; at < value.length; at += 1) {
    const octet = value[at]!;
    if (octet === DOLLAR) {
      lines.push(line.subarray(0, length));
      line = line.subarray(length);
      length = 0;
    } else if (octet === BACKSLASH) {
      const escaped = unescaped(value[at + 1], value[at + 2]);
      if (escaped === undefined) return undefined;
      line[length++] = escaped;
      at += 2;
    } else {
      line[length++] = octet;
    }
  }
  lines.push(line.subarray(0, length));
  return lines;
}

function unescaped(first: number | undefined, second: number | undefined): number | undefined {
  if (first === 0x32 && second === 0x34) return DOLLAR;
  if (first === 0x35 && (second === 0x43 || second === 0x63)) return BACKSLASH;
  return undefined;
}

/** Whether octets are of the International Alphabet No. 5, which is ASCII. */
export function isAscii(octets: Uint8Array): boolean {
  for (const octet of octets) if (octet >= 0x80) return false;
  return true;
}
