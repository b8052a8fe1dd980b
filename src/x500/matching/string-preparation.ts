/**
 * String preparation brings two spellings of one text to the same octets (RFC 4518): transcode, map, normalize,
 * prohibit, handle what is insignificant. Bidirectional characters are ignored, as section 2.5 says.
 *
 * Text of ASCII, which is nearly all there is, takes one pass over its octets and no string is made of it.
 *
 * Characters are taken from the Unicode of the runtime, not from 3.2, which RFC 4518 names: a name in a script that
 * was added since is a name. So "unassigned" is what this Unicode has not assigned.
 */
import { foldCase } from './case-folding.ts';

/** What becomes of blanks; `value` and the three kinds of pieces are those of RFC 4518, 2.6.1. */
export type SpaceHandling = 'value' | 'initial' | 'any' | 'final';

const SPACE = 0x20;

/**
 * The prepared text in UTF-8: it begins and ends with one space, and blanks within are two, so that a piece that ends in
 * a blank is found in it by its octets. Undefined when the octets are no UTF-8 or hold a prohibited character.
 */
export function prepareString(value: Uint8Array, fold: boolean, spaces: SpaceHandling): Uint8Array | undefined {
  let blanks = 0;
  for (let at = 0; at < value.length; at += 1) {
    const octet = value[at]!;
    if (octet >= 0x80) return prepareUnicode(value, fold, spaces);
    if (octet <= SPACE) blanks += 1;
  }
  const prepared = Buffer.allocUnsafe(value.length + blanks + 2);
  let length = 0;
  let pending = spaces === 'value' || spaces === 'initial' ? 1 : 0;
  for (let at = 0; at < value.length; at += 1) {
    let octet = value[at]!;
    if (octet <= SPACE || octet === 0x7f) {
      // Tabulators and line ends are blanks, other control characters nothing (2.2).
      if (octet === SPACE || (octet >= 0x09 && octet <= 0x0d)) pending = length === 0 ? 1 : 2;
      continue;
    }
    if (pending > 0) {
      prepared[length++] = SPACE;
      if (pending === 2) prepared[length++] = SPACE;
      pending = 0;
    }
    if (fold && octet >= 0x41 && octet <= 0x5a) octet |= 0x20;
    prepared[length++] = octet;
  }
  return close(prepared, length, pending, spaces);
}

/** Ends the text with the space that its kind has, and gives text without anything visible its form. */
function close(prepared: Buffer, length: number, pending: number, spaces: SpaceHandling): Uint8Array {
  if (length === 0) {
    prepared[0] = SPACE;
    prepared[1] = SPACE;
    return prepared.subarray(0, spaces === 'value' ? 2 : 1);
  }
  if (pending > 0 || spaces === 'value' || spaces === 'final') prepared[length++] = SPACE;
  return length === prepared.length ? prepared : prepared.subarray(0, length);
}

function prepareUnicode(value: Uint8Array, fold: boolean, spaces: SpaceHandling): Uint8Array | undefined {
  const text = transform(value, fold);
  if (text === undefined) return undefined;
  const trimmed = text.replace(SPACES, '  ').replace(OUTER_SPACES, '');
  if (trimmed === '') return Buffer.from(spaces === 'value' ? '  ' : ' ');
  const opens = spaces === 'value' || spaces === 'initial' || startsWithSpace(text);
  const closes = spaces === 'value' || spaces === 'final' || text.endsWith(' ');
  return Buffer.from(`${opens ? ' ' : ''}${trimmed}${closes ? ' ' : ''}`);
}

/**
 * The steps before insignificant characters are handled (2.1 to 2.5); blanks are U+0020 afterwards. Undefined as for
 * `prepareString`.
 */
function transform(value: Uint8Array, fold: boolean): string | undefined {
  let text: string;
  try {
    text = decoder.decode(value);
  } catch {
    return undefined;
  }
  text = text.replace(TO_NOTHING, '').replace(TO_SPACE, ' ');
  text = fold ? foldCase(text) : text.normalize('NFKC');
  return PROHIBITED.test(text) ? undefined : text;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A class of characters by their code points and ranges of those. */
function anyOf(...ranges: readonly (number | readonly [number, number])[]): RegExp {
  const code = (point: number) => `\\u{${point.toString(16)}}`;
  const parts = ranges.map((range) => (typeof range === 'number' ? code(range) : range.map(code).join('-')));
  return new RegExp(`[${parts.join('')}]`, 'gu');
}

/** Soft hyphens, joiners, variation selectors, object replacement, and all control functions (2.2: mapped to nothing). */
const TO_NOTHING = anyOf(
  [0x0000, 0x0008],
  [0x000e, 0x001f],
  [0x007f, 0x0084],
  [0x0086, 0x009f],
  0x00ad,
  0x034f,
  0x06dd,
  0x070f,
  0x1806,
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2063],
  [0x206a, 0x206f],
  [0xfe00, 0xfe0f],
  0xfeff,
  [0xfff9, 0xfffc],
  [0x1d173, 0x1d17a],
  0xe0001,
  [0xe0020, 0xe007f],
);
/** Tabulators, line ends and separators (2.2: mapped to SPACE). */
const TO_SPACE = anyOf(
  [0x0009, 0x000d],
  0x0085,
  0x00a0,
  0x1680,
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  0x202f,
  0x205f,
  0x3000,
);
/** Unassigned, not a character, private use, a surrogate, the replacement character (2.4). */
const PROHIBITED = /[\p{Cn}\p{Co}\p{Cs}\ufffd]/u;
/** A space is one that no combining mark follows (2.6.1). */
const SPACES = / +(?!\p{M})/gu;
const OUTER_SPACES = /^ +(?!\p{M})| +$/gu;
const LEADING_SPACE = /^ (?!\p{M})/u;

function startsWithSpace(text: string): boolean {
  return LEADING_SPACE.test(text);
}
