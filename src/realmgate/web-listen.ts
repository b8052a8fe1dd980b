/** Reads what the web listener needs from the disk. */
import type { WebListenOptions } from '../web/index.ts';
import type { Configuration } from './configuration.ts';
import { readTls } from './tls-files.ts';

type WebSection = NonNullable<Configuration['listen']['web']>;

/** @throws CodedError CONFIGURATION_TLS_FILE naming the file that cannot be read, or why the files cannot be served. */
export async function webListenOptions({ address, tls }: WebSection): Promise<WebListenOptions> {
  const listen = { host: address.host, port: address.port };
  return tls === undefined ? listen : { ...listen, tls: await readTls('listen.web.tls', tls) };
}
