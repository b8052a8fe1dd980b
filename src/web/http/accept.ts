/**
 * Whether an unauthenticated request gets the login page (302) or a plain 401: a page only for a person's browser that
 * navigates. A script, an image or a command line gets the status it can understand. RFC 9110 section 12.5.1.
 */
import { headerValues, type RawHeaders } from './raw-headers.ts';

const LONGEST_ACCEPT = 1_024;

/** True for GET and HEAD whose Accept prefers HTML to nothing else, unless fetch metadata or XHR headers say otherwise. */
export function wantsHtml(method: string, headers: RawHeaders): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = headerValues(headers, 'sec-fetch-mode')[0];
  if (mode !== undefined && mode !== 'navigate') return false;
  if (headerValues(headers, 'x-requested-with').length > 0 || headerValues(headers, 'upgrade').length > 0) return false;
  const accept = headerValues(headers, 'accept').join(',');
  return accept.length <= LONGEST_ACCEPT && htmlQuality(accept) > 0;
}

/** The q of text/html or application/xhtml+xml when it is named; ranges (text/*, any/any) do not name it. */
function htmlQuality(accept: string): number {
  let best = 0;
  for (const item of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = item.split(';').map((part) => part.trim());
    if (type !== 'text/html' && type !== 'application/xhtml+xml') continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = q === undefined ? 1 : /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q.slice(2)) : 0;
    best = Math.max(best, quality);
  }
  return best;
}
