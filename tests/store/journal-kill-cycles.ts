/**
 * Kills a process that writes to a journal store again and again on one folder, and counts what it had acknowledged and is not there.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';

export const KEYS = 50;
export const SPACES = ['entry', 'member', 'verifier'] as const;

/** More than any process writes before it is killed. */
const NUMBERS_PER_CYCLE = 1_000_000 - (1_000_000 % KEYS);

export interface Toll {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged transactions of which something is missing. */
  readonly lost: number;
  /** Transactions of which a part is there and a part is not, acknowledged or not. */
  readonly half: number;
}

/** One process start and one kill a cycle, up to `longest` milliseconds after it began to write. Looks at the content at the end. */
export async function journalKillCycles(folder: string, kills: number, longest: number): Promise<Toll> {
  const log = openSync(join(folder, 'acknowledged'), 'a');
  for (let kill = 0; kill < kills; kill += 1) {
    const args = [folder, String(kill * NUMBERS_PER_CYCLE)];
    await runAndKill('journal-writing-process.ts', args, log, delayOf(kill, kills, longest));
  }
  closeSync(log);
  return toll(folder, kills);
}

/** Runs the program, lets it write for so long after its first word, and kills it. Its descriptor 3 is `log`. */
export async function runAndKill(program: string, args: readonly string[], log: number, delay: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', log],
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout!, 'data'), exit]);
  await wait(delay);
  child.kill('SIGKILL');
  assert.deepEqual(await exit, [null, 'SIGKILL'], 'the writing process ended by itself');
}

/** Spread evenly below `longest`, with a prime step so that neighbours differ. */
export function delayOf(kill: number, kills: number, longest: number): number {
  return ((kill * 37) % kills) * (longest / kills);
}

export function total(tolls: readonly Toll[]): Toll {
  const sum = (part: keyof Toll) => tolls.reduce((all, each) => all + each[part], 0);
  return { kills: sum('kills'), acknowledged: sum('acknowledged'), lost: sum('lost'), half: sum('half') };
}

async function toll(folder: string, kills: number): Promise<Toll> {
  const acknowledged = readFileSync(join(folder, 'acknowledged'), 'utf8').trim().split('\n').map(Number);
  const store = await openJournalStore({ folder, random: systemRandom });
  const { damage, records: count } = await store.verify();
  assert.deepEqual(damage, []);

  const numbers = new Map<string, Map<string, number>>();
  for await (const batch of await store.objects()) {
    for (const { space, key, value } of batch) {
      const text = Buffer.from(value).toString();
      const n = Number(text);
      assert.equal(text, String(n).padEnd(10 + ((n * 7919) % 900)), 'the value is one that was written');
      const name = Buffer.from(key).toString();
      numbers.set(name, (numbers.get(name) ?? new Map()).set(space, n));
    }
  }
  const lastOf = (n: number) => numbers.get(String(n % KEYS))?.get('entry') ?? -1;
  const kept = new Set<string>();
  const first = store.head() - count;
  for (let after = first; after < store.head(); ) {
    const records = await store.journal(after);
    for (const { csn } of records) kept.add(csn);
    after += records.length;
  }
  const oldest = Math.min(...[...kept].map(Number));
  await store.close();

  let half = 0;
  for (const spaces of numbers.values()) {
    const n = spaces.get('entry')!;
    const isWhole =
      SPACES.every((space) => spaces.get(space) === n) && (spaces.get('odd') ?? -1) === (n % 2 === 0 ? -1 : n);
    if (!isWhole) half += 1;
  }
  const isLost = (n: number) => lastOf(n) < n || (n > oldest && !kept.has(String(n)));
  return { kills, acknowledged: acknowledged.length, lost: acknowledged.filter(isLost).length, half };
}
