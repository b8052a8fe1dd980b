/**
 * Checks of a request's head that come before everything else: framing that two programs could read differently, and size.
 *
 * Node's strict parser already refuses nearly all of it. These checks do not rest on that, so that a parser made
 * lenient by a flag or a new version does not open a hole. RFC 9112 sections 3.2, 5.1, 6.1 and 6.3; attack S09.
 */
import type { RawHeaders } from './raw-headers.ts';

/** What is read of a request (a node:http IncomingMessage fits). */
export interface RequestHead {
  readonly rawHeaders: RawHeaders;
  readonly httpVersion: string;
}

/** Headers at most; Node drops what goes beyond its own limit without a word, so its limit must be above this. */
export const MOST_HEADERS = 100;

const CONTENT_LENGTH = /^\d{1,15}$/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The status to refuse the request with (and to close its connection), or undefined when its head is beyond doubt. */
export function requestFault(head: RequestHead): 400 | 431 | 505 | undefined {
  const { rawHeaders, httpVersion } = head;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 505;
  if (rawHeaders.length > MOST_HEADERS * 2) return 431;
  let framings = 0;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    const value = rawHeaders[at + 1]!;
    if (!FIELD_VALUE.test(value) || !FIELD_NAME.test(name)) return 400;
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      framings += 1;
      if (!CONTENT_LENGTH.test(value)) return 400;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      framings += 1;
      if (httpVersion === '1.0' || value.toLowerCase() !== 'chunked') return 400;
    }
  }
  return framings > 1 ? 400 : undefined;
}

/** Whether octets of a body follow the head. */
export function announcesBody({ rawHeaders }: Pick<RequestHead, 'rawHeaders'>): boolean {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(rawHeaders[at + 1]) > 0;
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true;
  }
  return false;
}
