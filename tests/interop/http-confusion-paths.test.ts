/**
 * S05 and S06: the path and host we decide on are those of the resource that real back ends serve.
 *
 * Every spelling goes two ways to Apache, nginx and Node: through our proxy (which forwards the canonical form), and, where
 * we call it unambiguous, as it was written (as a front proxy with forward-auth would send it on).
 * Real cases: Shiro CVE-2020-1957 and its successors, Envoy CVE-2019-9901, Oathkeeper GHSA-p224-6x5r-fjpm, Authelia CVE-2026-48794.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/base/index.ts';
import { formatAuthority, requestAuthority } from '../../src/web/http/host.ts';
import { protectNames, stripInbound } from '../../src/web/http/identity-headers.ts';
import { canonicalPath } from '../../src/web/http/target.ts';
import { proxyRequest } from '../../src/web/proxy/proxy-request.ts';
import { refuseUpgrade, STRICT_SERVER, serveStrictly } from '../../src/web/proxy/strict-server.ts';
import { createUpstream } from '../../src/web/proxy/upstream.ts';
import { recordFigure } from '../support/figure.ts';
import { RawClient, type RawResponse } from '../support/raw-client.ts';
import { listen } from '../support/raw-http.ts';
import { apache, type BackEnd, nginx, node, ServedTree } from '../support/web-back-ends.ts';

const SPELLINGS = 20_000;
const CONNECTIONS = 16;
const HOSTS = ['a.example', 'b.example', 'xn--bcher-kva.example'];
const FILES = [
  ...[
    'a',
    'index.html',
    'b c',
    'é',
    '日本',
    'x+y',
    "it's",
    'a&b=c',
    '..x',
    '.h',
    'x..',
    '~u',
    '100%',
    'a%b',
    'q?',
    'c#',
    '"q"',
    'a:b',
    'a@b',
    'a,b',
    'a|b',
    '[x]',
    '{x}',
    'a^b',
    '`b',
    '<b>',
    '(b)',
    '*',
    '$b',
    '!b',
    'x.',
    'a;b',
    'a\\b',
  ].flatMap((name) => [`/public/${name}`, `/admin/${name}`]),
  '/index.html',
  '/public/dir/index.html',
  '/admin/dir/index.html',
  '/admin/a.html',
  '/adminx/a',
  '/publicx/a',
  '/Admin/a',
  '/x/index.html',
];

/** A small generator with a seed, so that a failure can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = mulberry(20_261_122);
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;

const SLASHES = [
  '//',
  '/./',
  '/%2e/',
  '/%2E%2e/',
  '%2f',
  '%2F',
  '\\',
  '%5c',
  '/\\',
  '/;/',
  '/;x=y/',
  '/.;/',
  '/..;/',
  '/%20/',
  '/x/../',
  '/x/%2e%2e/',
  '/x/.%2e/',
  '/..%2f',
  '/%252e/',
  '%252f',
  '%25%32%66',
  '/%c0%ae%c0%ae/',
  '%c0%af',
  '/.../',
  '/%00/',
  '/\t/',
  '/%09/',
  '/%0a',
  '/%0d%0a',
  '%e2%88%95',
  '%ef%bc%8f',
  '/%3b/',
  '/%u002e/',
  '/%ff',
  '/%',
  '/%2',
  '/?/',
  '/#/',
  '/\x80',
  '/\xc3\xa9/',
];
const PREFIXES = [
  '/public/..',
  '/public/%2e%2e',
  '/public/..;',
  '/public;',
  '/public/%2e%2e;',
  '/public/.%2e',
  '/public//..',
  '/public/x/../..',
  '/;',
  '//public/..',
  '//a.example',
  '/.',
  '/%2e',
  '/%2f',
  '/\\a.example',
  '\\',
  '',
  '/public%2f..',
  '/public/..%5c',
  '/public?/..',
  '/public%3f/..',
  '/public%23/..',
  '/public#/..',
];
const SUFFIXES = [
  '/',
  '/.',
  '%00',
  '%00.html',
  ';',
  ';x=y',
  '?',
  '?x=/public/',
  '?a?b',
  '?%2e%2e/',
  '#',
  '#/public',
  '%20',
  '.',
  '%2e',
  '::$DATA',
  '%3f',
  '%3Fx',
  '%23',
  '%23x',
  '//',
  '/..',
  '/../a',
  '\\',
  '%5c',
  '.html',
  '%2ehtml',
  '/x',
  '/%2e%2e/a',
  '%0a',
  '%0d',
  '%e2%80%a8',
  '%cc%81',
  '+',
  '%2b',
  '*',
  '%2525',
  '%25',
  '?\x80',
  '? x',
];
const HOST_HEADERS = [
  'A.EXAMPLE',
  'a.example.',
  'a.example:80',
  'a.example:8080',
  'A.Example.:81',
  'b.example',
  'B.example.',
  'unknown.example',
  'default',
  'a.example, b.example',
  'a.example b.example',
  'a.example\r\nHost: b.example',
  'a.example\r\nhost: a.example',
  'a.example@b.example',
  'a.example:b',
  '',
  'a.example..',
  '.a.example',
  '[::1]',
  '[::1',
  '127.1',
  '0x7f.1',
  '127.0.0.1',
  'a.example\x00',
  '%61.example',
  'a.example/',
  'a.example#b.example',
  'a.example\\b.example',
  'a.example?',
  'xn--bcher-kva.example',
  'XN--BCHER-KVA.example.',
  'b\xc3\xbccher.example',
  'b\xfccher.example',
  'a.example\t',
  '\ta.example',
  'a.example:',
  'a.example:0',
  'a.example:99999',
  'a%2eexample',
  'a\xe3\x80\x82example',
];

interface Spelling {
  readonly target: string;
  readonly host: string;
}

/** One way to write (or to attack) the path of a file; characters that must be escaped are, others sometimes. */
function spellPath(file: string): string {
  const often = pick([0, 0, 0.1, 0.5, 1]);
  let path = '';
  for (const character of file.endsWith('index.html') && random() < 0.7 ? file.slice(0, -10) : file) {
    const escaped = !/[A-Za-z0-9._~!$&'()*+,=:@/-]/.test(character) || (character !== '/' && random() < often);
    if (!escaped || (character !== '/' && /["<>^`{|}[\]]/.test(character) && random() < 0.5)) path += character;
    else
      for (const octet of Buffer.from(character))
        path += `%${pick([octet.toString(16), octet.toString(16).toUpperCase()]).padStart(2, '0')}`;
  }
  return path;
}

function spell(): Spelling {
  let target = spellPath(pick(FILES));
  if (random() < 0.2) target = pick(PREFIXES) + target;
  if (random() < 0.25) target = target.replace(/\//g, (slash) => (random() < 0.4 ? pick(SLASHES) : slash));
  if (random() < 0.3) target += pick(SUFFIXES);
  const host = random() < 0.8 ? pick(HOSTS) : pick(HOST_HEADERS);
  if (random() < 0.05)
    target = `${pick(['http://', 'HTTP://', 'https://', 'http:/', '//', 'ftp://'])}${pick([host, ...HOSTS, ''])}${target}`;
  if (random() < 0.01)
    target = pick(['*', '', 'a.example:80', '/', '?', 'x', '.', '//', '/..', '/%2e%2e', 'http://a.example']);
  return { target, host };
}

/** What we decide on; a resource of a back end reads the same. */
function decide({ target, host }: Spelling): { host: string; path: string } | 'ambiguous' {
  const rawHeaders = host.split('\r\nhost: ').length > 1 ? ['Host', 'a', 'Host', 'b'] : ['Host', host.trim()];
  const authority = /\r\n/i.test(host) ? 'ambiguous' : requestAuthority(rawHeaders, target);
  const canonical = canonicalPath(target);
  if (authority === 'ambiguous' || canonical === 'ambiguous') return 'ambiguous';
  return { host: formatAuthority(authority, 'http'), path: canonical.path };
}

const names = protectNames();

function proxyTo(port: number): Server {
  const upstream = createUpstream({ url: `http://127.0.0.1:${port}`, clock: systemClock });
  const server = createServer(STRICT_SERVER);
  serveStrictly(server, systemClock, {
    request(req, res) {
      const authority = requestAuthority(req.rawHeaders, req.url ?? '');
      const target = canonicalPath(req.url ?? '');
      if (authority === 'ambiguous' || target === 'ambiguous')
        return void res.writeHead(400, { 'Content-Length': 0 }).end();
      res.setHeader('X-Decided', encodeURIComponent(`${authority.host} ${target.path}`));
      const headers = stripInbound(req.rawHeaders, names);
      headers.push('Host', formatAuthority(authority, 'http'));
      void proxyRequest(req, res, upstream, { headers, path: target.forwarded }).then((outcome) => {
        if (outcome.kind === 'failed') res.writeHead(outcome.status, { 'Content-Length': 0 }).end();
      });
    },
    upgrade: (_req, socket) => refuseUpgrade(socket, 400),
  });
  server.on('close', () => upstream.close());
  return server;
}

interface Count {
  asked: number;
  served: number;
  ambiguous: number;
  differences: string[];
}

describe('path and host confusion', { timeout: 240_000 }, () => {
  const tree = new ServedTree(HOSTS, FILES);
  const backEnds: BackEnd[] = [];
  const spellings = Array.from({ length: SPELLINGS }, spell);
  before(async () => {
    backEnds.push(await apache(tree), await nginx(tree), await node(tree));
  });
  after(async () => {
    await Promise.all(backEnds.map((backEnd) => backEnd.stop()));
    tree.remove();
  });

  /** Sends every spelling over kept connections, in batches side by side. */
  async function through(port: number, look: (client: RawClient, spelling: Spelling) => Promise<void>): Promise<void> {
    let at = 0;
    const worker = async () => {
      const client = new RawClient(port);
      for (let spelling = spellings[at++]; spelling !== undefined; spelling = spellings[at++])
        await look(client, spelling);
      client.close();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  }

  function compare(count: Count, decided: string, response: RawResponse | undefined, spelling: Spelling): void {
    if (response?.status !== 200) return;
    count.served += 1;
    const [host = '', path = ''] = decided.split(/ (.*)/s);
    const resource = `${HOSTS.includes(host) ? host : 'default'} ${path}`;
    if (response.body !== resource && response.body !== `${resource}index.html`) {
      count.differences.push(`${JSON.stringify(spelling)}: decided ${decided}, served ${response.body}`);
    }
  }

  for (const [at, name] of ['apache', 'nginx', 'node'].entries()) {
    it(`through our proxy: ${name} serves what was decided on, ambiguous is 400`, async () => {
      const backEnd = backEnds[at]!;
      const server = proxyTo(backEnd.port);
      const count: Count = { asked: 0, served: 0, ambiguous: 0, differences: [] };
      await through(await listen(server), async (client, spelling) => {
        count.asked += 1;
        const response = await client.send(`GET ${spelling.target} HTTP/1.1\r\nHost: ${spelling.host}\r\n\r\n`);
        const decided = response?.headers.get('x-decided');
        if (decided !== undefined) compare(count, decodeURIComponent(decided), response, spelling);
        else {
          count.ambiguous += 1;
          if (response?.status !== 400) count.differences.push(`${JSON.stringify(spelling)}: ${response?.status}`);
        }
      });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      report(`${name}, proxied`, count);
    });

    it(`as written: ${name} serves what was decided on`, async () => {
      const count: Count = { asked: 0, served: 0, ambiguous: 0, differences: [] };
      await through(backEnds[at]!.port, async (client, spelling) => {
        const decided = decide(spelling);
        if (decided === 'ambiguous') {
          count.ambiguous += 1;
          return;
        }
        count.asked += 1;
        const response = await client.send(`GET ${spelling.target} HTTP/1.1\r\nHost: ${decided.host}\r\n\r\n`);
        compare(count, `${decided.host.replace(/:\d+$/, '')} ${decided.path}`, response, spelling);
      });
      report(`${name}, as written`, count);
    });
  }

  function report(way: string, { asked, served, ambiguous, differences }: Count): void {
    console.log(
      `${way}: ${SPELLINGS} spellings, ${served} served, ${ambiguous} ambiguous, ${differences.length} differences`,
    );
    recordFigure('path-confusions', asked, differences.length);
    assert.deepEqual(differences.slice(0, 20), []);
    assert.ok(served > SPELLINGS / 5 && ambiguous > SPELLINGS / 10, 'the spellings were worth the name');
  }
});
