/**
 * Writes to a journal store as fast as it can until it is killed, and names each acknowledged transaction in the file that is its
 * descriptor 3; on standard output it says when it has read what was there and begins.
 *
 * Transaction n writes the number n to three objects of its key (n modulo KEYS), one in each space, removes one object and makes
 * another, so that a half one shows. Several appends are on their way at any time.
 */
import { writeSync } from 'node:fs';
import { systemRandom } from '../../src/base/index.ts';
import { type JournalTransaction, type ObjectWrite, openJournalStore } from '../../src/store/index.ts';
import { KEYS, SPACES } from './journal-kill-cycles.ts';

const APPENDS = 3;
const TRANSACTIONS = 4;
const [folder, first] = process.argv.slice(2);

const store = await openJournalStore({ folder: folder!, random: systemRandom });
for await (const _ of await store.objects());

let next = Number(first);
let head = store.head();

function transaction(n: number): JournalTransaction {
  const key = Buffer.from(String(n % KEYS));
  const value = Buffer.from(String(n).padEnd(10 + ((n * 7919) % 900)));
  const writes: ObjectWrite[] = SPACES.map((space) => ({ space, key, value }));
  writes.push({ space: 'odd', key, value: n % 2 === 0 ? undefined : value });
  return { csn: String(n), writes };
}

async function write(): Promise<void> {
  for (;;) {
    const numbers = Array.from({ length: TRANSACTIONS }, () => next++);
    const expected = head;
    head += TRANSACTIONS;
    const outcome = await store.append(expected, numbers.map(transaction));
    if (outcome !== 'committed') throw new Error(`${numbers[0]}: ${outcome}`);
    writeSync(3, `${numbers.join('\n')}\n`);
    if (numbers[0]! % 500 < TRANSACTIONS) await store.trim(expected - 300);
  }
}

process.stdout.write('begun\n');
await Promise.all(Array.from({ length: APPENDS }, write));
