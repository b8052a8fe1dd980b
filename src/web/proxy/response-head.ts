/**
 * The head of an upstream's response, read strictly: what two parsers could read differently is refused, never repaired.
 *
 * Refused: bare CR or LF, folded lines, blanks before the colon, control characters, Transfer-Encoding other than exactly
 * `chunked`, Transfer-Encoding beside Content-Length or in HTTP/1.0, several or non-numeric Content-Lengths, too many
 * headers. Hop-by-hop headers are left out, nominated ones too. RFC 9112 sections 2.2, 4, 5, 6.3; attack S09.
 */
export interface ResponseHead {
  /** 100 to 599. */
  readonly status: number;
  readonly reason: string;
  /** End-to-end headers, name, value, name, value. */
  readonly headers: string[];
  readonly framing: Framing;
  /** Whether the connection may carry another exchange after this one. */
  readonly persistent: boolean;
  /** Seconds of the `Keep-Alive: timeout=` hint. */
  readonly keepAlive: number | undefined;
  /** The value of Upgrade, lower-case; for a 101. */
  readonly upgrade: string | undefined;
}

/** How the body ends: there is none, after so many octets, after the last chunk, or with the connection. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** Octets of a response head at most, its blank line included. */
export const LONGEST_HEAD = 32_768;
const MOST_HEADERS = 200;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const HEADER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;
const CONTENT_LENGTH = /^\d{1,15}$/;
const NONE: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const UNTIL_CLOSE: Framing = { kind: 'close' };

/** What the hop-by-hop headers of one response said. */
interface Hop {
  connection: string;
  transferEncoding: string | undefined;
  contentLength: string | undefined;
  keepAlive: string;
  upgrade: string | undefined;
  repeated: boolean;
}

/**
 * Parses the text before the blank line (Latin-1, without the final CR LF CR LF) of a response to `method`;
 * undefined when it is not beyond doubt.
 */
export function parseResponseHead(text: string, method: string): ResponseHead | undefined {
  const lines = text.split('\r\n');
  if (lines.length > MOST_HEADERS + 1) return undefined;
  const [, minor, statusText, reason = ''] = STATUS_LINE.exec(lines[0]!) ?? [];
  if (statusText === undefined) return undefined;
  const hop: Hop = {
    connection: '',
    transferEncoding: undefined,
    contentLength: undefined,
    keepAlive: '',
    upgrade: undefined,
    repeated: false,
  };
  const headers: string[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at]!;
    if (!HEADER_LINE.test(line)) return undefined;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = trimBlanks(line, colon + 1);
    if (!takeHop(hop, name, value)) headers.push(name, value);
  }
  const status = Number(statusText);
  const framing = framingOf(status, method, minor === '1', hop);
  if (framing === undefined) return undefined;
  return {
    status,
    reason,
    headers: withoutNominated(headers, hop, framing, status),
    framing,
    persistent: minor === '1' && framing.kind !== 'close' && !/\bclose\b/i.test(hop.connection),
    keepAlive: keepAliveHint(hop.keepAlive),
    upgrade: hop.upgrade?.toLowerCase(),
  };
}

/** Blank and tab only: `trim` would also take U+00A0, the last octet of many a UTF-8 letter. */
function trimBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Takes a hop-by-hop or framing header out of the list; false for an end-to-end one. */
function takeHop(hop: Hop, name: string, value: string): boolean {
  switch (name.toLowerCase()) {
    case 'connection':
      hop.connection += hop.connection === '' ? value : `,${value}`;
      return true;
    case 'transfer-encoding':
      if (hop.transferEncoding !== undefined) hop.repeated = true;
      hop.transferEncoding = value;
      return true;
    case 'content-length':
      if (hop.contentLength !== undefined) hop.repeated = true;
      hop.contentLength = value;
      return true;
    case 'keep-alive':
      hop.keepAlive = value;
      return true;
    case 'upgrade':
      hop.upgrade = value;
      return true;
    case 'proxy-connection':
    case 'te':
    case 'trailer':
      return true;
    default:
      return false;
  }
}

function framingOf(status: number, method: string, isHttp11: boolean, hop: Hop): Framing | undefined {
  const { transferEncoding, contentLength } = hop;
  if (hop.repeated || (contentLength !== undefined && !CONTENT_LENGTH.test(contentLength))) return undefined;
  if (transferEncoding !== undefined) {
    const readable = isHttp11 && contentLength === undefined && transferEncoding.toLowerCase() === 'chunked';
    if (!readable) return undefined;
  }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NONE;
  if (transferEncoding !== undefined) return CHUNKED;
  return contentLength === undefined ? UNTIL_CLOSE : { kind: 'length', length: Number(contentLength) };
}

/** Content-Length goes back in where it says something true: the length of this body, or of what HEAD and 304 stand for. */
function withoutNominated(headers: string[], hop: Hop, framing: Framing, status: number): string[] {
  const stated = framing.kind === 'length' || (framing.kind === 'none' && status >= 200 && status !== 204);
  if (stated && hop.contentLength !== undefined) headers.push('Content-Length', hop.contentLength);
  if (hop.connection === '' || /^(?:keep-alive|close)$/i.test(hop.connection)) return headers;
  const nominated = new Set(hop.connection.split(',').map((item) => item.trim().toLowerCase()));
  nominated.delete('content-length');
  return headers.filter((_, at) => !nominated.has(headers[at - (at % 2)]!.toLowerCase()));
}

function keepAliveHint(value: string): number | undefined {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
