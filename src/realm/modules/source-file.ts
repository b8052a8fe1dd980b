/**
 * SourceFile keeps what a login source's file says in memory and follows its changes, while the file is replaced,
 * rewritten in place, cut short or taken away under it.
 *
 * Nobody locks an htpasswd file, so what is on disk at any instant may be half of what it will be. A change is
 * therefore taken only when the file has been still for a second (device, inode, size and both times equal) and was
 * the same before and after it was read. Until then, and when the new file cannot be taken (gone, unreadable, too
 * large, ending within a line that makes no sense, suddenly empty, or with any broken line where all have to be
 * understood), the last good content stays and an alarm is logged.
 *
 * INVARIANT: content is replaced as a whole, by one assignment; a login that began with one reading ends with it.
 * Polled rather than watched: a watch is lost with the inode it was put on, and says nothing on a network file system.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Clock, type Logger, type Milliseconds, messageOf, type Timer } from '../../base/index.ts';
import { type LineReader, LineSplitter, type LinesRead } from './line-splitter.ts';

export interface SourceFileSettings<Content> {
  /** Absolute path. */
  readonly path: string;
  readonly reader: () => LineReader<Content>;
  /** Octets. */
  readonly longestLine: number;
  /** True when a file with a broken line is not taken: without it, its good lines count. */
  readonly whole?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a file must have been still before it is believed. */
const STILL: Milliseconds = 1_000;
const POLL: Milliseconds = 250;
/** A file that has been changing for so long is reported. */
const RESTLESS: Milliseconds = 60_000;
const LARGEST_FILE = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;
/** How often `start` waits for a file that is being written, before it leaves that to the poll. */
const FIRST_LOOKS = 5;

/** What tells one state of a file from another. */
interface Stamp {
  readonly text: string;
  readonly size: number;
  readonly modified: number;
}

export class SourceFile<Content> {
  readonly #settings: SourceFileSettings<Content>;
  #content: Content | undefined;
  #contentWasEmpty = true;
  /** The state of the file that was read last, and whether its content was taken. */
  #seen: { readonly stamp: string; readonly taken: boolean } | undefined;
  #candidate: { readonly stamp: string; readonly since: Milliseconds } | undefined;
  #restlessSince: Milliseconds | undefined;
  #alarm: string | undefined;
  #poll: Timer | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(settings: SourceFileSettings<Content>) {
    this.#settings = settings;
  }

  /** The last good content; undefined when the file could never be read. */
  get content(): Content | undefined {
    return this.#content;
  }

  /**
   * Reads the file if it is there, waiting a moment when it has just been written, and follows it from then on.
   * A file that is missing or unreadable is an outage, not an error: it is alarmed, and taken when it appears.
   */
  async start(): Promise<void> {
    for (let looks = 0; looks < FIRST_LOOKS && this.#content === undefined; looks++) {
      const stamp = await this.#stamp();
      if (stamp === undefined) break;
      const { clock } = this.#settings;
      const age = clock.now() - stamp.modified;
      // A time in the future tells nothing about stillness, and waiting for it to pass could take for ever.
      if (age >= STILL || age < 0) await this.#read(stamp);
      else await new Promise<void>((resolve) => clock.after(STILL - age, resolve));
    }
    if (!this.#closed) this.#poll = this.#settings.clock.every(POLL, () => void this.look());
  }

  close(): void {
    this.#closed = true;
    this.#poll?.cancel();
  }

  /** Looks at the file once; what the poll does. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const stamp = await this.#stamp();
    if (stamp === undefined || stamp.text === this.#seen?.stamp) {
      this.#candidate = undefined;
      this.#restlessSince = undefined;
      if (stamp !== undefined && this.#seen?.taken === true) this.#alarm = undefined;
      return;
    }
    const now = this.#settings.clock.monotonic();
    if (this.#candidate?.stamp !== stamp.text) {
      this.#candidate = { stamp: stamp.text, since: now };
      this.#restlessSince ??= now;
      if (now - this.#restlessSince >= RESTLESS) this.#raise('has not been still for a minute');
    } else if (now - this.#candidate.since >= STILL) {
      await this.#read(stamp);
    }
  }

  async #stamp(): Promise<Stamp | undefined> {
    try {
      const stats = await stat(this.#settings.path, { bigint: true });
      if (stats.isFile()) return stampOf(stats);
      this.#raise('is not a regular file');
    } catch (error) {
      this.#raise(messageOf(error));
    }
    return undefined;
  }

  async #read(stamp: Stamp): Promise<void> {
    try {
      const lines = await this.#readStill(stamp);
      if (lines === undefined) this.#candidate = undefined;
      else this.#seen = { stamp: stamp.text, taken: this.#take(lines, stamp.size === 0) };
    } catch (error) {
      // Looked at again: what is wrong may have nothing to do with the file (too many open files).
      this.#candidate = undefined;
      this.#raise(messageOf(error));
    }
  }

  /** `undefined` when the file changed meanwhile. */
  async #readStill(stamp: Stamp): Promise<LinesRead<Content> | undefined> {
    if (stamp.size > LARGEST_FILE) throw new RangeError(`is larger than ${LARGEST_FILE} octets`);
    // Not to be held up by a pipe that was put in the file's place.
    const handle = await open(this.#settings.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = await handle.stat({ bigint: true });
      if (stampOf(before).text !== stamp.text) return undefined;
      const lines = await this.#readLines(handle);
      return stampOf(await handle.stat({ bigint: true })).text === stamp.text ? lines : undefined;
    } finally {
      await handle.close();
    }
  }

  /** Chunk by chunk: each waits for the disk, so that a large file does not hold up the event loop. */
  async #readLines(handle: FileHandle): Promise<LinesRead<Content>> {
    const splitter = new LineSplitter(this.#settings.reader(), this.#settings.longestLine);
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let octets = 0; octets <= LARGEST_FILE; ) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK);
      if (bytesRead === 0) break;
      octets += bytesRead;
      splitter.push(chunk.subarray(0, bytesRead));
    }
    return splitter.end();
  }

  /** False when the content cannot be what its writer meant. */
  #take(lines: LinesRead<Content>, empty: boolean): boolean {
    const objection = this.#objectionTo(lines, empty);
    if (objection !== undefined) {
      this.#raise(objection);
      return false;
    }
    this.#content = lines.content;
    this.#contentWasEmpty = empty;
    this.#alarm = undefined;
    this.#restlessSince = undefined;
    const { logger, path } = this.#settings;
    if (lines.findings.length === 0) logger.info('login source read', { path });
    else logger.warn('login source read, with lines to look at', { path, lines: lines.findings, more: lines.more });
    return true;
  }

  #objectionTo({ cut, broken }: LinesRead<Content>, empty: boolean): string | undefined {
    if (cut) return 'ends within a line: it was cut while it was written';
    if (empty && !this.#contentWasEmpty) return 'is suddenly empty';
    if (this.#settings.whole !== true || broken === undefined) return undefined;
    return `line ${broken.line} ${broken.what}, and what it leaves out could let somebody in`;
  }

  /** Logs an alarm once for each new reason. */
  #raise(reason: string): void {
    if (this.#alarm === reason) return;
    this.#alarm = reason;
    const { logger, path } = this.#settings;
    const effect = this.#content === undefined ? 'nobody can log in with it' : 'the last good content stays in force';
    logger.error('login source cannot be read', { path, reason, effect });
  }
}

function stampOf(stats: {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}): Stamp {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    text: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
    size: Number(size),
    // The later of both: a copy that keeps the old modification time is still a new file.
    modified: Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n),
  };
}
