/**
 * Realmgate in the place of the virtual host: the same directory first, the same password file second, the same header,
 * with everything on that it has by default: the audit trail, the signed assertion, the session's rules. One process for
 * each core, as Apache and nginx have theirs.
 *
 * Three services, one application: `portal` for a front proxy that asks each time, `proxied` for Realmgate's own proxy,
 * `cached` behind nginx that keeps an allow for its second.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../tests/support/bonfire-tree.ts';
import { type Program, startProgram } from './program.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export const HOSTS = { portal: 'portal.localhost', proxied: 'proxied.localhost', cached: 'cached.localhost' } as const;

export interface GatePorts {
  readonly gate: number;
  /** nginx in front of `cached`. */
  readonly front: number;
  readonly backEnd: number;
}

export async function startGate(
  folder: string,
  directory: string,
  ports: GatePorts,
  nodeOptions: readonly string[] = [],
): Promise<Program> {
  const { gate, front, backEnd } = ports;
  const configuration = join(folder, 'realmgate.yaml');
  writeFileSync(
    configuration,
    `data: ./data
workers: ${availableParallelism()}
listen:
  web: { address: "127.0.0.1:${gate}", publicUrl: "http://login.localhost:${gate}" }
trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - use: ldap
        flag: sufficient
        domain: bonfire
        fallThrough: unknown-user
        urls: [ "${directory}" ]
        bindDn: "${PORTAL_DN}"
        bindPassword: ${PORTAL_PASSWORD}
        userBase: "ou=People,${BONFIRE_SUFFIX}"
      - { use: htpasswd, flag: sufficient, domain: file, file: htpasswd }
services:
  portal:
    match: { host: ${HOSTS.portal}, path: /idm/ }
    realm: staff
    assert: { preset: bonfire }
  proxied:
    match: { host: ${HOSTS.proxied}, path: /idm/ }
    realm: staff
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${backEnd}"
  cached:
    match: { host: ${HOSTS.cached}, path: /idm/ }
    url: "http://${HOSTS.cached}:${front}"
    realm: staff
    frontCache: true
    assert: { preset: bonfire }
log: { level: warn }
`,
  );
  const args = [
    '--disable-warning=ExperimentalWarning',
    ...nodeOptions,
    join(ROOT, 'src/main.ts'),
    'serve',
    '-c',
    configuration,
  ];
  return startProgram(process.execPath, args, gate, join(folder, 'realmgate.log'));
}
