/**
 * DistinguishedName is the name of a directory entry or of a certificate's subject: a sequence of relative
 * distinguished names, each a set of attribute types with values (RFC 4514; X.501, 9).
 *
 * Text is read once, here, into values; nothing else in the house looks for commas in a name. Read are the
 * forms of RFC 4514 and blanks around `,` `+` `=`, which people write; quotes and semicolons of RFC 1779 are refused.
 * Two names are the same when their keys are: the key folds what the directory's caseIgnoreMatch ignores (RFC 4518).
 */

/** At most so many octets of text are read as one name. */
const MAX_OCTETS = 8192;
const MAX_RDNS = 64;

export interface AttributeTypeAndValue {
  /** A short name (`cn`) or a dotted object identifier, as it was written. */
  readonly type: string;
  /** A string, or the BER octets of a value that was written as `#hex`. */
  readonly value: string | Uint8Array;
}

/** A set of attribute types with values, never empty, no type twice. */
export type RelativeDistinguishedName = readonly AttributeTypeAndValue[];

export interface DistinguishedName {
  /** The entry's own name first, the root's child last; empty for the root. */
  readonly rdns: readonly RelativeDistinguishedName[];
}

/** Reads a name; undefined when the text is not one, has more than 8 KiB or more than 64 parts. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  if (text.length <= MAX_OCTETS && SIMPLE_NAME.test(text)) return simpleName(text);
  if (text.length > MAX_OCTETS || !text.isWellFormed() || Buffer.byteLength(text) > MAX_OCTETS) return undefined;
  const reader = new NameReader(text);
  reader.take(BLANKS_HERE);
  if (reader.atEnd()) return { rdns: [] };
  const rdns: RelativeDistinguishedName[] = [];
  do {
    const rdn = readRdn(reader);
    if (rdn === undefined || rdns.push(rdn) > MAX_RDNS) return undefined;
  } while (reader.take(COMMA));
  return reader.atEnd() ? { rdns } : undefined;
}

/** The text of a name by RFC 4514; what `parseDistinguishedName` reads back as the same name. */
export function formatDistinguishedName(dn: DistinguishedName): string {
  return dn.rdns
    .map((rdn) =>
      rdn
        .map(({ type, value }) => `${type}=${typeof value === 'string' ? escapeDnValue(value) : hexForm(value)}`)
        .join('+'),
    )
    .join(',');
}

/** A text that is equal for two names exactly when they name the same entry. Not meant to be shown. */
export function distinguishedNameKey(dn: DistinguishedName): string {
  return dn.rdns
    .map((rdn) =>
      rdn
        .map(({ type, value }) => `${attributeTypeKey(type)}=${valueKey(value)}`)
        .sort()
        .join('+'),
    )
    .join(',');
}

/** Writes a value so that it stays one value wherever it is put into the text of a name (RFC 4514, 2.4). */
export function escapeDnValue(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return text;
  return text
    .replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')
    .replace(CONTROL, (character) => Buffer.from(character, 'utf8').toString('hex').replace(/../g, '\\$&'));
}

/**
 * What two strings have in common when a directory's caseIgnoreMatch calls them equal: NFKC, lower case, blanks
 * collapsed and trimmed, characters that nobody can see dropped (RFC 4518). Preparing twice changes nothing.
 *
 * Two departures, both towards "different": control characters stay, so that a certificate for `alice\00` is
 * not alice's, and `ß` is not `ss`.
 */
export function prepareCaseIgnore(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replace(BLANKS, ' ')
    .trim();
}

/**
 * Nearly every name: short types, values of visible ASCII with single inner blanks, and nothing to escape. It is read
 * by looking for the signs between its parts.
 */
const SIMPLE_NAME = /^(?:[A-Za-z][A-Za-z0-9-]*=[!$-*\-./0-:=?-[\]-~]+(?: [!$-*\-./0-:=?-[\]-~]+)*(?:,(?!$)|$))+$/;
/** Visible ASCII with single inner blanks: nothing to prepare but the case. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const BLANKS = /[\s\p{Z}\u0085]+/gu;
const CONTROL = /\p{Cc}/gu;
const NEEDS_ESCAPE = /["+,;<>\\\p{Cc}]|^[ #]| $/u;

// What may stand at a position; sticky, so that every octet of a name is looked at once.
const TYPE = / *([a-z][a-z0-9-]*|(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+) *= */iy;
const HEX_VALUE = /#((?:[0-9a-f]{2})+) */iy;
const PLAIN_RUN = /[^\\,+";<>\0]+/y;
const ESCAPED_CHARACTER = /\\([ "#+,;<=>\\])/y;
const ESCAPED_OCTETS = /(?:\\[0-9a-f]{2})+/iy;
const BLANKS_HERE = / */y;
const COMMA = /,/y;
const PLUS = /\+/y;

/** A position in the text of a name. */
class NameReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** Steps over what a sticky pattern matches here: its first group, or the whole match. Undefined when it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match[1] ?? match[0];
  }
}

function simpleName(text: string): DistinguishedName | undefined {
  const rdns: RelativeDistinguishedName[] = [];
  for (let at = 0; ; ) {
    const equals = text.indexOf('=', at);
    const comma = text.indexOf(',', equals);
    const value = comma < 0 ? text.slice(equals + 1) : text.slice(equals + 1, comma);
    if (rdns.push([{ type: text.slice(at, equals), value }]) > MAX_RDNS) return undefined;
    if (comma < 0) return { rdns };
    at = comma + 1;
  }
}

function readRdn(reader: NameReader): RelativeDistinguishedName | undefined {
  const rdn: AttributeTypeAndValue[] = [];
  do {
    const type = reader.take(TYPE);
    if (type === undefined) return undefined;
    const hex = reader.take(HEX_VALUE);
    const value = hex === undefined ? readString(reader) : Uint8Array.from(Buffer.from(hex, 'hex'));
    if (value === undefined) return undefined;
    rdn.push({ type, value });
  } while (reader.take(PLUS));
  return rdn.length === 1 || new Set(rdn.map(({ type }) => attributeTypeKey(type))).size === rdn.length
    ? rdn
    : undefined;
}

/** Reads a value up to what cannot be part of one; whether a comma, a plus sign or the end follows is for the caller. */
function readString(reader: NameReader): string | undefined {
  let value = '';
  /** Blanks after this length are not part of the value: nothing escaped or visible follows them. */
  let kept = 0;
  for (;;) {
    const run = reader.take(PLAIN_RUN);
    if (run !== undefined) {
      if (value === '' && run.startsWith('#')) return undefined;
      let visible = run.length;
      while (visible > 0 && run[visible - 1] === ' ') visible -= 1;
      if (visible > 0) kept = value.length + visible;
      value += run;
      continue;
    }
    const octets = reader.take(ESCAPED_OCTETS);
    const escaped = octets === undefined ? reader.take(ESCAPED_CHARACTER) : decodeUtf8(hexOctets(octets));
    if (escaped !== undefined) {
      value += escaped;
      kept = value.length;
      continue;
    }
    return octets === undefined ? value.slice(0, kept) : undefined;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    return undefined;
  }
}

/** The octets of `\c4\8d`. */
function hexOctets(escapes: string): Uint8Array {
  return Buffer.from(escapes.replaceAll('\\', ''), 'hex');
}

function hexForm(octets: Uint8Array): string {
  return `#${Buffer.from(octets).toString('hex')}`;
}

function valueKey(value: string | Uint8Array): string {
  const text = typeof value === 'string' ? value : stringOfBer(value);
  return text === undefined ? hexForm(value as Uint8Array) : escapeDnValue(prepareCaseIgnore(text));
}

/** BER tags whose contents are text: OCTET STRING (RFC 4514's example), UTF8String, PrintableString, IA5String. */
const TEXT_TAGS = new Set([0x04, 0x0c, 0x13, 0x16]);

/** The string that BER octets hold, when they hold exactly one of up to 65,535 octets. */
export function stringOfBer(octets: Uint8Array): string | undefined {
  const [tag = 0, first = 0, second = 0, third = 0] = octets;
  if (!TEXT_TAGS.has(tag)) return undefined;
  const [header, length] = first < 0x80 ? [2, first] : first === 0x81 ? [3, second] : [4, second * 256 + third];
  if (first > 0x82 || first === 0x80 || octets.length !== header + length) return undefined;
  return decodeUtf8(octets.subarray(header));
}

/** Object identifiers and long names of the types that names are made of (RFC 4514, 3; RFC 4519; RFC 2985). */
const SHORT_NAMES = new Map([
  ['2.5.4.3', 'cn'],
  ['commonname', 'cn'],
  ['2.5.4.4', 'sn'],
  ['surname', 'sn'],
  ['2.5.4.5', 'serialnumber'],
  ['2.5.4.6', 'c'],
  ['countryname', 'c'],
  ['2.5.4.7', 'l'],
  ['localityname', 'l'],
  ['2.5.4.8', 'st'],
  ['stateorprovincename', 'st'],
  ['2.5.4.9', 'street'],
  ['streetaddress', 'street'],
  ['2.5.4.10', 'o'],
  ['organizationname', 'o'],
  ['2.5.4.11', 'ou'],
  ['organizationalunitname', 'ou'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'givenname'],
  ['gn', 'givenname'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['userid', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
  ['domaincomponent', 'dc'],
  ['1.2.840.113549.1.9.1', 'emailaddress'],
  ['email', 'emailaddress'],
]);

function attributeTypeKey(type: string): string {
  const lower = type.toLowerCase();
  return SHORT_NAMES.get(lower) ?? lower;
}
