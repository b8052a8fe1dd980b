/**
 * nginx in front of the same application, asking `/authz/nginx` and keeping an allow for its second: the snippet of
 * docs/integrations/nginx.md, "Keeping an allow for a second", with its folder in memory as it says there, on both cores.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTS } from './gate.ts';
import { type Program, startProgram } from './program.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'integrations', 'nginx.md');

export interface FrontPorts {
  readonly front: number;
  readonly gate: number;
  readonly backEnd: number;
}

export async function startFrontProxy(folder: string, { front, gate, backEnd }: FrontPorts): Promise<Program> {
  const server = blockWith('auth_request ');
  const path = blockWith('proxy_cache_path ');
  const inLocation = blockWith('proxy_cache ');
  const snippet = server
    .replace('127.0.0.1:8080', `127.0.0.1:${gate}`)
    .replace('127.0.0.1:8082', `127.0.0.1:${backEnd}`)
    .replace('127.0.0.1:8000', `127.0.0.1:${front} backlog=4096`)
    .replace('portal.example.org', HOSTS.cached)
    .replaceAll('keepalive 32', 'keepalive 64')
    .replace('location = /.realmgate-authz {', (line) => `${line}\n${inLocation}`);
  const cache = mkdtempSync('/dev/shm/realmgate-bench-');
  chmodSync(cache, 0o755);
  const conf = join(folder, 'front.conf');
  writeFileSync(
    conf,
    `daemon off; pid ${folder}/front.pid; worker_processes 2;
events { worker_connections 4096; }
http {
access_log off;
keepalive_requests 1000000000;
client_body_temp_path ${folder}/front-body;
proxy_temp_path ${folder}/front-temp;
${path.replace('/var/cache/nginx/realmgate', cache)}
${snippet}
}
`,
  );
  const args = ['-c', conf, '-e', join(folder, 'front.log')];
  const program = await startProgram('nginx', args, front, join(folder, 'front.out'));
  return {
    ...program,
    async stop() {
      await program.stop();
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

/** The block of nginx's configuration in the documentation that has a line beginning with `directive`. */
function blockWith(directive: string): string {
  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, text]) => text!);
  const found = blocks.find((text) => text.split('\n').some((line) => line.trim().startsWith(directive)));
  if (found === undefined) throw new Error(`${PAGE} has no block with ${directive}`);
  return found;
}
