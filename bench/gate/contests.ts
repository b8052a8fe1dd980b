/** The three contests of the gate against BonFIRE's virtual host, in front of one application and with one directory. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tests/support/free-port.ts';
import { startBackEnd } from './back-end.ts';
import type { Contender, Question } from './contender.ts';
import { type ContestResult, contest } from './contest.ts';
import { startFrontProxy } from './front-proxy.ts';
import { HOSTS, startGate } from './gate.ts';
import { logInEverybody } from './log-in.ts';
import { PEOPLE, startDirectory } from './people.ts';
import { startVirtualHost } from './virtual-host.ts';

export type ContestName = 'authz' | 'proxy' | 'front-cache';

export interface ContestsOptions {
  readonly names: readonly ContestName[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Node's own options for the gate, for a profile. */
  readonly nodeOptions: readonly string[];
}

const PATHS = 100;

export async function runContests(options: ContestsOptions): Promise<ReadonlyMap<ContestName, ContestResult>> {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-bench-'));
  // Apache's and nginx's workers run as www-data and have files in here.
  chmodSync(folder, 0o755);
  const closers: (() => Promise<void>)[] = [() => Promise.resolve(rmSync(folder, { recursive: true, force: true }))];
  const opened = <Value extends { stop(): Promise<void> }>(value: Value): Value => {
    closers.push(() => value.stop());
    return value;
  };
  try {
    const directory = await startDirectory();
    closers.push(() => directory.close());
    const backEnd = opened(await startBackEnd(folder));
    const apache = opened(await startVirtualHost(folder, directory.url, backEnd.port));
    const ports = { gate: await freePort(), front: await freePort(), backEnd: backEnd.port };
    const gate = opened(await startGate(folder, directory.url, ports, options.nodeOptions));
    const front = opened(await startFrontProxy(folder, ports));

    const byPassword = PEOPLE.map(({ uid, password }) => Buffer.from(`${uid}:${password}`).toString('base64'));
    const peer: Contender = {
      name: "BonFIRE's Apache virtual host",
      port: apache.port,
      host: 'portal.localhost',
      programs: [apache],
      headers: (person) => ['Authorization', `Basic ${byPassword[person]}`],
      target: (path) => path,
      asserted: ({ body }) => body.split('\n')[0],
    };
    const cookies = async (host: string, port: number) => {
      const all = await logInEverybody(host, port);
      return (person: number) => ['Cookie', all[person]!];
    };
    const ours: Record<ContestName, () => Promise<Contender>> = {
      authz: async () => {
        const cookie = await cookies(HOSTS.portal, ports.gate);
        return {
          name: 'Realmgate, /authz/nginx',
          port: ports.gate,
          host: 'realmgate.localhost',
          programs: [gate],
          headers: (person, path) => [
            'X-Original-URL',
            `http://${HOSTS.portal}${path}`,
            'X-Original-Method',
            'GET',
            'X-Forwarded-For',
            '192.0.2.7',
            ...cookie(person),
          ],
          target: () => '/authz/nginx',
          asserted: ({ headers }) =>
            String(headers['x-realmgate-assertion']).split('.').length === 3
              ? String(headers['x-bonfire-asserted-id'])
              : 'nobody by signature',
        };
      },
      proxy: async () => {
        const cookie = await cookies(HOSTS.proxied, ports.gate);
        return {
          ...peer,
          name: "Realmgate's own proxy",
          port: ports.gate,
          host: HOSTS.proxied,
          programs: [gate],
          headers: cookie,
        };
      },
      'front-cache': async () => {
        const cookie = await cookies(HOSTS.cached, ports.front);
        return {
          ...peer,
          name: 'nginx asking Realmgate',
          port: ports.front,
          host: HOSTS.cached,
          programs: [front, gate],
          headers: cookie,
        };
      },
    };
    const results = new Map<ContestName, ContestResult>();
    for (const name of options.names) {
      process.stderr.write(`${name}\n`);
      const questions = name === 'front-cache' ? questionsOf(1) : questionsOf(PATHS);
      results.set(name, await contest(await ours[name](), peer, { folder, questions, ...options }));
    }
    return results;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Everybody at each of `paths` paths, in an order without a pattern that is the same in every run. */
function questionsOf(paths: number): readonly Question[] {
  const questions = Array.from({ length: PEOPLE.length * paths }, (_, index) => ({
    person: index % PEOPLE.length,
    path: `/idm/experiments/${Math.floor(index / PEOPLE.length)}/computes`,
  }));
  let state = 0x9e3779b9;
  for (let at = questions.length - 1; at > 0; at -= 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const other = (state >>> 0) % (at + 1);
    [questions[at], questions[other]] = [questions[other]!, questions[at]!];
  }
  return questions;
}
