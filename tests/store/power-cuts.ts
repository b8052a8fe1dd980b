/**
 * Power cuts of a journal store, played from a record of what it did to its files: at a random moment what was synced stays, and of what
 * was not synced a random part of the sectors.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { JOURNAL_FILE } from '../../src/store/journal/journal-form.ts';
import { JournalReader } from '../../src/store/journal/journal-reader.ts';
import { openJournal } from '../../src/store/journal/open-journal.ts';
import { verifyContent } from '../../src/store/journal/verify-content.ts';
import { numbers } from './random-flips.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a disk writes whole. */
const SECTOR = 512;

interface Step {
  readonly kind: 'write' | 'cut' | 'sync' | 'removal';
  readonly name: string;
  /** The offset of a write, the length of a cut. */
  readonly at: number;
  readonly octets: Buffer;
}

/** A file: what is on the disk for certain, and what was done since. */
class File {
  readonly #durable = new Content();
  #pending: Step[] = [];

  do(step: Step): void {
    if (step.kind !== 'sync') this.#pending.push(step);
    // What is never synced is on the disk at last.
    const settled =
      step.kind === 'sync' ? this.#pending.splice(0) : this.#pending.splice(0, this.#pending.length - 500);
    for (const each of settled) this.#durable.apply(each, () => true);
  }

  get unsynced(): number {
    return this.#pending.length;
  }

  /** What the disk holds after a cut that lets through the sectors for which `passes` says so. */
  after(passes: () => boolean): Buffer {
    const left = this.#durable.copy();
    for (const each of this.#pending) left.apply(each, passes);
    return left.octets;
  }
}

/** Octets that grow. */
class Content {
  #buffer = Buffer.alloc(0);
  #length = 0;

  get octets(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  copy(): Content {
    const copy = new Content();
    copy.#buffer = Buffer.from(this.octets);
    copy.#length = this.#length;
    return copy;
  }

  apply({ kind, at, octets }: Step, passes: () => boolean): void {
    if (kind === 'cut') {
      if (!passes()) return;
      this.#buffer.fill(0, Math.min(at, this.#buffer.length));
      this.#length = Math.min(this.#length, at);
      return;
    }
    for (let from = 0; from < octets.length; from += SECTOR) {
      if (passes()) this.#write(at + from, octets.subarray(from, from + SECTOR));
    }
  }

  #write(at: number, sector: Buffer): void {
    const end = at + sector.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.alloc(end * 2);
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    sector.copy(this.#buffer, at);
    this.#length = Math.max(this.#length, end);
  }
}

/** Everything that a process does to the files of a journal store which it makes and writes to for so many rounds. */
export function recordedSteps(test: TestContext, rounds: number): readonly Step[] {
  const base = temporaryFolder(test);
  const [library, folder, log] = ['recording-disk.so', 'data', 'log'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(folder, { mode: 0o700 });
  execFileSync('cc', [
    '-shared',
    '-fPIC',
    '-o',
    library,
    join(import.meta.dirname, 'recording-disk.c'),
    '-ldl',
    '-lpthread',
  ]);
  execFileSync(process.execPath, [join(import.meta.dirname, 'journal-recorded-process.ts'), folder, String(rounds)], {
    env: { ...process.env, LD_PRELOAD: library, RECORD_FOLDER: folder, RECORD_TO: log },
  });
  return stepsIn(readFileSync(log));
}

const KINDS = { w: 'write', t: 'cut', s: 'sync', u: 'removal' } as const;

function stepsIn(log: Buffer): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < log.length; ) {
    const kind = KINDS[log.toString('latin1', at, at + 1) as keyof typeof KINDS];
    const nameEnd = at + 2 + log.readUInt8(at + 1);
    const name = log.toString('utf8', at + 2, nameEnd);
    const offset = Number(log.readBigUInt64LE(nameEnd));
    const octetsEnd = nameEnd + 12 + log.readUInt32LE(nameEnd + 8);
    steps.push({ kind, name, at: offset, octets: log.subarray(nameEnd + 12, octetsEnd) });
    at = octetsEnd;
  }
  return steps;
}

export interface Cuts {
  readonly cuts: number;
  /** Cuts with writes to the log that were not synced: without them nothing is proved. */
  readonly unsynced: number;
  /** Cuts after which something acknowledged was missing, or the store was damaged. */
  readonly lost: number;
}

/** Cuts the power so many times, at moments spread over the record after the store was made, and opens what is left. */
export function cutPower(test: TestContext, steps: readonly Step[], cuts: number): Cuts {
  const folder = join(temporaryFolder(test), 'data');
  const below = numbers('power cuts');
  const files = new Map<string, File>();
  const begun = steps.findIndex(({ name }) => name === 'acknowledged');
  let [acknowledged, unsynced, lost, done] = [0, 0, 0, 0];
  for (const [index, step] of steps.entries()) {
    if (step.name.endsWith('-shm')) continue;
    if (step.name === 'acknowledged') acknowledged = Number(step.octets.toString());
    else if (step.kind === 'removal') files.delete(step.name);
    else {
      const file = files.get(step.name) ?? new File();
      file.do(step);
      files.set(step.name, file);
    }
    for (; done < cuts && index >= begun + ((done + 0.5) * (steps.length - begun)) / cuts; done += 1) {
      if ((files.get(`${JOURNAL_FILE}-wal`)?.unsynced ?? 0) > 0) unsynced += 1;
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      for (const [name, file] of files) {
        if (!name.endsWith('-shm'))
          writeFileSync(
            join(folder, name),
            file.after(() => below(2) === 0),
          );
      }
      if (headOf(join(folder, JOURNAL_FILE)) < acknowledged) lost += 1;
    }
  }
  assert.equal(done, cuts);
  return { cuts, unsynced, lost };
}

/** The head of what is left; -1 when it is damaged. */
function headOf(path: string): number {
  try {
    openJournal(path, 'never').close();
    const reader = new JournalReader(path);
    const { head, damage } = verifyContent(reader, () => {});
    reader.close();
    return damage.length === 0 ? head : -1;
  } catch {
    return -1;
  }
}
