/**
 * The rules over integers, booleans, bit strings and octets (RFC 4517, 4.2), and the two that look at the bits of an
 * integer as Active Directory does.
 */
import type { NormalForms } from './string-rules.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** Of digits; what is longer has no normal form. */
const MAX_DIGITS = 0x3fff;
const SIGN_BIT = 0x4000;

/**
 * An integer as octets whose order is the integers' own: how many digits there are, then the digits; for a negative one
 * both turned around. No number is made of it, so none is too large.
 */
export const integer: NormalForms = {
  normalize(value) {
    const negative = value[0] === MINUS;
    const start = negative ? 1 : 0;
    const digits = value.length - start;
    if (!isInteger(value) || digits > MAX_DIGITS) return undefined;
    const form = Buffer.allocUnsafe(digits + 2);
    form.writeUInt16BE(negative ? SIGN_BIT - digits : SIGN_BIT + digits);
    for (let at = 0; at < digits; at += 1) {
      const digit = value[start + at]!;
      form[at + 2] = negative ? ZERO + NINE - digit : digit;
    }
    return form;
  },
};

/** `0`, or digits that begin with none, after a minus sign or not (RFC 4517, 3.3.16). */
export function isInteger(value: Uint8Array): boolean {
  const start = value[0] === MINUS ? 1 : 0;
  if (value.length === start) return false;
  if (value[start] === ZERO && (start === 1 || value.length > 1)) return false;
  for (let at = start; at < value.length; at += 1) {
    const octet = value[at]!;
    if (octet < ZERO || octet > NINE) return false;
  }
  return true;
}

const TRUE = Buffer.from('TRUE');
const FALSE = Buffer.from('FALSE');

export const boolean: NormalForms = {
  normalize: (value) => (TRUE.equals(value) ? TRUE : FALSE.equals(value) ? FALSE : undefined),
};

/** `'0101'B`, compared bit by bit: no attribute of ours has a named bit list, whose trailing zeros would not count. */
export const bitString: NormalForms = {
  normalize: (value) => (isBitString(value) ? value : undefined),
};

export function isBitString(value: Uint8Array): boolean {
  const end = value.length - 2;
  if (end < 1 || value[0] !== 0x27 || value[end] !== 0x27 || value[end + 1] !== 0x42) return false;
  for (let at = 1; at < end; at += 1) if (value[at] !== ZERO && value[at] !== ZERO + 1) return false;
  return true;
}

/** Octets are what they are; their order is that of the octets, a beginning before the whole (RFC 4517, 4.2.28). */
export const octetString: NormalForms = {
  normalize: (value) => value,
  normalizePiece: (piece) => piece,
};

/** An integer as its bits in two's complement; only those of 64 bits have some. */
function bits(value: Uint8Array): bigint | undefined {
  if (value.length > MAX_BITS_LENGTH || !isInteger(value)) return undefined;
  const number = BigInt(Buffer.from(value).toString('latin1'));
  return BigInt.asIntN(64, number) === number ? BigInt.asUintN(64, number) : undefined;
}

/** `-9223372036854775808` */
const MAX_BITS_LENGTH = 20;

/** Every bit of the assertion is set in the value (1.2.840.113556.1.4.803). */
export function hasAllBits(value: Uint8Array, assertion: Uint8Array): boolean | undefined {
  const [held, asked] = [bits(value), bits(assertion)];
  return held === undefined || asked === undefined ? undefined : (held & asked) === asked;
}

/** Some bit of the assertion is set in the value (1.2.840.113556.1.4.804). */
export function hasSomeBit(value: Uint8Array, assertion: Uint8Array): boolean | undefined {
  const [held, asked] = [bits(value), bits(assertion)];
  return held === undefined || asked === undefined ? undefined : (held & asked) !== 0n;
}
