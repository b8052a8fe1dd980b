/**
 * Kills a process that swaps content after content into a journal store, and looks after each kill that one of them is there whole, and
 * none older than what was acknowledged.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { delayOf, runAndKill, type Toll } from './journal-kill-cycles.ts';

export const OBJECTS = 300;

/** More than any process swaps in before it is killed. */
const NUMBERS_PER_CYCLE = 10_000;

export async function journalSwapKillCycles(folder: string, kills: number, longest: number): Promise<Toll> {
  const path = join(folder, 'acknowledged');
  const log = openSync(path, 'a');
  let [lost, half] = [0, 0];
  for (let kill = 0; kill < kills; kill += 1) {
    const args = [folder, String((kill + 1) * NUMBERS_PER_CYCLE)];
    await runAndKill('journal-importing-process.ts', args, log, delayOf(kill, kills, longest));
    const acknowledged = numbersIn(path).at(-1) ?? 0;
    const { numbers, appended, csn } = await contentOf(folder);
    const n = numbers[0] ?? 0;
    if (numbers.length !== (n === 0 ? 0 : OBJECTS) || numbers.some((each) => each !== n)) half += 1;
    if (appended === undefined ? csn !== (n === 0 ? '' : `import-${n}`) : appended !== n || csn !== `append-${n}`)
      half += 1;
    if (n + (appended === undefined ? 0 : 0.5) < acknowledged) lost += 1;
  }
  closeSync(log);
  return { kills, acknowledged: numbersIn(path).length, lost, half };
}

const numbersIn = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number);

async function contentOf(folder: string): Promise<{ numbers: number[]; appended: number | undefined; csn: string }> {
  const store = await openJournalStore({ folder, random: systemRandom });
  assert.deepEqual((await store.verify()).damage, []);
  const numbers: number[] = [];
  let appended: number | undefined;
  for await (const batch of await store.objects()) {
    for (const { key, value } of batch) {
      const n = Number(Buffer.from(value).toString());
      if (Buffer.from(key).toString() === 'appended') appended = n;
      else numbers.push(n);
    }
  }
  const csn = store.csn();
  await store.close();
  return { numbers, appended, csn };
}
