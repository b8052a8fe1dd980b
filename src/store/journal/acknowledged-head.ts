/**
 * The acknowledged head is a small file beside the database that says how far was acknowledged.
 *
 * SQLite ends its write-ahead log at the first frame that does not check, as it must after a crash; so a flipped bit in the log would
 * silently take back what was acknowledged, and so would an older copy of the file put in its place. What is written here after each
 * commit, before its answer, says better: a database that is behind it is refused.
 *
 * It is not synced: after a power cut it may be older than the database, never newer, because the database is synced first.
 * Two slots are written in turn, so that a torn one leaves the other.
 */
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { storeError } from '../errors.ts';
import { makePrivateFile } from '../private-files.ts';
import { checksum } from '../sqlite/checksum.ts';

/** Octets of a slot: what a disk writes whole. */
const SLOT = 512;

interface Head {
  readonly generation: string;
  readonly head: number;
}

const ADVICE = 'restore it from a backup (store restore)';

const pathOf = (database: string) => `${database}-head`;

/** What the file says. */
export class AcknowledgedHead {
  readonly #database: string;
  readonly #slots: readonly (Head | undefined)[];

  private constructor(database: string, octets: Buffer) {
    this.#database = database;
    this.#slots = [0, SLOT].map((at) => decode(octets.subarray(at, at + SLOT)));
  }

  /** Undefined when nothing was acknowledged yet. */
  static read(database: string): AcknowledgedHead | undefined {
    const path = pathOf(database);
    const octets = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    return octets.length === 0 ? undefined : new AcknowledgedHead(database, octets);
  }

  /** Throws STORE_CORRUPT when the database is gone, or emptied. */
  refuseMissing(): void {
    if (existsSync(this.#database) && statSync(this.#database).size > 0) return;
    throw storeError(
      'STORE_CORRUPT',
      `${this.#database}: is missing or empty but its -head file is there; ${ADVICE}, or move both away to start empty`,
    );
  }

  /** Throws STORE_CORRUPT when a database with this head holds less than was acknowledged. */
  check({ generation, head }: Head): void {
    const slots = this.#slots.filter((slot) => slot !== undefined);
    if (slots.length === 0) {
      throw storeError(
        'STORE_CORRUPT',
        `${pathOf(this.#database)}: is damaged; run store verify, and move it away when nothing else is wrong`,
      );
    }
    if (slots.some((slot) => slot.generation !== generation)) {
      throw storeError('STORE_CORRUPT', `${this.#database}: is another one than was used last; ${ADVICE}`);
    }
    const latest = Math.max(...slots.map((slot) => slot.head));
    if (latest <= head) return;
    throw storeError(
      'STORE_CORRUPT',
      `${this.#database}: ends at ${head}, but ${latest} was acknowledged: its log is damaged, or an older copy was put in its place; ${ADVICE}`,
    );
  }
}

/**
 * Writes it.
 *
 * What is committed cannot be taken back, so a head that cannot be written does not refuse the commit it follows: it is owed, and must be
 * written before the next commit. So the file is never more than one commit behind.
 */
export class HeadAcknowledgement {
  readonly #file: number;
  #slot = 0;
  #owed: Head | undefined;

  /** For a database that passed the check. */
  constructor(database: string, head: Head) {
    const path = pathOf(database);
    makePrivateFile(path);
    this.#file = openSync(path, 'r+');
    this.#write(head);
    this.#write(head);
  }

  /** Writes the head of what was committed, or owes it. */
  acknowledge(head: Head): void {
    this.#owed = head;
    try {
      this.settle();
    } catch {
      // Said by `settle` before the next commit, while there is still something to refuse.
    }
  }

  /** Writes what is owed. Throws what the disk said. */
  settle(): void {
    if (this.#owed === undefined) return;
    this.#write(this.#owed);
    this.#owed = undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** A write that failed is tried again in the same slot: it may have torn it, and the other one is whole. */
  #write({ generation, head }: Head): void {
    writeSync(this.#file, encode({ generation, head }), 0, SLOT, this.#slot * SLOT);
    this.#slot = 1 - this.#slot;
  }
}

function encode({ generation, head }: Head): Buffer {
  const text = `${generation} ${head}`;
  return Buffer.from(`${text} ${checksum(text)}\n`.padEnd(SLOT, '\0'));
}

function decode(slot: Buffer): Head | undefined {
  const [generation = '', head, sum] = slot.toString('latin1').split('\n')[0]!.split(' ');
  if (sum === undefined || checksum(`${generation} ${head}`) !== Number(sum)) return undefined;
  return { generation, head: Number(head) };
}
