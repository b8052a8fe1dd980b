/**
 * Generalized Time: an instant as text, and the normal form by which instants are compared (RFC 4517, 3.3.13, 4.2.16
 * and 4.2.17).
 */
import type { NormalForms } from './string-rules.ts';

/** `YYYYMMDDHH[MM[SS]][(.|,)fraction](Z|(+|-)HH[MM])`; the fraction is one of the last unit that is there. */
const GENERALIZED_TIME =
  /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])(?:([0-5]\d)([0-5]\d|60)?)?(?:[.,](\d+))?(?:Z|([+-])([01]\d|2[0-3])([0-5]\d)?)$/;
/** Digits of a fraction that count; a nanosecond of a second, and more than that of an hour. */
const MAX_FRACTION = 40;
const MAX_LENGTH = 80;

/**
 * The instant in UTC as `YYYYMMDDHHMMSS` and, where there is one, a fraction without trailing zeros: text whose order is
 * that of time. A leap second stays one when the offset is none of seconds, which it never is. Undefined when the text is no time, or its
 * year in UTC is none of four digits.
 */
export function normalizeGeneralizedTime(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = GENERALIZED_TIME.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute,
    second,
    fraction = '',
    sign,
    offsetHours,
    offsetMinutes,
  ] = match;
  if (fraction.length > MAX_FRACTION || Number(day) > daysOf(Number(year), Number(month))) return undefined;
  // A fraction of an hour or a minute becomes minutes and seconds with a fraction; exact, so in integers.
  const scale = 10n ** BigInt(fraction.length);
  const unit = minute === undefined ? 3600n : second === undefined ? 60n : 1n;
  const part = BigInt(fraction === '' ? '0' : fraction) * unit;
  const rest = (part % scale).toString().padStart(fraction.length, '0').replace(/0+$/, '');
  const leap = second === '60';
  const offset =
    sign === undefined ? 0 : (sign === '+' ? 1 : -1) * (Number(offsetHours) * 60 + Number(offsetMinutes ?? 0));
  const instant = new Date(0);
  instant.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  instant.setUTCHours(
    Number(hour),
    Number(minute ?? 0) - offset,
    (leap ? 59 : Number(second ?? 0)) + Number(part / scale),
  );
  const utc = instant.toISOString();
  if (utc.length !== 24) return undefined;
  const seconds = leap ? '60' : utc.slice(17, 19);
  return `${utc.slice(0, 16).replace(/[-T:]/g, '')}${seconds}${rest === '' ? '' : `.${rest}`}`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export const generalizedTime: NormalForms = {
  normalize(value) {
    if (isPlainTime(value)) return value.subarray(0, 14);
    const text = normalizeGeneralizedTime(Buffer.from(value).toString('latin1'));
    return text === undefined ? undefined : Buffer.from(text, 'latin1');
  },
};

const Z = 0x5a;

/** `YYYYMMDDHHMMSSZ` without anything special about it, which nearly every time is: its digits are its normal form. */
function isPlainTime(value: Uint8Array): boolean {
  if (value.length !== 15 || value[14] !== Z) return false;
  for (let at = 0; at < 14; at += 1) if (value[at]! < 0x30 || value[at]! > 0x39) return false;
  const two = (at: number) => (value[at]! - 0x30) * 10 + value[at + 1]! - 0x30;
  const [month, day] = [two(4), two(6)];
  return month >= 1 && month <= 12 && day >= 1 && day <= 28 && two(8) <= 23 && two(10) <= 59 && two(12) <= 59;
}
