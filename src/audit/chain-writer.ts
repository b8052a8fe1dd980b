/**
 * ChainWriter writes the records of one chain to its files.
 *
 * A record is written with one call to a descriptor opened for appending; number and hash move on only when the whole
 * line was taken. When the disk takes part of a line (it is full), the rest of that file is given up: the next record
 * opens a new file that names the torn octets. So a reader never meets a record that was not acknowledged.
 */
import { closeSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, CodedError, type Instant, type Milliseconds } from '../base/index.ts';
import type { AuditId } from './audit-id.ts';
import { type ChainEnd, readChainEnd, tornTail } from './chain-end.ts';
import type { FileRecord, TornTail, UnnumberedRecord } from './record.ts';
import { encodeLine } from './record-codec.ts';
import { trailFileName } from './trail-folder.ts';

export interface ChainWriterOptions {
  readonly folder: string;
  readonly chain: string;
  readonly clock: Clock;
  readonly newId: () => AuditId;
  /** Octets after which a file is closed. */
  readonly rotateSize: number;
  /** Called after a new file was opened. */
  readonly onRotation: () => void;
}

interface OpenFile {
  readonly name: string;
  readonly fd: number;
  readonly day: number;
  size: number;
}

const DAY: Milliseconds = 86_400_000;
/** The last millisecond of the year 9999, beyond which dates are written differently. */
const LAST_INSTANT: Instant = 253_402_300_799_999;
/** A clock that goes back by less is taken to stand still; by more, a new file begins. */
const SLACK: Milliseconds = 1000;

export class ChainWriter {
  readonly #options: ChainWriterOptions;
  #file: OpenFile | undefined;
  #n: number;
  #hash: string;
  #at: Instant;
  /** Why the next record needs a new file, when it does. */
  #needsFile: FileRecord['reason'] | undefined;
  #aside: TornTail[];
  #dirty = false;

  /** Continues the chain where it ended. Throws AUDIT_UNAVAILABLE. */
  constructor(options: ChainWriterOptions, end: ChainEnd) {
    this.#options = options;
    this.#n = end.n;
    this.#hash = end.hash;
    this.#at = end.at;
    this.#aside = [...end.aside];
    if (end.open !== undefined) {
      const { file, size } = end.open;
      const fd = attempt(`cannot open ${file.path}`, () => openSync(file.path, 'a', 0o600));
      this.#file = { name: file.name, fd, day: dayOf(end.at), size };
    } else {
      this.#needsFile = end.n === 0 ? 'first' : end.aside.length > 0 ? 'torn' : 'lost';
    }
  }

  static open(options: ChainWriterOptions): { readonly writer: ChainWriter; readonly damage: ChainEnd['damage'] } {
    const end = attempt(`cannot read the trail in ${options.folder}`, () =>
      readChainEnd(options.folder, options.chain),
    );
    return { writer: new ChainWriter(options, end), damage: end.damage };
  }

  /** Number of the last record. */
  get n(): number {
    return this.#n;
  }

  /** Hash of the last record. */
  get hash(): string {
    return this.#hash;
  }

  /** The file being written; undefined before the first record. */
  get fileName(): string | undefined {
    return this.#file?.name;
  }

  /** Writes a record; it is on the disk when `durable`, otherwise after the next `sync`. Throws AUDIT_UNAVAILABLE. */
  append(record: UnnumberedRecord, durable: boolean): void {
    const now = this.#options.clock.now();
    if (!(now >= 0 && now <= LAST_INSTANT)) throw unavailable(`the clock says ${now}`, undefined);
    const reason = this.#reasonToRotate(now);
    if (reason !== undefined) this.#openFile(reason, now);
    this.#write(this.#file!, record, Math.max(now, this.#at));
    if (!durable) return;
    const { fd } = this.#file!;
    attempt('cannot flush the audit trail', () => fdatasyncSync(fd));
  }

  /** Flushes what was written since the last call. Rejects with AUDIT_UNAVAILABLE; then a new file begins. */
  async sync(): Promise<void> {
    const file = this.#file;
    if (file === undefined || !this.#dirty) return;
    this.#dirty = false;
    const error = await new Promise<Error | null>((settle) => fdatasync(file.fd, settle));
    if (error === null || file !== this.#file) return;
    this.#needsFile = 'lost';
    throw unavailable('cannot flush the audit trail', error);
  }

  /** True when somebody deleted the file under us; then the next record begins a new one. */
  checkFile(): boolean {
    if (this.#file === undefined || fstatSync(this.#file.fd).nlink > 0) return false;
    this.#needsFile = 'lost';
    return true;
  }

  close(): void {
    if (this.#file === undefined) return;
    const { fd } = this.#file;
    this.#file = undefined;
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  #reasonToRotate(now: Instant): FileRecord['reason'] | undefined {
    const file = this.#file;
    if (this.#needsFile !== undefined || file === undefined) return this.#needsFile ?? 'lost';
    if (now < this.#at - SLACK) return 'clock';
    if (dayOf(now) > file.day) return 'day';
    return file.size >= this.#options.rotateSize ? 'size' : undefined;
  }

  #openFile(reason: FileRecord['reason'], now: Instant): void {
    const { folder, chain, newId } = this.#options;
    const old = this.#file;
    const { name, fd } = attempt(`cannot open a file in ${folder}`, () => createFile(folder, chain, now));
    const file = { name, fd, day: dayOf(now), size: 0 };
    const before = { n: this.#n, hash: this.#hash, aside: this.#aside };
    const aside = this.#aside.length > 0 ? { aside: this.#aside } : {};
    try {
      this.#write(
        file,
        { kind: 'file', id: newId(), chain, reason, previous: { n: before.n, hash: before.hash }, ...aside },
        now,
      );
      attempt(`cannot flush ${name}`, () => syncFile(fd, folder));
    } catch (error) {
      // Nothing in this file was acknowledged: it goes, and the chain stands where it stood.
      this.#n = before.n;
      this.#hash = before.hash;
      this.#aside = before.aside;
      this.#needsFile = reason;
      closeSync(fd);
      rmSync(join(folder, name), { force: true });
      throw error;
    }
    this.#file = file;
    this.#needsFile = undefined;
    this.#aside = [];
    if (old !== undefined) retire(old.fd);
    this.#options.onRotation();
  }

  #write(file: OpenFile, record: UnnumberedRecord, at: Instant): void {
    const line = encodeLine(record, this.#n + 1, at, this.#hash);
    let written = 0;
    try {
      while (written < line.octets.length) written += writeSync(file.fd, line.octets, written);
    } catch (error) {
      if (written > 0) {
        this.#aside = [...this.#aside, tornTail(file.name, line.octets.subarray(0, written))];
        this.#needsFile = 'torn';
      }
      throw unavailable(`cannot write to ${file.name}`, error);
    }
    file.size += line.octets.length;
    this.#n += 1;
    this.#hash = line.hash;
    this.#at = at;
    this.#dirty = true;
  }
}

function createFile(folder: string, chain: string, now: Instant): { readonly name: string; readonly fd: number } {
  for (let start = now; ; start++) {
    const name = trailFileName(chain, start);
    try {
      return { name, fd: openSync(join(folder, name), 'ax', 0o600) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function syncFile(fd: number, folder: string): void {
  fsyncSync(fd);
  const folderFd = openSync(folder, 'r');
  try {
    fsyncSync(folderFd);
  } finally {
    closeSync(folderFd);
  }
}

/** Flushes and closes the file before; its records were acknowledged, so a fault here is the disk's and is not hidden. */
function retire(fd: number): void {
  attempt('cannot flush the audit trail', () => {
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

function dayOf(instant: Instant): number {
  return Math.floor(instant / DAY);
}

function attempt<Result>(message: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw unavailable(message, error);
  }
}

function unavailable(message: string, cause: unknown): CodedError {
  return new CodedError('AUDIT_UNAVAILABLE', message, { cause });
}
