/** Reads the certificate of a listener from the disk, and refuses what could not be served. */
import { readFile } from 'node:fs/promises';
import { CodedError } from '../base/index.ts';
import { faultOfTls, type WebTls } from '../web/index.ts';

interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

/** PEM texts. @throws CodedError CONFIGURATION_TLS_FILE naming the file that cannot be read, or why the files cannot be served. */
export async function readTls(key: string, files: TlsFiles): Promise<WebTls> {
  const [certificate, privateKey, clientCa] = await Promise.all([
    readPem(`${key}.certificateFile`, files.certificateFile),
    readPem(`${key}.keyFile`, files.keyFile),
    files.clientCaFile === undefined ? undefined : readPem(`${key}.clientCaFile`, files.clientCaFile),
  ]);
  const read = { certificate, key: privateKey, ...(clientCa !== undefined && { clientCa }) };
  const fault = faultOfTls(read);
  if (fault !== undefined) throw new CodedError('CONFIGURATION_TLS_FILE', `${key}: ${fault}`);
  return read;
}

async function readPem(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CodedError('CONFIGURATION_TLS_FILE', `${key}: cannot read ${file}`, { cause });
  }
}
