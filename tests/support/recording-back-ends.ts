/**
 * Back ends that write down which identity each request brought, read as their kind reads header names:
 * Node (every separator alike), nginx (`$http_…`), PHP-CGI behind nginx, and PHP-CGI behind Apache.
 *
 * What they recorded is the truth of a test: it also shows requests that no client got an answer to.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { listen } from './raw-http.ts';
import { ServerProcess } from './server-process.ts';
import { apacheFastCgi, nginxFastCgi, phpCgi } from './web-back-ends.ts';

export interface ReceivedRequest {
  /** Path and query as they came. */
  readonly target: string;
  /** What it said under each name: lower case, `_` between words; only names that this back end saw. */
  readonly said: ReadonlyMap<string, readonly string[]>;
}

export interface RecordingBackEnd {
  readonly name: string;
  readonly port: number;
  /** What came since the last call. */
  take(): readonly ReceivedRequest[];
  stop(): Promise<void>;
}

export async function nodeBackEnd(): Promise<RecordingBackEnd> {
  const seen: ReceivedRequest[] = [];
  const record = ({ url = '', rawHeaders }: IncomingMessage) => {
    const said = new Map<string, string[]>();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = looseName(rawHeaders[at]!);
      said.set(name, [...(said.get(name) ?? []), rawHeaders[at + 1]!]);
    }
    seen.push({ target: url, said });
  };
  // As loose as Node can be: what a stricter parser would refuse must not have come this far.
  const server = createServer({ insecureHTTPParser: true, maxHeaderSize: 262_144 }, (request, response) => {
    request.resume().on('end', () => {
      record(request);
      response.end('recorded');
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket) => {
    record(request);
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  const port = await listen(server);
  return {
    name: 'Node',
    port,
    take: () => seen.splice(0),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A header name as the loosest reader could take it: decoded, any separator as `_`. */
function looseName(name: string): string {
  return name
    .replace(/%([0-9a-f]{2})/gi, (_escape, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '_');
}

const NGINX_NAMES = [
  'x_bonfire_asserted_id',
  'x_bonfire_asserted_groups',
  'x_bonfire_groups_id',
  'x_realmgate_assertion',
  'x_realmgate_id',
];

export async function nginxBackEnd(): Promise<RecordingBackEnd> {
  const port = await freePort();
  const format = NGINX_NAMES.map((name) => `"${name}":"$http_${name}"`).join(',');
  const line = `{"target":"$request_uri","said":{${format}}}`;
  const server = await ServerProcess.start({
    name: 'nginx-back-end',
    port,
    command: 'nginx',
    arguments: (folder) => ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    files: (folder) => ({
      'seen.log': '',
      'nginx.conf': `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log crit; user root; events { worker_connections 1024; }
http { log_format seen escape=json '${line}'; access_log ${folder}/seen.log seen; underscores_in_headers on; ignore_invalid_headers off;
large_client_header_buffers 8 128k; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
server { listen 127.0.0.1:${port}; location / { return 200 "recorded"; } } }`,
    }),
  });
  const take = logReader(join(server.folder, 'seen.log'));
  return { name: 'nginx', port, take, stop: () => server.stop() };
}

/** PHP-CGI behind nginx or Apache; the variables are what the web server and PHP made of the headers together. */
export async function phpBackEnd(behind: 'nginx' | 'Apache'): Promise<RecordingBackEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-php-log-'));
  const log = join(folder, 'seen.log');
  writeFileSync(log, '');
  const php = await phpCgi(
    `<?php $seen = []; foreach ($_SERVER as $name => $value) if (strncmp($name, 'HTTP_', 5) === 0) $seen[strtolower(substr($name, 5))] = $value;
file_put_contents(${JSON.stringify(log)}, json_encode(['target' => $_SERVER['REQUEST_URI'], 'said' => $seen], JSON_INVALID_UTF8_SUBSTITUTE | JSON_FORCE_OBJECT) . "\\n", FILE_APPEND); echo 'recorded';`,
  );
  const web = await (behind === 'nginx' ? nginxFastCgi(php) : apacheFastCgi(php));
  return {
    name: `PHP-CGI behind ${behind}`,
    port: web.port,
    take: logReader(log),
    async stop() {
      await web.stop();
      await php.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function logReader(path: string): () => readonly ReceivedRequest[] {
  let read = 0;
  return () => {
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const fresh = lines.slice(read);
    read = lines.length;
    return fresh.map((line) => {
      const { target, said } = JSON.parse(line) as { readonly target: string; readonly said: Record<string, string> };
      const values = new Map<string, string[]>();
      for (const [name, value] of Object.entries(said)) {
        if (value !== '') values.set(looseName(name), [...(values.get(looseName(name)) ?? []), value]);
      }
      return { target, said: values };
    });
  };
}

/** A port whose back end can be changed: connections of before are closed. */
export class BackEndSwitch {
  readonly #sockets = new Set<Socket>();
  readonly #server = createTcpServer((client) => this.#relay(client));
  #target = 0;
  port = 0;

  async start(): Promise<this> {
    this.port = await listen(this.#server);
    return this;
  }

  to(port: number): void {
    this.#target = port;
    this.#drop();
  }

  async stop(): Promise<void> {
    this.#drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #relay(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket
        .on('error', () => other.destroy())
        .on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      socket.pipe(other);
    }
  }
}
