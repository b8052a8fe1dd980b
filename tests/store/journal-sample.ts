/** The files of a journal store as a killed process leaves them, and what reading damaged copies of them comes to. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CodedError, systemRandom } from '../../src/base/index.ts';
import { type JournalStore, type ObjectWrite, openJournalStore } from '../../src/store/index.ts';
import { JOURNAL_FILE } from '../../src/store/journal/journal-form.ts';
import { JournalReader } from '../../src/store/journal/journal-reader.ts';
import { scanObjects } from '../../src/store/journal/object-scan.ts';
import { openJournal } from '../../src/store/journal/open-journal.ts';
import { unpackObjects } from '../../src/store/journal/packed-objects.ts';
import { verifyContent } from '../../src/store/journal/verify-content.ts';
import { encodeWrites } from '../../src/store/journal/write-codec.ts';
import { sqliteFailure } from '../../src/store/sqlite/database.ts';
import { temporaryMount } from './temporary-folder.ts';

export type Files = ReadonlyMap<string, Buffer>;

export interface Sample {
  readonly files: Files;
  /** Everything that was acknowledged, as text. */
  readonly content: string;
}

/** What reading a damaged store came to; only `wrong` is bad. */
export type Finding = 'detected' | 'harmless' | 'wrong';

/** A store with some hundred objects and records, trimmed once, part of it still in the write-ahead log. */
export async function journalSample(folder: string): Promise<Sample> {
  const first = await openJournalStore({ folder, random: systemRandom });
  for (let round = 0; round < 60; round += 1) await writeRound(first, round);
  await first.trim(150);
  await first.close();
  const second = await openJournalStore({ folder, random: systemRandom });
  for (let round = 60; round < 75; round += 1) await writeRound(second, round);
  const names = readdirSync(folder).filter((name) => !name.endsWith('-shm'));
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  await second.close();
  return { files, content: contentOf(join(folder, JOURNAL_FILE)) };
}

async function writeRound(store: JournalStore, round: number): Promise<void> {
  const transactions = [0, 1, 2, 3].map((part) => {
    const octets = 60 + ((round * 131 + part) % 700) + (round % 19 === 0 ? 5000 : 0);
    const value = round % 3 > 0 && part === 3 ? undefined : Buffer.alloc(octets, `${round}.${part} `);
    const key = Buffer.from(`key-${(round * 7 + part * 3) % 97}`);
    return { csn: `${round}#${part}`, writes: [{ space: ['entry', 'member', 'verifier'][part % 3]!, key, value }] };
  });
  await store.append(store.head(), transactions);
}

/** Everything the file holds, read as the store reads it. */
function contentOf(path: string): string {
  const reader = new JournalReader(path);
  try {
    return reader.reading((state) => {
      const refuse = (what: string) => {
        throw new CodedError('STORE_CORRUPT', what);
      };
      const objects = [...scanObjects(reader.db, state, refuse)].flatMap(unpackObjects);
      const records = reader.records(state, state.base, 10_000);
      return JSON.stringify({
        state,
        objects: objects.map(written),
        records: records.map((each) => ({ ...each, writes: each.writes.map(written) })),
      });
    });
  } finally {
    reader.close();
  }
}

/** Writes to every object and appends a record; whether nothing is wrong afterwards. */
function writesOn(path: string): boolean {
  const journal = openJournal(path, 'new');
  const reader = new JournalReader(path);
  try {
    const { head, keys } = reader.reading((state) => ({
      head: state.head,
      keys: [...scanObjects(reader.db, state, () => {})].flatMap(unpackObjects),
    }));
    const { views } = encodeWrites([keys.map(({ space, key }) => ({ space, key, value: Buffer.alloc(1200, 'w') }))]);
    journal.run([{ kind: 'append', expectedHead: head, transactions: [{ csn: 'written on', writes: views[0]! }] }]);
    return verifyContent(reader, () => {}).damage.length === 0;
  } finally {
    reader.close();
    journal.close();
  }
}

const written = ({ space, key, value }: ObjectWrite) => [space, hex(key), value && hex(value)];
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

/** Puts damaged files on a disk in memory and looks what a restart, and what `verify`, make of them. */
export class DamagedStore {
  readonly #folder: string;
  readonly #content: string;

  constructor(test: TestContext, { content }: Sample) {
    this.#folder = join(temporaryMount(test, 64), 'data');
    this.#content = content;
  }

  /** What a restart comes to: the checks of opening, then everything is read; what seems harmless must bear being written to. */
  restart(files: Files): Finding {
    const path = this.#write(files);
    const finding = this.#judge(() => {
      openJournal(path, 'new').close();
      return contentOf(path);
    });
    return finding === 'harmless' && !writesOn(path) ? 'wrong' : finding;
  }

  /** What verifying comes to, while nobody has it open. */
  verify(files: Files): Finding {
    const path = this.#write(files);
    return this.#judge(() => {
      const reader = new JournalReader(path);
      try {
        const { damage } = verifyContent(reader, () => {});
        if (damage.length > 0) throw new CodedError('STORE_CORRUPT', damage.join());
      } finally {
        reader.close();
      }
      return contentOf(path);
    });
  }

  #write(files: Files): string {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    for (const [name, octets] of files) writeFileSync(join(this.#folder, name), octets);
    return join(this.#folder, JOURNAL_FILE);
  }

  #judge(read: () => string): Finding {
    try {
      return read() === this.#content ? 'harmless' : 'wrong';
    } catch (error) {
      const { code } = sqliteFailure(error, this.#folder);
      if (code === 'STORE_CORRUPT' || code === 'STORE_NEWER') return 'detected';
      throw error;
    }
  }
}
