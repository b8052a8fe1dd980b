/**
 * RawHeaders is the header list as it came over the wire: name, value, name, value, in order, repeats kept.
 *
 * Node's merged `headers` object hides repeats and spelling, which is exactly what an attacker plays with,
 * so everything that decides reads the raw list (node:http `IncomingMessage.rawHeaders`).
 */
export type RawHeaders = readonly string[];

/** Every value of `name` (lower-case), in order. */
export function headerValues(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const candidate = headers[at]!;
    if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(headers[at + 1]!);
  }
  return values;
}

/** What {@link singleHeader} answers for a header that occurs more than once; no text, so that no value looks like it. */
export const REPEATED: unique symbol = Symbol('repeated header');

/** The value of a header that may occur once. `name` is lower-case. */
export function singleHeader(headers: RawHeaders, name: string): string | undefined | typeof REPEATED {
  let found: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const candidate = headers[at]!;
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    if (found !== undefined) return REPEATED;
    found = headers[at + 1]!;
  }
  return found;
}
