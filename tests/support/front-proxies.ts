/**
 * Real front proxies of Debian before Realmgate, each with the configuration of docs/integrations as it stands: only
 * addresses and host names are put in place. Around it stands what a Debian package's main configuration would hold.
 */
import { join } from 'node:path';
import { adapted, fencedBlock } from './documented.ts';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const LUA = join(import.meta.dirname, '..', '..', 'examples', 'haproxy', 'realmgate.lua');

export interface FrontPlaces {
  /** Ports of 127.0.0.1. */
  readonly realmgate: number;
  readonly application: number;
  readonly front: number;
  /** Where the front proxy also takes HTTP/2 without TLS; Caddy does so on `front`. */
  readonly http2?: number;
}

export interface FrontProxyKind {
  readonly name: string;
  /** The page whose `yaml` block is Realmgate's side. */
  readonly page: string;
  start(places: FrontPlaces): Promise<ServerProcess>;
}

/** `site.yaml` for Realmgate behind the proxy of `page`. */
export function siteBehind(page: string, { realmgate, application, front }: FrontPlaces): string {
  const text = adapted(fencedBlock(page, 'yaml'), {
    '127.0.0.1:8080': `127.0.0.1:${realmgate}`,
    'portal.example.org:8000': `portal.localhost:${front}`,
    'portal.example.org': 'portal.localhost',
    'lab.example.org': 'lab.localhost',
  });
  return text.includes('127.0.0.1:8082') ? adapted(text, { '127.0.0.1:8082': `127.0.0.1:${application}` }) : text;
}

export async function frontPlaces(application: number): Promise<FrontPlaces> {
  return { application, realmgate: await freePort(), front: await freePort() };
}

function placed(page: string, language: string, { realmgate, application, front }: FrontPlaces): string {
  const text = adapted(fencedBlock(page, language), { '127.0.0.1:8080': `127.0.0.1:${realmgate}` });
  return [
    ['127.0.0.1:8000', `127.0.0.1:${front}`],
    ['127.0.0.1:8082', `127.0.0.1:${application}`],
    ['portal.example.org:8000', `portal.localhost:${front}`],
    ['lab.example.org:8000', `lab.localhost:${front}`],
    ['portal.example.org', 'portal.localhost'],
    ['lab.example.org', 'lab.localhost'],
  ].reduce((result, [from, to]) => result.replaceAll(from!, to!), text);
}

const NGINX_PAGE = 'nginx.md';

function nginxProgram(places: FrontPlaces, name: string, edit: (server: string, folder: string) => string) {
  return ServerProcess.start({
    name,
    port: places.front,
    command: 'nginx',
    arguments: (folder) => ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    files: (folder) => ({
      'nginx.conf': `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log crit; user nobody nogroup;
events { worker_connections 1024; }
http {
access_log off; keepalive_requests 1000000;
client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
${edit(placed(NGINX_PAGE, 'nginx', places), folder)}
}
`,
    }),
  });
}

export const NGINX: FrontProxyKind = {
  name: 'nginx',
  page: 'README.md',
  start: (places) =>
    nginxProgram(places, 'nginx', (server) => {
      const listen = `listen 127.0.0.1:${places.front};`;
      return places.http2 === undefined
        ? server
        : adapted(server, { [listen]: `${listen} listen 127.0.0.1:${places.http2} http2;` });
    }),
};

/** nginx that keeps an allow for a second. */
export const CACHING_NGINX: FrontProxyKind = {
  name: 'nginx-cache',
  page: 'README.md',
  start: (places) =>
    nginxProgram(places, 'nginx-cache', (server, folder) => {
      const zone = adapted(fencedBlock(NGINX_PAGE, 'nginx', 1), {
        '/var/cache/nginx/realmgate': join(folder, 'cache'),
      });
      const question = 'location = /.realmgate-authz {\n';
      return zone + adapted(server, { [question]: question + fencedBlock(NGINX_PAGE, 'nginx', 2) });
    }),
};

export const CADDY: FrontProxyKind = {
  name: 'caddy',
  page: 'README.md',
  start: (places) =>
    ServerProcess.start({
      name: 'caddy',
      port: places.front,
      command: 'caddy',
      arguments: (folder) => ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      files: () => {
        const text = placed('caddy.md', 'caddyfile', places);
        const http2 = 'auto_https off\n\tservers {\n\t\tprotocols h1 h2 h2c\n\t}';
        return { Caddyfile: places.http2 === undefined ? text : adapted(text, { 'auto_https off': http2 }) };
      },
      environment: { XDG_DATA_HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' },
    }),
};

export const HAPROXY: FrontProxyKind = {
  name: 'haproxy',
  page: 'README.md',
  start: (places) =>
    ServerProcess.start({
      name: 'haproxy',
      port: places.front,
      command: 'haproxy',
      arguments: (folder) => ['-db', '-f', join(folder, 'haproxy.cfg')],
      files: () => {
        const bind = `bind 127.0.0.1:${places.front}\n`;
        return {
          'haproxy.cfg': adapted(placed('haproxy.md', 'haproxy', places), {
            '/etc/haproxy/realmgate.lua': LUA,
            'lua.realmgate 127.0.0.1 8080': `lua.realmgate 127.0.0.1 ${places.realmgate}`,
            ...(places.http2 !== undefined && { [bind]: `${bind}    bind 127.0.0.1:${places.http2} proto h2\n` }),
          }),
        };
      },
    }),
};

const APACHE_MODULES = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'proxy_wstunnel'];

export const APACHE: FrontProxyKind = {
  name: 'apache',
  page: 'apache.md',
  start: (places) =>
    ServerProcess.start({
      name: 'apache',
      port: places.front,
      command: 'apache2',
      arguments: (folder) => ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')],
      files: (folder) => ({
        'apache.conf': `${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
PidFile ${folder}/pid
Listen 127.0.0.1:${places.front}
ErrorLog ${folder}/error.log
ServerName front.localhost
User nobody
Group nogroup
MaxKeepAliveRequests 0
${placed('apache.md', 'apache', places)}`,
      }),
    }),
};

export const FRONT_PROXIES: readonly FrontProxyKind[] = [NGINX, CADDY, HAPROXY, APACHE];
