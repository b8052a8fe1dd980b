/** The example application behind a gate: it shows what it was sent, and accepts WebSockets. */
import { join } from 'node:path';
import { type Asking, ask } from '../../scripts/quickstart/browser.ts';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'examples', 'guarded-app', 'server.mjs');

export async function guardedApp(): Promise<ServerProcess> {
  const port = await freePort();
  return ServerProcess.start({
    name: 'guarded-app',
    command: process.execPath,
    arguments: () => [PROGRAM, String(port)],
    files: () => ({}),
    port,
  });
}

/** What came back from behind a gate. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The headers that the application was sent, by lower-case name; every value of each. Undefined when it was not reached. */
  readonly received: ReadonlyMap<string, readonly string[]> | undefined;
}

export function basic(name: string, password: string): readonly string[] {
  return ['Authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`];
}

/** Asks as a command line does; `*.localhost` is this machine. */
export async function askGuarded(address: string, asking: Asking = {}): Promise<GuardedAnswer> {
  const { status, headers, body } = await ask(address, asking);
  return { status, headers, body, received: status === 200 ? receivedHeaders(body) : undefined };
}

function receivedHeaders(body: string): ReadonlyMap<string, readonly string[]> | undefined {
  if (!body.startsWith('{')) return undefined;
  const { headers } = JSON.parse(body) as { readonly headers: readonly (readonly [string, string])[] };
  const received = new Map<string, string[]>();
  for (const [name, value] of headers)
    received.set(name.toLowerCase(), [...(received.get(name.toLowerCase()) ?? []), value]);
  return received;
}
