/**
 * Realm logins a second in process: four trivial modules, no key derivation, against the JDK's LoginContext.
 *
 * Both run in one go, in turn, a round each; the medians of the rounds count. `ours` is SecurityRealm.login as a door
 * calls it: canonical name, attempt record and subject included, which the JDK does not do. `context` is LoginContext
 * alone, which is what the JDK does. Prints one line of JSON: logins a second, and `ratio` of ours over the JDK's.
 * Needs a JDK.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditId } from '../src/audit/index.ts';
import { CodedError, systemClock, systemRandom } from '../src/base/index.ts';
import {
  type CallbackHandler,
  type ContextOfLogin,
  LoginContext,
  type LoginModule,
  type LoginModuleDefinition,
  type NameCallback,
  ParkedLogins,
  SecurityRealm,
  type StackEntry,
} from '../src/realm/index.ts';

const LOGINS = 200_000;
const ROUNDS = 7;
const WARM_UP = 3;

class Watches implements LoginModule {
  login(): 'ignored' {
    return 'ignored';
  }

  commit(): 'ignored' {
    return 'ignored';
  }

  abort(): 'success' {
    return 'success';
  }

  logout(): 'success' {
    return 'success';
  }
}

class Verifies implements LoginModule {
  readonly #handler: CallbackHandler;
  #name = '';

  constructor(handler: CallbackHandler) {
    this.#handler = handler;
  }

  login(): 'success' | 'ignored' {
    const callback: NameCallback = { kind: 'name' };
    void this.#handler([callback]);
    this.#name = callback.name ?? '';
    return this.#name === 'alice' ? 'success' : 'ignored';
  }

  commit(): 'success' {
    return 'success';
  }

  abort(): 'success' {
    return 'success';
  }

  logout(): 'success' {
    return 'success';
  }

  principals() {
    return [{ type: 'user' as const, name: this.#name }];
  }

  verifiedUser(): string {
    return this.#name;
  }
}

const watches: LoginModuleDefinition = {
  use: 'watches',
  domain: undefined,
  verifies: false,
  create: () => new Watches(),
};
const verifies: LoginModuleDefinition = {
  use: 'verifies',
  domain: 'local',
  verifies: true,
  create: ({ handler }) => new Verifies(handler),
};
const stack: readonly StackEntry[] = [
  { flag: 'requisite', definition: watches },
  { flag: 'optional', definition: watches },
  { flag: 'required', definition: verifies },
  { flag: 'optional', definition: watches },
];
const handler: CallbackHandler = (callbacks) => {
  for (const callback of callbacks) if (callback.kind === 'name') callback.name = 'alice';
  return undefined;
};
const passwords = { verify: async () => 'mismatch' as const };

let recorded = 0;
const realm = new SecurityRealm({
  name: 'staff',
  stack,
  domains: [],
  validators: [],
  clock: systemClock,
  passwords,
  recorder: {
    record: ({ id }) => {
      recorded++;
      return id;
    },
  },
  parked: new ParkedLogins(systemClock, systemRandom),
});

async function realmRound(): Promise<number> {
  const started = systemClock.monotonic();
  const now = systemClock.now();
  for (let count = 0; count < LOGINS; count++) {
    const outcome = await realm.login({ id: 'bench' as AuditId, door: 'bench', handler, counted: true, now });
    if (outcome.kind !== 'authenticated') throw new CodedError('BENCH_LOGIN', 'not logged in');
  }
  return perSecond(started);
}

function contextRound(): number {
  const started = systemClock.monotonic();
  const now = systemClock.now();
  for (let count = 0; count < LOGINS; count++) {
    const login: ContextOfLogin = {
      realm: 'staff',
      shared: new Map(),
      passwords,
      counted: true,
      now,
      handlerFor: () => handler,
    };
    const result = new LoginContext(stack, login, systemClock).login();
    if (result instanceof Promise || result.kind !== 'success') throw new CodedError('BENCH_LOGIN', 'not logged in');
  }
  return perSecond(started);
}

function perSecond(started: number): number {
  return (LOGINS * 1_000) / (systemClock.monotonic() - started);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const folder = mkdtempSync(join(tmpdir(), 'realmgate-bench-'));
try {
  execFileSync('javac', ['-d', folder, 'bench/realm-login/JaasLogin.java']);
  const java = spawn('java', ['-cp', folder, 'JaasLogin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: java.stdout })[Symbol.asyncIterator]();
  const jdkRound = async (): Promise<number> => {
    java.stdin.write(`${LOGINS}\n`);
    return Number((await lines.next()).value);
  };
  const ours: number[] = [];
  const context: number[] = [];
  const peer: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const [realmRate, contextRate, jdkRate] = [await realmRound(), contextRound(), await jdkRound()];
    if (round < 0) continue;
    ours.push(realmRate);
    context.push(contextRate);
    peer.push(jdkRate);
  }
  java.stdin.end();
  if (recorded !== LOGINS * (ROUNDS + WARM_UP)) throw new CodedError('BENCH_LOGIN', 'an attempt was not recorded');
  const [ourRate, peerRate, contextRate] = [median(ours), median(peer), median(context)];
  const ratios = { ratio: ourRate / peerRate, contextRatio: contextRate / peerRate };
  console.log(JSON.stringify({ ours: ourRate, peer: peerRate, context: contextRate, ...ratios }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
