/**
 * Writes batches as fast as it can until it is killed, and names each acknowledged batch in the file that is its descriptor 3; on
 * standard output it says when it begins.
 *
 * Batch n puts `n-0`, `n-1` and `n-2`, each telling n, and moves its writer's one `last` record on to n by compare-and-set.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/base/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';

const WRITERS = 8;
const [folder, from] = process.argv.slice(2);
const store = await openSqliteStore({ folder: folder!, clock: systemClock });

async function write(writer: number): Promise<void> {
  for (let n = Number(from) + writer; ; n += WRITERS) {
    const value = Buffer.from(String(n).padEnd(10 + ((n * 7919) % 3000)));
    const last = await store.get('last', String(writer));
    const outcome = await store.commit([
      ...[0, 1, 2].map((part) => ({ bucket: 'batch', key: `${n}-${part}`, value, expect: 'absent' as const })),
      { bucket: 'last', key: String(writer), value, expect: last?.revision ?? ('absent' as const) },
    ]);
    if (outcome !== 'committed') throw new Error(`batch ${n}: ${outcome}`);
    writeSync(3, `${n}\n`);
  }
}

process.stdout.write('begun\n');
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
