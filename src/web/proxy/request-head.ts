/**
 * The head of a request to an upstream: the given headers and the framing, in one text.
 *
 * INVARIANT: whatever is handed in, the text holds exactly one head. A name or value that could end a line is a
 * programming error above (every value there is validated or encoded) and is thrown, not repaired.
 */
import { CodedError } from '../../base/index.ts';

/** How the request's body is sent on; the proxy frames anew, whatever the client's own framing looked like. */
export type RequestFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' };

const TARGET = /^\/[\x21-\x7e]*$/;
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const HEADERS = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** @throws CodedError WEB_REQUEST_INVALID when method, path or a header cannot be sent, or Host is not there exactly once. */
export function requestHead(
  method: string,
  path: string,
  headers: readonly string[],
  framing: RequestFraming,
  upgrade?: string,
): string {
  let hosts = 0;
  let block = '';
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    block += `${name}: ${headers[at + 1]}\r\n`;
  }
  if (hosts !== 1 || !METHOD.test(method) || !TARGET.test(path) || !HEADERS.test(block)) {
    throw new CodedError('WEB_REQUEST_INVALID', 'a request to an upstream has an invalid method, path or header');
  }
  return `${method} ${path} HTTP/1.1\r\n${block}${framingLines(framing, upgrade)}\r\n`;
}

function framingLines(framing: RequestFraming, upgrade: string | undefined): string {
  if (upgrade !== undefined) return `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  switch (framing.kind) {
    case 'none':
      return '';
    case 'length':
      return `Content-Length: ${framing.length}\r\n`;
    case 'chunked':
      return 'Transfer-Encoding: chunked\r\n';
  }
}
