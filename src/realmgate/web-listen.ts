/** Reads what the web listener needs from the disk. */
import { readFile } from 'node:fs/promises';
import { CodedError } from '../base/index.ts';
import type { WebListenOptions } from '../web/index.ts';
import type { Configuration } from './configuration.ts';

type WebSection = NonNullable<Configuration['listen']['web']>;

/** @throws CodedError CONFIGURATION_TLS_FILE naming the file that cannot be read. */
export async function webListenOptions({ address, tls }: WebSection): Promise<WebListenOptions> {
  const listen = { host: address.host, port: address.port };
  if (tls === undefined) return listen;
  const [certificate, key, clientCa] = await Promise.all([
    read('listen.web.tls.certificateFile', tls.certificateFile),
    read('listen.web.tls.keyFile', tls.keyFile),
    tls.clientCaFile === undefined ? undefined : read('listen.web.tls.clientCaFile', tls.clientCaFile),
  ]);
  return { ...listen, tls: { certificate, key, ...(clientCa !== undefined && { clientCa }) } };
}

async function read(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CodedError('CONFIGURATION_TLS_FILE', `${key}: cannot read ${file}`, { cause });
  }
}
