/**
 * Micro bench of the proxy engine: requests a second and processor time a request, against the same proxy written
 * with node:http's own client, both in front of one nginx. Prints; writes nothing.
 *
 *   scripts/run node bench/proxy.ts [seconds] [connections]
 */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/base/index.ts';
import { assertedHeaders } from '../src/web/http/header-presets.ts';
import { formatAuthority, requestAuthority } from '../src/web/http/host.ts';
import { protectNames, stripInbound } from '../src/web/http/identity-headers.ts';
import { canonicalPath } from '../src/web/http/target.ts';
import { proxyRequest } from '../src/web/proxy/proxy-request.ts';
import { STRICT_SERVER, serveStrictly } from '../src/web/proxy/strict-server.ts';
import { createUpstream } from '../src/web/proxy/upstream.ts';

type Kind = 'engine' | 'node:http client' | 'no proxy, own answer';
type Send = (req: IncomingMessage, res: ServerResponse, headers: string[], path: string) => void;

const names = protectNames();
const identity = {
  user: 'alice',
  groups: ['campus\\labs', 'staff'],
  name: 'Alice',
  email: 'alice@example.org',
  assertion: 'x'.repeat(400),
};

function engine(url: string): Send {
  const upstream = createUpstream({ url, clock: systemClock });
  return (req, res, headers, path) => {
    void proxyRequest(req, res, upstream, { headers, path }).then((outcome) => {
      if (outcome.kind === 'failed') res.writeHead(outcome.status).end();
    });
  };
}

function nodeClient(url: string): Send {
  const { hostname: host, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: 'lifo' });
  return (req, res, headers, path) => {
    const out = request({ agent, host, port, method: req.method, path, headers }, (incoming) => {
      const kept = incoming.rawHeaders.filter(
        (_, at, all) => !/^(?:connection|keep-alive)$/i.test(all[at - (at % 2)]!),
      );
      res.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, kept);
      incoming.pipe(res);
    });
    out.on('error', () => res.destroy());
    out.end();
  };
}

function serve(kind: Kind, url: string): void {
  const own: Send = (_req, res) => void res.writeHead(200, ['Content-Length', '3']).end('ok\n');
  const send = kind === 'engine' ? engine(url) : kind === 'node:http client' ? nodeClient(url) : own;
  const server = createServer(STRICT_SERVER);
  serveStrictly(server, systemClock, {
    request(req, res) {
      const authority = requestAuthority(req.rawHeaders, req.url ?? '');
      const target = canonicalPath(req.url ?? '');
      if (authority === 'ambiguous' || target === 'ambiguous') return void res.writeHead(400).end();
      const headers = stripInbound(req.rawHeaders, names);
      headers.push('Host', formatAuthority(authority, 'http'));
      for (const [name, value] of assertedHeaders('bonfire', identity)) headers.push(name, value);
      send(req, res, headers, target.forwarded);
    },
    upgrade: (_req, socket) => void socket.destroy(),
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', () => process.send?.(process.cpuUsage()));
}

function next<Value>(child: ChildProcess): Promise<Value> {
  return new Promise((resolve) => child.once('message', (value) => resolve(value as Value)));
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const { user, system } = await next<NodeJS.CpuUsage>(child);
  return user + system;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      probe.on('close', () => {}).unref();
      probe.on('connect', () => probe.destroy());
    });
    if (open) return;
    await sleep(50);
  }
}

async function nginx(folder: string): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; events { worker_connections 2048; }
     http { access_log off; keepalive_requests 1000000000; server { listen 127.0.0.1:${port}; location / { return 200 "${'a'.repeat(1_000)}"; } } }`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  });
  await untilOpen(port);
  return { child, port };
}

async function measure(kind: Kind, url: string, seconds: number, connections: number): Promise<void> {
  const child = fork(import.meta.filename, ['serve', kind, url], {
    execArgv: process.env['PROXY_BENCH_PROFILE'] ? ['--cpu-prof'] : [],
  });
  const port = await next<number>(child);
  const load = (time: number) =>
    execFileSync(
      'wrk',
      [
        '-t1',
        `-c${connections}`,
        `-d${time}s`,
        '-H',
        'Cookie: a=b',
        '-H',
        'User-Agent: bench',
        `http://127.0.0.1:${port}/idm/users?page=1`,
      ],
      { encoding: 'utf8' },
    );
  load(1);
  const before = await cpuOf(child);
  const report = load(seconds);
  const spent = (await cpuOf(child)) - before;
  const total = Number(/(\d+) requests in/.exec(report)?.[1]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(report)?.[1]);
  const bad = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(report)?.[0] ?? '';
  console.log(
    `${kind.padEnd(24)} ${rate.toFixed(0).padStart(7)} requests/s ${(spent / total).toFixed(1).padStart(7)} µs processor time/request ${bad}`,
  );
  child.kill('SIGINT');
  await new Promise((resolve) => child.once('exit', resolve));
}

if (process.argv[2] === 'serve') {
  process.on('SIGINT', () => process.exit(0));
  serve(process.argv[3] as Kind, process.argv[4]!);
} else {
  const [seconds = 4, connections = 64] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-bench-proxy-'));
  const backEnd = await nginx(folder);
  try {
    for (const kind of ['no proxy, own answer', 'node:http client', 'engine', 'node:http client', 'engine'] as const) {
      await measure(kind, `http://127.0.0.1:${backEnd.port}`, seconds, connections);
    }
  } finally {
    backEnd.child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}
