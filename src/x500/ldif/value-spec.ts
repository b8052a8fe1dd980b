/** What stands after the colon of an LDIF line: text, base64 after another colon, or a URL after `<` (RFC 2849, 2). */

/** What a value given as `:< url` is; undefined when it cannot be had. */
export type ValueOfUrl = (url: string) => Uint8Array | undefined;

const SPACE = 0x20;
const COLON = 0x3a;
const LESS_THAN = 0x3c;

/** The value between the octet after the colon and the end of the line; a text says what is wrong with it. */
export function readValueSpec(
  octets: Buffer,
  afterColon: number,
  end: number,
  valueOfUrl: ValueOfUrl | undefined,
): Buffer | string {
  const form = afterColon < end ? octets[afterColon] : undefined;
  let start = form === COLON || form === LESS_THAN ? afterColon + 1 : afterColon;
  while (start < end && octets[start] === SPACE) start += 1;
  if (form === COLON) return readBase64(octets.toString('latin1', start, end));
  if (form !== LESS_THAN) return octets.subarray(start, end);
  if (valueOfUrl === undefined) return 'a value by URL (:<), which is not read here';
  const value = valueOfUrl(octets.toString('utf8', start, end));
  return value === undefined ? 'a URL that cannot be read' : Buffer.from(value.buffer, value.byteOffset, value.length);
}

function readBase64(text: string): Buffer | string {
  const value = Buffer.from(text, 'base64');
  // Node passes over what it does not know; what is base64 comes back.
  return value.toString('base64') === text ? value : 'what should be base64 and is not';
}
