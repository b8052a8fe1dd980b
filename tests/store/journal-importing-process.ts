/**
 * Swaps content after content into a journal store until it is killed, with an append after each, and names each acknowledged one in the
 * file that is its descriptor 3; on standard output it says when it begins.
 *
 * Content n is OBJECTS objects that say n; the append makes one of them say so again under another key.
 */
import { writeSync } from 'node:fs';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { OBJECTS } from './journal-swap-kill-cycles.ts';

const [folder, first] = process.argv.slice(2);
const store = await openJournalStore({ folder: folder!, random: systemRandom });
for await (const _ of await store.objects());
process.stdout.write('begun\n');

const object = (key: string, n: number) => ({ space: 'entry', key: Buffer.from(key), value: Buffer.from(`${n}`) });

for (let n = Number(first); ; n += 1) {
  const staged = await store.stage();
  await staged.add(Array.from({ length: OBJECTS }, (_, at) => object(`key-${at}`, n)));
  await staged.commit(`import-${n}`);
  writeSync(3, `${n}\n`);
  await store.append(store.head(), [{ csn: `append-${n}`, writes: [object('appended', n)] }]);
  writeSync(3, `${n}.5\n`);
}
