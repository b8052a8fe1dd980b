/**
 * Opens a journal store, appends to it so many times in several appends at once, and writes the head of each acknowledged one to the file
 * `acknowledged` beside it.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';

const [folder, rounds] = process.argv.slice(2);
const store = await openJournalStore({ folder: folder!, random: systemRandom });
const acknowledged = openSync(join(folder!, 'acknowledged'), 'w');
for (let round = 0; round < Number(rounds); round += 1) {
  const first = store.head();
  await Promise.all(
    [0, 1, 2].map(async (at) => {
      const value = Buffer.alloc(20 + ((round * 131 + at * 977) % 900), `${round} `);
      const writes = ['entry', 'member'].map((space) => ({
        space,
        key: Buffer.from(`${(round * 7 + at) % 60}`),
        value,
      }));
      await store.append(first + at, [{ csn: `${round}.${at}`, writes }]);
      writeSync(acknowledged, `${first + at + 1}`.padEnd(16), 0, 'latin1');
    }),
  );
  if (round % 100 === 99) await store.trim(first - 200);
}
await store.close();
