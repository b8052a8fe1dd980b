/**
 * Real back ends for confusion tests: Apache, nginx and Node, each serving the same files on two virtual hosts and a
 * default one. Every file holds `host path`, so that a response says which resource was really served.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface BackEnd {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A file system with `files` (absolute paths) under each of `hosts`, and `default`. */
export class ServedTree {
  readonly folder: string;
  readonly hosts: readonly string[];
  readonly files: readonly string[];

  constructor(hosts: readonly string[], files: readonly string[]) {
    this.hosts = hosts;
    this.files = files;
    this.folder = mkdtempSync(join(tmpdir(), 'realmgate-tree-'));
    chmodSync(this.folder, 0o755);
    for (const host of [...hosts, 'default']) {
      for (const file of files) {
        const path = join(this.folder, host, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, `${host} ${file}`);
      }
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function apache(tree: ServedTree): Promise<BackEnd> {
  const port = await freePort();
  const run = mkdtempSync(join(tmpdir(), 'realmgate-apache-'));
  const modules = ['mpm_event', 'authz_core', 'dir'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  const virtualHosts = ['default', ...tree.hosts].map(
    (host) => `<VirtualHost *:${port}>\nServerName ${host}\nDocumentRoot ${join(tree.folder, host)}\n</VirtualHost>`,
  );
  const rest = `ServerRoot ${run}\nPidFile ${run}/pid\nListen 127.0.0.1:${port}\nErrorLog ${run}/error.log\nServerName default\nUser www-data\nGroup www-data\nMaxKeepAliveRequests 0\nKeepAliveTimeout 60\n`;
  writeFileSync(
    join(run, 'apache.conf'),
    `${modules.join('\n')}\n${rest}<Directory ${tree.folder}>\nRequire all granted\n</Directory>\nDirectoryIndex index.html\n${virtualHosts.join('\n')}\n`,
  );
  return started(
    'apache',
    port,
    run,
    spawn('apache2', ['-D', 'FOREGROUND', '-f', join(run, 'apache.conf')], { stdio: 'ignore' }),
  );
}

export async function nginx(tree: ServedTree): Promise<BackEnd> {
  const port = await freePort();
  const run = mkdtempSync(join(tmpdir(), 'realmgate-nginx-'));
  const servers = ['default', ...tree.hosts].map(
    (host) =>
      `server { listen 127.0.0.1:${port}${host === 'default' ? ' default_server' : ''}; server_name ${host}; root ${join(tree.folder, host)}; index index.html; }`,
  );
  writeFileSync(
    join(run, 'nginx.conf'),
    `user www-data; daemon off; worker_processes 1; pid ${run}/pid; error_log ${run}/error.log crit; events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000; client_body_temp_path ${run}/a; proxy_temp_path ${run}/b; fastcgi_temp_path ${run}/c; uwsgi_temp_path ${run}/d; scgi_temp_path ${run}/e; ${servers.join('\n')} }`,
  );
  return started(
    'nginx',
    port,
    run,
    spawn('nginx', ['-c', join(run, 'nginx.conf'), '-e', join(run, 'error.log')], { stdio: 'ignore' }),
  );
}

/** A back end as many are written: WHATWG URL, decodeURIComponent, a look-up. */
export async function node(tree: ServedTree): Promise<BackEnd> {
  const known = new Set(tree.files);
  const server = createServer((req, res) => {
    const named = req.headers.host?.toLowerCase().replace(/:\d+$/, '') ?? '';
    const host = tree.hosts.includes(named) ? named : 'default';
    let path: string;
    try {
      path = decodeURIComponent(new URL(req.url ?? '', 'http://h').pathname);
    } catch {
      path = '';
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    if (known.has(file)) res.end(`${host} ${file}`);
    else res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name: 'node',
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** PHP-CGI over FastCGI, running `script` for every request. */
export async function phpCgi(script: string): Promise<BackEnd & { readonly script: string }> {
  const port = await freePort();
  const run = mkdtempSync(join(tmpdir(), 'realmgate-php-'));
  chmodSync(run, 0o755);
  const file = join(run, 'index.php');
  writeFileSync(file, script);
  const child = spawn(
    'php-cgi',
    ['-n', '-d', 'cgi.fix_pathinfo=0', '-d', 'cgi.force_redirect=0', '-b', `127.0.0.1:${port}`],
    { stdio: 'ignore', env: { PATH: '/usr/bin:/bin', PHP_FCGI_MAX_REQUESTS: '0' } },
  );
  return { ...(await started('php-cgi', port, run, child)), script: file };
}

/** nginx handing every request to FastCGI, as tolerant of odd header names as it can be made. */
export async function nginxFastCgi(php: BackEnd & { readonly script: string }): Promise<BackEnd> {
  const port = await freePort();
  const run = mkdtempSync(join(tmpdir(), 'realmgate-nginx-'));
  writeFileSync(
    join(run, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${run}/pid; error_log ${run}/error.log crit; events { worker_connections 1024; }
     http { access_log off; underscores_in_headers on; ignore_invalid_headers off; large_client_header_buffers 8 64k;
     client_body_temp_path ${run}/a; proxy_temp_path ${run}/b; fastcgi_temp_path ${run}/c; uwsgi_temp_path ${run}/d; scgi_temp_path ${run}/e;
     server { listen 127.0.0.1:${port}; location / { fastcgi_pass 127.0.0.1:${php.port}; include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME ${php.script}; } } }`,
  );
  return started(
    'nginx with PHP-CGI',
    port,
    run,
    spawn('nginx', ['-c', join(run, 'nginx.conf'), '-e', join(run, 'error.log')], { stdio: 'ignore' }),
  );
}

/** Apache handing every request to FastCGI. */
export async function apacheFastCgi(php: BackEnd & { readonly script: string }): Promise<BackEnd> {
  const port = await freePort();
  const run = mkdtempSync(join(tmpdir(), 'realmgate-apache-'));
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_fcgi', 'rewrite'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  const rest = `ServerRoot ${run}\nPidFile ${run}/pid\nListen 127.0.0.1:${port}\nErrorLog ${run}/error.log\nServerName default\nUser www-data\nGroup www-data\nMaxKeepAliveRequests 0\nLimitRequestFieldSize 65536\n`;
  writeFileSync(
    join(run, 'apache.conf'),
    `${modules.join('\n')}\n${rest}RewriteEngine on\nRewriteRule .* "fcgi://127.0.0.1:${php.port}${php.script}" [P]\nProxyFCGISetEnvIf "true" SCRIPT_FILENAME "${php.script}"\n`,
  );
  return started(
    'apache with PHP-CGI',
    port,
    run,
    spawn('apache2', ['-D', 'FOREGROUND', '-f', join(run, 'apache.conf')], { stdio: 'ignore' }),
  );
}

async function started(name: string, port: number, run: string, child: ChildProcess): Promise<BackEnd> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; !(await isOpen(port)); tries += 1) {
    if (child.exitCode !== null || tries > 200)
      throw new Error(`${name} did not start; its configuration is in ${run}`);
    await sleep(50);
  }
  return {
    name,
    port,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(run, { recursive: true, force: true });
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
