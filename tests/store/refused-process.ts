/** Writes until the store refuses, says why and what it can read; on a line of input it writes once more. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/base/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';

const store = await openSqliteStore({ folder: process.argv[2]!, clock: systemClock });
const write = (key: string) => store.commit([{ bucket: 'b', key, value: new Uint8Array(100_000), expect: 'absent' }]);
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const input = createInterface({ input: process.stdin });

async function readable(): Promise<number> {
  let count = 0;
  for await (const { value } of store.list('b')) count += value.byteLength === 100_000 ? 1 : 0;
  return count;
}

/** More than any test lets it write: a store that never refuses must not fill the disk. */
const MOST = 2_000;
let acknowledged = 0;
let code: string | undefined;
while (code === undefined && acknowledged < MOST) {
  try {
    await write(`k${acknowledged}`);
    acknowledged += 1;
  } catch (error) {
    code = (error as { code: string }).code;
  }
}
say({ code, acknowledged, readable: await readable() });
await once(input, 'line');
say({ outcome: await write('after'), readable: await readable() });
await store.close();
input.close();
