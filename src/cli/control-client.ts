/**
 * Calls an act in the process that serves, through `control.sock` of its data folder.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import type { ActInput, ActName, ActResult } from '../admin/index.ts';
import { CodedError } from '../base/index.ts';

const LONGEST_ANSWER = 64 * 1024 * 1024;

export type ControlCall<Name extends ActName> =
  | { readonly kind: 'answered'; readonly result: ActResult<Name> }
  /** Nobody serves on this data folder. */
  | { readonly kind: 'nobody' };

/** @throws CodedError with the code that the act failed with, or CLI_CONTROL when a server is there that cannot be talked to. */
export function callServer<Name extends ActName>(
  dataFolder: string,
  name: Name,
  input: ActInput<Name>,
): Promise<ControlCall<Name>> {
  const body = JSON.stringify(input);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath: join(dataFolder, 'control.sock'),
      method: 'POST',
      path: `/v1/acts/${name}`,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    });
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') resolve({ kind: 'nobody' });
      else reject(new CodedError('CLI_CONTROL', `cannot reach the server: ${cause.code ?? cause.message}`, { cause }));
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > LONGEST_ANSWER) outgoing.destroy();
        else chunks.push(chunk);
      });
      incoming.on('close', () => reject(new CodedError('CLI_CONTROL', 'the server broke off its answer; see its log')));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (incoming.statusCode !== 200) return reject(errorIn(text));
        resolve({ kind: 'answered', result: (text === '' ? undefined : JSON.parse(text)) as ActResult<Name> });
      });
    });
    outgoing.end(body);
  });
}

/** What the act failed with there, with its code when it has one. */
function errorIn(text: string): CodedError {
  try {
    const { error = 'the server refused without a reason', code = 'CLI_CONTROL' } = JSON.parse(text) as Refusal;
    return new CodedError(code, error);
  } catch {
    return new CodedError('CLI_CONTROL', 'the server did not answer in a way that can be read');
  }
}

interface Refusal {
  readonly error?: string;
  readonly code?: string;
}
