/**
 * Kills a writing process again and again on one data folder, and counts what it had acknowledged and is not there.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';

/** More than any process writes before it is killed. */
const NUMBERS_PER_CYCLE = 1_000_000;

export interface Toll {
  readonly acknowledged: number;
  /** Acknowledged batches of which something is missing or wrong. */
  readonly lost: number;
  /** Batches of which a part is there and a part is not, acknowledged or not. */
  readonly half: number;
}

/** One process start and one kill a cycle, up to `longest` milliseconds after it began to write. */
export async function killCycles(folder: string, cycles: number, longest: number): Promise<Toll> {
  const log = join(folder, 'acknowledged');
  const descriptor = openSync(log, 'a');
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    // Spread evenly, with a prime step so that neighbours differ.
    await writeAndKill(folder, descriptor, cycle, ((cycle * 37) % cycles) * (longest / cycles));
  }
  closeSync(descriptor);
  return count(folder, readFileSync(log, 'utf8').trim().split('\n').map(Number));
}

async function writeAndKill(folder: string, log: number, cycle: number, delay: number): Promise<void> {
  const from = String(cycle * NUMBERS_PER_CYCLE);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writing-process.ts'), folder, from], {
    stdio: ['ignore', 'pipe', 'inherit', log],
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout!, 'data'), exit]);
  await wait(delay);
  child.kill('SIGKILL');
  assert.deepEqual(await exit, [null, 'SIGKILL'], 'the writing process ended by itself');
}

async function count(folder: string, acknowledged: readonly number[]): Promise<Toll> {
  const store = await openSqliteStore({ folder, clock: systemClock });
  const parts = new Map<number, number>();
  for await (const { key, value } of store.list('batch')) {
    const [n = '', part] = key.split('-');
    const isRight = Buffer.from(value).toString() === n.padEnd(10 + ((Number(n) * 7919) % 3000));
    assert.ok(isRight, `${key}-${part} has the value that was written`);
    parts.set(Number(n), (parts.get(Number(n)) ?? 0) + 1);
  }
  await store.close();
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((n) => parts.get(n) !== 3).length,
    half: [...parts.values()].filter((size) => size !== 3).length,
  };
}
