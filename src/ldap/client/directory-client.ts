/**
 * The LDAP client behind the `ldap` login module: one PooledServer a URL, the healthy ones first.
 */

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Clock, CodedError, type Logger } from '../../base/index.ts';
import type { DirectoryClient, LdapOptions } from '../../realm/index.ts';
import { PooledServer } from './pooled-server.ts';

export type DirectoryClientOptions = Pick<
  LdapOptions,
  'urls' | 'startTls' | 'bindDn' | 'bindPassword' | 'caFile' | 'connectTimeout' | 'timeout' | 'poolSize'
>;

export interface DirectoryClientPorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes a client for servers with the same content. Connects to none before the first question. */
export function createDirectoryClient(options: DirectoryClientOptions, ports: DirectoryClientPorts): DirectoryClient {
  let servers: readonly PooledServer[] = [];
  return {
    async start() {
      const authorities = options.caFile === undefined ? undefined : await readAuthorities(options.caFile);
      servers = options.urls.map((address) => makeServer(options, address, authorities, ports));
      for (const { url, tls, host } of options.urls) {
        if (tls || options.startTls || isLoopback(host)) continue;
        ports.logger.warn('passwords travel to this directory in clear text: use ldaps:// or startTls', {
          server: url,
        });
      }
    },
    servers() {
      const healthy = servers.filter((server) => server.healthy);
      const failed = servers.filter((server) => !server.healthy);
      // Nobody has to wait for a failed server while another answers; the probe brings it back to its place.
      if (healthy.length > 0) for (const server of failed) server.probeIfRested();
      return [...healthy, ...failed];
    },
    async close() {
      for (const server of servers) server.close();
    },
  };
}

function makeServer(
  options: DirectoryClientOptions,
  address: DirectoryClientOptions['urls'][number],
  authorities: readonly string[] | undefined,
  { clock, logger }: DirectoryClientPorts,
): PooledServer {
  const { bindDn: dn, bindPassword: password } = options;
  const settings = {
    url: address.url,
    host: address.host,
    port: address.port,
    security: address.tls ? ('ldaps' as const) : options.startTls ? ('startTls' as const) : ('none' as const),
    authorities,
    account: dn === undefined || password === undefined ? undefined : { dn, password },
    connectTimeout: options.connectTimeout,
    timeout: options.timeout,
    poolSize: options.poolSize,
  };
  return new PooledServer(settings, clock, logger);
}

/** The certificates of a PEM file. The TLS layer ignores what it cannot read, so that is found out here. */
async function readAuthorities(file: string): Promise<readonly string[]> {
  try {
    const text = await readFile(file, 'latin1');
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0) throw new Error('no certificate in it');
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (cause) {
    throw new CodedError('LDAP_CA_FILE', `cannot read certificates from caFile ${file}`, { cause });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
