/**
 * Which octets are values of the syntaxes that are text (RFC 4517, 3.3; RFC 2307, 2.4).
 */
import { isUtf8 } from 'node:buffer';
import { parseDistinguishedName } from '../distinguished-name.ts';
import { textOf } from '../matching/name-rules.ts';
import { isAscii, splitLines } from '../matching/string-rules.ts';

/** A pattern over octets: no syntax that is checked by one has more than ASCII, so a character is an octet. */
function matching(pattern: RegExp): (value: Uint8Array) => boolean {
  return (value) => pattern.test(Buffer.from(value).toString('latin1'));
}

/** PrintableCharacter of RFC 4517, 3.2. */
const PRINTABLE = "[a-zA-Z0-9'()+,\\-./:? =]";

export function isDirectoryString(value: Uint8Array): boolean {
  return value.length > 0 && (isAscii(value) || isUtf8(value));
}

export const isIa5String = isAscii;
export const isPrintableString = matching(new RegExp(`^${PRINTABLE}+$`));
export const isTelephoneNumber = isPrintableString;
export const isNumericString = matching(/^[0-9 ]+$/);
export const isCountry = matching(new RegExp(`^${PRINTABLE}{2}$`));

const METHOD = '(?:any|mhs|physical|telex|teletex|g3fax|g4fax|ia5|videotex|telephone)';
export const isDeliveryMethod = matching(new RegExp(`^${METHOD}(?: *\\$ *${METHOD})*$`, 'i'));

const FAX_PARAMETER = '(?:twoDimensional|fineResolution|unlimitedLength|b4Length|a3Width|b4Width|uncompressed)';
export const isFacsimileNumber = matching(new RegExp(`^${PRINTABLE}+(?:\\$${FAX_PARAMETER})*$`, 'i'));

export const isTelexNumber = matching(new RegExp(`^${PRINTABLE}+\\$${PRINTABLE}+\\$${PRINTABLE}+$`));
export const isTeletexTerminal = matching(
  new RegExp(`^${PRINTABLE}+(?:\\$(?:graphic|control|misc|page|private):(?:[^$\\\\]|\\\\24|\\\\5[Cc])*)*$`, 's'),
);
export const isOtherMailbox = matching(new RegExp(`^${PRINTABLE}+\\$[\\x00-\\x7f]*$`));

const UTC_TIME =
  /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?:Z|[+-](?:[01]\d|2[0-3])[0-5]\d)?$/;
export const isUtcTime = matching(UTC_TIME);

/** Lines may be empty; the whole may not (RFC 4517, 3.3.28). */
export function isPostalAddress(value: Uint8Array): boolean {
  return isDirectoryString(value) && splitLines(value) !== undefined;
}

export function isRelativeName(value: Uint8Array): boolean {
  return parseDistinguishedName(textOf(value) ?? '')?.rdns.length === 1;
}

const HOST = '[a-zA-Z0-9.-]*';
export const isNetgroupTriple = matching(new RegExp(`^\\(${HOST},${HOST},${HOST}\\)$`));
export const isBootParameter = matching(/^[a-zA-Z0-9.-]+=[a-zA-Z0-9.-]+:[\x21-\x7e]+$/);

export const isBraced = matching(/^\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}$/s);
