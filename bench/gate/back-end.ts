/**
 * The application behind everything: nginx, one worker, a page of 1 KB that names who was asserted. Light on purpose,
 * so that what is measured is what stands in front of it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tests/support/free-port.ts';
import { type Program, startProgram } from './program.ts';

export interface BackEnd extends Program {
  readonly port: number;
}

/** Shows the signed assertion instead of the page; for the check before a measurement. */
export const ASSERTION_PATH = '/idm/assertion';

export async function startBackEnd(folder: string): Promise<BackEnd> {
  const port = await freePort();
  const conf = join(folder, 'back-end.conf');
  writeFileSync(
    conf,
    `daemon off; pid ${folder}/back-end.pid; worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/back-end-body;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type text/html;
    location = ${ASSERTION_PATH} { return 200 "$http_x_realmgate_assertion"; }
    location / { return 200 "$http_x_bonfire_asserted_id\\n${'a'.repeat(1_000)}\\n"; }
  }
}
`,
  );
  const program = await startProgram(
    'nginx',
    ['-c', conf, '-e', join(folder, 'back-end.log')],
    port,
    join(folder, 'back-end.out'),
  );
  return { ...program, port };
}
