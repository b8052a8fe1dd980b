/** Reads what the web listener needs from the disk. */
import { readFile } from 'node:fs/promises';
import { CodedError } from '../base/index.ts';
import { faultOfTls, type WebListenOptions } from '../web/index.ts';
import type { Configuration } from './configuration.ts';

type WebSection = NonNullable<Configuration['listen']['web']>;

/** @throws CodedError CONFIGURATION_TLS_FILE naming the file that cannot be read, or why the files cannot be served. */
export async function webListenOptions({ address, tls }: WebSection): Promise<WebListenOptions> {
  const listen = { host: address.host, port: address.port };
  if (tls === undefined) return listen;
  const [certificate, key, clientCa] = await Promise.all([
    readPem('listen.web.tls.certificateFile', tls.certificateFile),
    readPem('listen.web.tls.keyFile', tls.keyFile),
    tls.clientCaFile === undefined ? undefined : readPem('listen.web.tls.clientCaFile', tls.clientCaFile),
  ]);
  const read = { certificate, key, ...(clientCa !== undefined && { clientCa }) };
  const fault = faultOfTls(read);
  if (fault !== undefined) throw new CodedError('CONFIGURATION_TLS_FILE', `listen.web.tls: ${fault}`);
  return { ...listen, tls: read };
}

async function readPem(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CodedError('CONFIGURATION_TLS_FILE', `${key}: cannot read ${file}`, { cause });
  }
}
