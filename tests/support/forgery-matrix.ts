/**
 * Requests of somebody logged in as bob, or of nobody, that claim to be mallory: spelling x route x protocol
 * (RELIABILITY S01, S02). Each has a number in its query, by which it is known again at the back end.
 */
import type { Http2Request, RawHeader } from './raw-http2.ts';

const ID = 'X-BonFIRE-Asserted-ID';
const OTHERS = ['X-BonFIRE-Asserted-Groups', 'X-BonFIRE-Groups-Id', 'X-Realmgate-Assertion', 'X-Realmgate-Id'];
const FORGED = 'mallory';

/** One or more whole header lines. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}: ${FORGED}`,
  (name) => `${name.toLowerCase()}: ${FORGED}`,
  (name) => `${name.toUpperCase()}: ${FORGED}`,
  (name) => `${name.replaceAll('-', '_')}: ${FORGED}`,
  (name) => `${name.replace(/-([^-]*)$/, '_$1')}: ${FORGED}`,
  (name) => `${name.replaceAll('-', '.')}: ${FORGED}`,
  (name) => `${name.replaceAll('-', '+')}: ${FORGED}`,
  (name) => `${name.replaceAll('-', '%5f')}: ${FORGED}`,
  (name) => `${name.replaceAll('-', '%2d')}: ${FORGED}`,
  (name) => `${name};x: ${FORGED}`,
  (name) => `${name} : ${FORGED}`,
  (name) => `${name}\t: ${FORGED}`,
  (name) => `X-Any: thing\r\n ${name}: ${FORGED}`,
  (name) => `${name}:\r\n ${FORGED}`,
  (name) => `${name}\0: ${FORGED}`,
  (name) => `X-Any: thing\n${name}: ${FORGED}`,
  (name) => `X-Any: thing\r${name}: ${FORGED}`,
  (name) => `${name}: bob, ${FORGED}`,
  (name) => `${name}:`,
  (name) => `${name}: ${FORGED}\r\n${name}: ${FORGED}`,
  (name) => `Connection: ${name}`,
  (name) => `Connection: close, ${name}, Cookie\r\n${name}: ${FORGED}`,
  (name) => `${name}: ${FORGED}${'y'.repeat(65_536)}`,
];

interface Route {
  readonly reaches: boolean;
  /** False where HTTP/1.0 knows no such thing. */
  readonly old: boolean;
  request(version: string, cookie: string, forged: string): string;
}

const head = (method: string, path: string, version: string, host = 'portal') =>
  `${method} ${path} HTTP/${version}\r\nHost: ${host}.localhost\r\nConnection: close\r\n`;
const plain = (method: string): Route => ({
  reaches: true,
  old: true,
  request: (version, cookie, forged) => `${head(method, '/a', version)}Cookie: ${cookie}\r\n${forged}\r\n\r\n`,
});
const stays = (path: string, lines: (cookie: string) => string, host?: string): Route => ({
  reaches: false,
  old: true,
  request: (version, cookie, forged) => `${head('GET', path, version, host)}${lines(cookie)}${forged}\r\n\r\n`,
});

const ROUTES: readonly Route[] = [
  plain('GET'),
  {
    ...plain('GET'),
    request: (version, cookie, forged) => `${head('GET', '/a', version)}${forged}\r\nCookie: ${cookie}\r\n\r\n`,
  },
  plain('OPTIONS'),
  plain('HEAD'),
  {
    reaches: true,
    old: false,
    request: (version, cookie, forged) =>
      `GET /chat HTTP/${version}\r\nHost: portal.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: ${cookie}\r\n${forged}\r\n\r\n`,
  },
  {
    reaches: true,
    old: false,
    request: (version, cookie, forged) =>
      `${head('POST', '/a', version)}Cookie: ${cookie}\r\nExpect: 100-continue\r\nContent-Length: 1\r\n${forged}\r\n\r\na`,
  },
  {
    reaches: true,
    old: false,
    request: (version, cookie, forged) =>
      `${head('POST', '/a', version)}Cookie: ${cookie}\r\nTransfer-Encoding: chunked\r\nTrailer: ${ID}\r\n\r\n1\r\na\r\n0\r\n${forged}\r\n\r\n`,
  },
  stays('/a', () => ''),
  stays('/a', () => 'Accept: text/html\r\n'),
  stays('/.realmgate/logout', (cookie) => `Cookie: ${cookie}\r\n`),
  stays('/a/..%2fb', (cookie) => `Cookie: ${cookie}\r\n`),
  stays('/a', (cookie) => `Cookie: ${cookie}\r\n`, 'lab'),
];

/** Names and values of HTTP/2 may hold octets that end a line of HTTP/1.1. */
const HTTP2_SPELLINGS: readonly ((name: string) => readonly RawHeader[])[] = [
  (name) => [[name, FORGED]],
  (name) => [[name.toLowerCase(), FORGED]],
  (name) => [[name.toUpperCase(), FORGED]],
  (name) => [[name.toLowerCase().replaceAll('-', '_'), FORGED]],
  (name) => [[name.toLowerCase().replaceAll('-', '.'), FORGED]],
  (name) => [[`${name.toLowerCase()} `, FORGED]],
  (name) => [[`${name.toLowerCase()}\0`, FORGED]],
  (name) => [[`${name.toLowerCase()}: ${FORGED}\r\nx-any`, 'thing']],
  (name) => [['x-any', `thing\r\n${name}: ${FORGED}`]],
  (name) => [['x-any', `thing\n${name}: ${FORGED}`]],
  (name) => [[`x-any:${name.toLowerCase()}`, FORGED]],
  (name) => [[`:${name.toLowerCase()}`, FORGED]],
  (name) => [[name.toLowerCase(), `bob, ${FORGED}`]],
  (name) => [[name.toLowerCase(), '']],
  (name) => [
    [name.toLowerCase(), FORGED],
    [name.toLowerCase(), FORGED],
  ],
  (name) => [['connection', name.toLowerCase()]],
  (name) => [[name.toLowerCase(), FORGED + 'y'.repeat(14_000)]],
];

/** `all`: also those that no back end should get to see. */
export function http1Forgeries(cookie: string, all: boolean): string[] {
  const texts: string[] = [];
  for (const route of ROUTES) {
    if (!route.reaches && !all) continue;
    for (const spell of SPELLINGS) {
      const request = (version: string) => numbered(route.request(version, cookie, spell(ID)), texts.length);
      texts.push(request('1.1'));
      if (route.old) texts.push(request('1.0'));
      texts.push(`GET /first HTTP/1.1\r\nHost: portal.localhost\r\nCookie: ${cookie}\r\n\r\n${request('1.1')}`);
    }
  }
  for (const name of OTHERS)
    for (const spell of SPELLINGS) {
      texts.push(numbered(ROUTES[0]!.request('1.1', cookie, spell(name)), texts.length));
    }
  return texts;
}

/** The request with its number in the query, by which it is known again at the back end. */
function numbered(text: string, number: number): string {
  return text.replace(/^([A-Z]+ \/\S*)/, `$1?${number}`);
}

export function http2Forgeries(cookie: string): Http2Request[] {
  const pseudo = (method: string): RawHeader[] => [
    [':method', method],
    [':scheme', 'http'],
    [':authority', 'portal.localhost'],
    [':path', '/a'],
  ];
  return [ID, ...OTHERS].flatMap((name) =>
    HTTP2_SPELLINGS.flatMap((spell) => [
      { headers: [...pseudo('GET'), ['cookie', cookie], ...spell(name)] },
      { headers: [...pseudo('GET'), ...spell(name)] },
      { headers: [...pseudo('POST'), ['cookie', cookie]], trailers: spell(name) },
    ]),
  );
}
