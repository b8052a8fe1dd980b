/** The load: wrk (one thread, kept connections), which sends requests that were written out beforehand, one after the other. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Load {
  readonly port: number;
  readonly seconds: number;
  readonly connections: number;
  readonly requestsFile: string;
}

export interface LoadReport {
  readonly requestsPerSecond: number;
  readonly requests: number;
}

/** No string is made while it runs, so that the load costs both sides the same little. */
const SCRIPT = `
local requests, count, at = {}, 0, 0
function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for request in file:read('*a'):gmatch('([^%z]+)') do
    count = count + 1
    requests[count] = request
  end
  file:close()
end
function request()
  at = at % count + 1
  return requests[at]
end
`;

const SOCKET_ERRORS = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/;
/** A server may close a kept connection now and then (Apache does, short of threads): one in so many requests. */
const MOST_CLOSED = 10_000;

const SEPARATOR = '\0';

export function writeRequests(file: string, requests: readonly string[]): void {
  writeFileSync(file, requests.join(SEPARATOR), 'latin1');
}

/** Rejects when one answer was not 2xx, or connections broke. */
export async function runLoad(folder: string, { port, seconds, connections, requestsFile }: Load): Promise<LoadReport> {
  const script = join(folder, 'load.lua');
  writeFileSync(script, SCRIPT);
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    script,
    `http://127.0.0.1:${port}/`,
    '--',
    requestsFile,
  ]);
  const requestsPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const [, connect = 0, read = 0, write = 0, timeout = 0] = (SOCKET_ERRORS.exec(stdout) ?? []).map(Number);
  const wrong = stdout.includes('Non-2xx') || connect + write + timeout > 0 || read * MOST_CLOSED > requests;
  if (wrong || !(requests > 0)) throw new Error(`the load was not answered: ${stdout}`);
  return { requestsPerSecond, requests };
}
