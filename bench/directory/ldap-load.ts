/** The load: bench/directory/ldap-load.c, built once, with the requests that it sends written to a file beforehand. */
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request and what its answer must be. */
export interface LoadRequest {
  /** A protocolOp (RFC 4511 4.2 and on), without the envelope. */
  readonly operation: Buffer;
  /** How many entries must come; 0 for what is no search. */
  readonly entries?: number;
  /** The result code that must come. */
  readonly result?: number;
  /** Entries a page: the list is fetched page by page, all pages are one answer. */
  readonly page?: number;
}

export interface LoadOptions {
  readonly port: number;
  readonly requests: string;
  /** Requests that every connection sends first, uncounted: a bind. */
  readonly preamble?: string;
  readonly connections?: number;
  readonly seconds?: number;
  readonly warmUp?: number;
  /** Ends after so many answers instead of after `seconds`. */
  readonly count?: number;
  /** The request of the file to begin with. */
  readonly start?: number;
  /** Requests a second that fall due whether or not they can be sent; without it as many as are answered. */
  readonly rate?: number;
}

/** Latencies in microseconds. */
export interface LoadReport {
  readonly answers: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
  readonly octetsPerAnswer: number;
  readonly wrong: number;
}

const SOURCE = join(import.meta.dirname, 'ldap-load.c');
/** An INTEGER of three octets, which the load puts in. */
const MESSAGE_ID = Buffer.from([0x02, 0x03, 0x01, 0x00, 0x00]);

/** Builds the load into `folder`. */
export function buildLoad(folder: string): string {
  const program = join(folder, 'ldap-load');
  execFileSync('gcc', ['-O2', '-Wall', '-o', program, SOURCE], { stdio: 'inherit' });
  return program;
}

/** Writes requests as the load reads them. */
export function writeLoadRequests(file: string, requests: readonly LoadRequest[]): string {
  const parts: Buffer[] = [];
  for (const { operation, entries = 0, result = 0, page = 0 } of requests) {
    const length = MESSAGE_ID.length + operation.length;
    const envelope =
      length < 0x80 ? Buffer.from([0x30, length]) : Buffer.from([0x30, 0x82, length >> 8, length & 0xff]);
    const head = Buffer.alloc(16);
    for (const [at, word] of [envelope.length + length, entries, result, page].entries())
      head.writeUInt32LE(word, at * 4);
    parts.push(head, envelope, MESSAGE_ID, operation);
  }
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

/** Rejects when one answer was not what its request expects. */
export function runLoad(program: string, options: LoadOptions): Promise<LoadReport> {
  const { port, requests, preamble, connections = 16, seconds = 2, warmUp = 0, count, start = 0, rate } = options;
  const args = [
    ...[String(port), requests, '--connections', String(connections), '--start', String(start)],
    ...['--seconds', String(seconds), '--warm-up', String(warmUp)],
    ...(preamble === undefined ? [] : ['--preamble', preamble]),
    ...(count === undefined ? [] : ['--count', String(count)]),
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
  ];
  return new Promise((resolve, reject) => {
    execFile(program, args, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as LoadReport);
      else reject(new Error(`${stderr.trim() || error.message} ${stdout.trim()}`));
    });
  });
}
