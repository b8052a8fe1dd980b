/**
 * Reads the small urlencoded body of the server's own forms. Anything else, or more than 16 KiB, is refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Milliseconds } from '../../base/index.ts';

const LONGEST = 16_384;
const MOST_FIELDS = 20;
/** A form is small; whoever sends it slower than this is not a browser. */
const LONGEST_WAIT: Milliseconds = 15_000;

/** Form fields by name; a field sent twice makes the whole form unreadable. */
export type FormFields = ReadonlyMap<string, string>;

/** Resolves undefined for a body that is not one small, unambiguous form in UTF-8. */
export async function readForm(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<FormFields | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) return undefined;
  if (request.headers.expect !== undefined) response.writeContinue();
  const limit = clock.after(LONGEST_WAIT, () => request.destroy());
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > LONGEST) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  } finally {
    limit.cancel();
  }
  return parseForm(Buffer.concat(chunks).toString('latin1'));
}

function parseForm(text: string): FormFields | undefined {
  const fields = new Map<string, string>();
  const pairs = text === '' ? [] : text.split('&');
  if (pairs.length > MOST_FIELDS) return undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  return fields;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return undefined;
  }
}
