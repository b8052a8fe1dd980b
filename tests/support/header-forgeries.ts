/** Requests that carry somebody else's identity: every protected name x spelling (S01, S02) x kind of request. */
import { HEADER_PRESETS } from '../../src/web/http/header-presets.ts';

const NAMES = [
  ...Object.values(HEADER_PRESETS).flatMap((preset) => preset.map(([name]) => name)),
  'X-Realmgate-Assertion',
  'X-Forwarded-For',
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
];
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `${name}: mallory`,
  (name) => `${name.toLowerCase()}: mallory`,
  (name) => `${name.toUpperCase()}: mallory`,
  (name) => `${name.replaceAll('-', '_')}: mallory`,
  (name) => `${name.replaceAll('-', '.')}: mallory`,
  (name) => `${name.replace('-', '--')}: mallory`,
  (name) => `${name};x: mallory`,
  (name) => `${name} : mallory`,
  (name) => `${name}\t: mallory`,
  (name) => `X-Any: thing\r\n ${name}: mallory`,
  (name) => `${name}\0: mallory`,
  (name) => `\x0b${name}: mallory`,
  (name) => `${name}: alice, mallory`,
  (name) => `${name}: mallory\r\n${name}: mallory`,
  (name) => `${name}: mallory\r\nConnection: keep-alive, ${name}`,
  (name) => `X-Any: thing\n${name}: mallory`,
  (name) => `X-Any: thing\r${name}: mallory`,
  (name) => `${name}:mallory${'y'.repeat(15_000)}`,
  (name) => `${name}:\r\n mallory`,
];
const KINDS: readonly ((header: string) => string)[] = [
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\n${header}\r\nHost: a\r\n\r\n`,
  (header) => `GET /x HTTP/1.0\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `OPTIONS /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
  (header) => `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n${header}\r\n\r\na`,
  (header) =>
    `POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n1\r\na\r\n0\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n\r\n`,
  (header) => `GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`,
];

/** Each forgery asserts to be `mallory`; some are no valid requests at all. */
export const HEADER_FORGERIES: readonly string[] = NAMES.flatMap((name) =>
  SPELLINGS.flatMap((spell) => KINDS.map((kind) => kind(spell(name)))),
);
