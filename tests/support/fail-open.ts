/**
 * The question that every broken part is asked (RELIABILITY S07): does anybody pass who must not?
 *
 * Callers with all kinds of credentials go over every route of the web door. Whatever is broken, an answer is one of the
 * allowed statuses, and whoever passes is told to the back end under exactly the name that the caller may have.
 */
import { connect } from 'node:net';
import { basic, type Page, send } from './test-browser.ts';

export interface Caller {
  readonly what: string;
  /** Sent with every request. */
  readonly headers: readonly string[];
  /** Who the back end may be told; undefined for somebody who must never pass. */
  readonly may?: string;
}

export interface Finding {
  readonly route: string;
  readonly caller: string;
  readonly status: number;
  readonly wrong: string | undefined;
  readonly passed: boolean;
}

const ALLOWED = [200, 302, 303, 400, 401, 403, 404, 503];
const ASSERTED = 'x-bonfire-asserted-id';
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

/** Cookies that are none, for every cookie that the gate knows. */
export function garbageCallers(realm: string): readonly Caller[] {
  const names = [`realmgate-${realm}`, `realmgate.sso.${realm}`, 'realmgate.csrf', 'realmgate.nonce'];
  const values = {
    malformed: '%%%',
    truncated: 'A'.repeat(42),
    '8 KiB': 'A'.repeat(8_100),
    'right shape': 'A'.repeat(43),
    prototype: '__proto__',
    quoted: `"${'A'.repeat(43)}"`,
    octets: 'é\u00ff',
  };
  const all = Object.entries(values).map(([what, value]) => ({
    what: `${what} cookies`,
    headers:
      value.length > 1_000
        ? ['Cookie', `${names[0]}=${value}`]
        : names.flatMap((name) => ['Cookie', `${name}=${value}`]),
  }));
  const twice = names.flatMap((name) => ['Cookie', `${name}=${'A'.repeat(43)}; ${name}=${'B'.repeat(43)}`]);
  return [...all, { what: 'every cookie twice', headers: twice }];
}

/** People whose credentials are no good, and nobody with headers of their own making. */
export function strangers(names: readonly string[]): readonly Caller[] {
  return [
    { what: 'nobody', headers: [] },
    {
      what: 'forged identity',
      headers: [ASSERTED, 'root', 'X-BonFIRE_Asserted-ID', 'root', 'X-Realmgate-Assertion', 'a.b.c'],
    },
    { what: 'unknown user', headers: basic('mallory', 'x') },
    { what: 'malformed Basic', headers: ['Authorization', 'Basic !!!'] },
    ...names.flatMap((name) => [
      { what: `${name}, wrong password`, headers: basic(name, 'wrong') },
      { what: `${name}, empty password`, headers: basic(name, '') },
    ]),
  ];
}

type Route = (headers: readonly string[]) => Promise<Page>;

/** Every kind of request that the web door knows, for the service at `app`; a WebSocket answers the status of its upgrade. */
export function routesOf(port: number): Readonly<Record<string, Route>> {
  const app = `http://app.localhost:${port}`;
  const direct = (method: string, path = '/idm/', more: readonly string[] = [], body?: string): Route => {
    return (headers) => send(`${app}${path}`, { method, headers: [...more, ...headers] }, body);
  };
  const nginx = (method: string): Route => {
    const asked = ['X-Original-URL', `${app}/idm/`, 'X-Original-Method', method];
    return (headers) => send(`http://127.0.0.1:${port}/authz/nginx`, { headers: [...asked, ...headers] });
  };
  const forward = (method: string): Route => {
    const asked = ['X-Forwarded-Method', method, 'X-Forwarded-Proto', 'http', 'X-Forwarded-Uri', '/idm/'];
    const host = ['X-Forwarded-Host', `app.localhost:${port}`];
    return (headers) => send(`http://127.0.0.1:${port}/authz/forward`, { headers: [...asked, ...host, ...headers] });
  };
  return {
    'proxy GET': direct('GET'),
    'proxy HEAD': direct('HEAD'),
    'proxy OPTIONS': direct('OPTIONS'),
    'proxy POST': direct('POST', '/idm/', FORM, 'a=b'),
    'proxy PUT': direct('PUT', '/idm/x', ['Expect', '100-continue'], 'octets'),
    'proxy for a browser': direct('GET', '/idm/', ['Accept', 'text/html']),
    'proxy ambiguous path': direct('GET', '/idm/..%2f..%2fsecret'),
    WebSocket: (headers) => upgrade(port, headers),
    '/authz/nginx GET': nginx('GET'),
    '/authz/nginx OPTIONS': nginx('OPTIONS'),
    '/authz/forward GET': forward('GET'),
    '/authz/forward HEAD': forward('HEAD'),
    'root of the login host': (headers) => send(`http://login.localhost:${port}/`, { headers }),
    'login page': direct('GET', `/.realmgate/start?return=/`),
    'login form': direct('POST', '/.realmgate/login', FORM, 'name=alice&password=wrong&csrf=x'),
    'one-time code': direct('POST', '/.realmgate/login/code', FORM, 'code=123456&login=x&csrf=x'),
    ticket: direct('GET', `/.realmgate/session?ticket=${'A'.repeat(43)}&return=/`),
    logout: direct('POST', '/.realmgate/logout', FORM, 'csrf=x'),
    'unknown host': (headers) => send(`http://elsewhere.localhost:${port}/`, { headers }),
  };
}

/** Every caller over every route, several at a time. */
export async function askEverywhere(port: number, callers: readonly Caller[]): Promise<readonly Finding[]> {
  const questions = Object.entries(routesOf(port)).flatMap(([route, ask]) =>
    callers.map((caller) => ({ route, ask, caller })),
  );
  const findings: Finding[] = [];
  const askNext = async (): Promise<void> => {
    for (let next = questions.pop(); next !== undefined; next = questions.pop()) {
      findings.push(judge(next.route, next.caller, await next.ask(next.caller.headers)));
    }
  };
  await Promise.all(Array.from({ length: 12 }, askNext));
  return findings;
}

function judge(route: string, caller: Caller, page: Page): Finding {
  const guarded = route.startsWith('proxy') || route.startsWith('/authz') || route === 'WebSocket';
  const passed = guarded && (page.status < 300 || page.status === 101);
  const finding = { route, caller: caller.what, status: page.status, passed };
  const wrong = (what: string): Finding => ({ ...finding, wrong: `${what}: ${page.body.slice(0, 300)}` });
  if (!ALLOWED.includes(page.status) && page.status !== 101) return wrong('status');
  if (page.headers['set-cookie']?.some((line) => /realmgate(?:-|\.sso\.)staff=[^;]/.test(line)))
    return wrong('a session');
  if (!passed) return { ...finding, wrong: undefined };
  if (caller.may === undefined) return wrong('passed');
  const told = toldIdentity(page);
  if (told !== undefined && told !== caller.may) return wrong(`passed as ${told}`);
  return { ...finding, wrong: undefined };
}

/** Who the back end was told that this is; undefined where the answer does not show it (HEAD, WebSocket). */
function toldIdentity({ headers, body }: Page): string | undefined {
  const direct = headers[ASSERTED];
  if (direct !== undefined) return String(direct);
  if (!body.startsWith('{')) return undefined;
  const { headers: received } = JSON.parse(body) as { headers: readonly (readonly [string, string])[] };
  const values = received.filter(([name]) => /^x[^a-z0-9]bonfire[^a-z0-9]asserted[^a-z0-9]id$/i.test(name));
  return values.map(([, value]) => value).join(' and ');
}

function upgrade(port: number, headers: readonly string[]): Promise<Page> {
  const lines: string[] = [];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  const head = [
    'GET /idm/ws HTTP/1.1',
    `Host: app.localhost:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  ];
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
    const done = () => {
      socket.destroy();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? 0);
      resolve({ status, headers: {}, body: got, address: `ws://app.localhost:${port}/idm/ws` });
    };
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (got.includes('\r\n\r\n')) done();
    });
    socket.on('error', reject);
    socket.on('close', done);
  });
}
