/**
 * How a name of any alphabet travels in a header value: percent-encoded UTF-8, so that the value is visible ASCII.
 *
 * Back ends read header octets as Latin-1, UTF-8 or not at all; percent-encoding survives them all, and
 * `decodeURIComponent` of any language reverses it. Encoded are `%`, everything outside `20`-`7E`, blanks at either end
 * (HTTP trims them), and in an item of a list also `,` and `|`. CR, LF and NUL can therefore never reach the wire.
 */
// The look behind tries a run of blanks once: from each blank of it, a long one would cost its square.
const ENCODED = /[^\x20-\x24\x26-\x7e]|^ +|(?<! ) +$/gu;
const ENCODED_IN_ITEM = /[^\x20-\x24\x26-\x2b\x2d-\x7b\x7d\x7e]|^ +|(?<! ) +$/gu;

/** One value; reversed by {@link decodeHeaderValue}. Lone surrogates become U+FFFD. */
export function encodeHeaderValue(text: string): string {
  return text.toWellFormed().replace(ENCODED, percentEncode);
}

/** Several values in one header, separated by commas, without blanks; each item reversed by {@link decodeHeaderValue}. */
export function encodeHeaderList(items: readonly string[]): string {
  return items.map((item) => item.toWellFormed().replace(ENCODED_IN_ITEM, percentEncode)).join(',');
}

/** The text that was encoded; undefined when the percent signs are no UTF-8. */
export function decodeHeaderValue(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function percentEncode(text: string): string {
  let encoded = '';
  for (const octet of Buffer.from(text)) encoded += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}
