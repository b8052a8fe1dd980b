/**
 * Appends to a journal store so many times, says so, goes on until it is refused, says why and what it can read; on each line of
 * input it tries once more.
 */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';

const store = await openJournalStore({ folder: process.argv[2]!, random: systemRandom });
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

async function append(): Promise<string> {
  const n = store.head();
  const write = { space: 'entry', key: Buffer.from(`${n}`), value: new Uint8Array(1000).fill(7) };
  try {
    return await store.append(n, [{ csn: `${n}`, writes: [write] }]);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function readable(): Promise<number> {
  let count = 0;
  for await (const batch of await store.objects()) count += batch.length;
  return count;
}

let outcome = 'committed';
while (store.head() < Number(process.argv[3])) await append();
say({ outcome, acknowledged: store.head(), readable: await readable() });
while (outcome === 'committed') {
  outcome = await append();
  await wait(0);
}
say({ outcome, acknowledged: store.head(), readable: await readable() });
for await (const _ of createInterface({ input: process.stdin })) {
  say({ outcome: await append(), acknowledged: store.head(), readable: await readable() });
}
await store.close();
