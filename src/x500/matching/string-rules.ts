/**
 * The rules over text: caseIgnore, caseExact, their IA5 forms, numericString, telephoneNumber and caseIgnoreList
 * (RFC 4517, 4.2; preparation by RFC 4518).
 */
import type { PiecePosition } from './matching-rule.ts';
import { prepareString, transform } from './string-preparation.ts';

/** How a family of rules (equality, ordering, substrings) makes its normal forms. */
export interface NormalForms {
  normalize(value: Uint8Array): Uint8Array | undefined;
  normalizePiece?(piece: Uint8Array, position: PiecePosition): Uint8Array | undefined;
}

function directoryString(fold: boolean): NormalForms {
  return {
    normalize: (value) => prepareString(value, fold, 'value'),
    normalizePiece: (piece, position) => prepareString(piece, fold, position),
  };
}

export const caseIgnore = directoryString(true);
export const caseExact = directoryString(false);

/** IA5 is ASCII: what is not is not of the syntax. */
function ia5(forms: NormalForms): NormalForms {
  return {
    normalize: (value) => (isAscii(value) ? forms.normalize(value) : undefined),
    normalizePiece: (piece, position) => (isAscii(piece) ? forms.normalizePiece?.(piece, position) : undefined),
  };
}

export const caseIgnoreIA5 = ia5(caseIgnore);
export const caseExactIA5 = ia5(caseExact);

/** Text in which some characters do not count at all (RFC 4518, 2.6.2 and 2.6.3). */
function without(insignificant: RegExp, fold: boolean): NormalForms {
  const normalize = (value: Uint8Array) => {
    const text = transform(value, fold);
    return text === undefined ? undefined : Buffer.from(text.replace(insignificant, ''));
  };
  return { normalize, normalizePiece: normalize };
}

export const numericString = without(/ (?!\p{M})/gu, false);
/** Hyphens and blanks: HYPHEN-MINUS, ARMENIAN HYPHEN, HYPHEN, NON-BREAKING HYPHEN, MINUS SIGN and the small and full-width ones. */
export const telephoneNumber = without(/[-\u058a\u2010\u2011\u2212\ufe63\uff0d]| (?!\p{M})/gu, true);

/**
 * Lines of a postal address, matched line by line; the separator is an octet that no prepared line has, so no piece
 * reaches over the end of a line (RFC 4517, 4.2.13 and 4.2.14).
 */
export const caseIgnoreList: NormalForms = {
  normalize(value) {
    const lines = splitLines(value);
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
