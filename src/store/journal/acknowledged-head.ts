/**
 * AcknowledgedHead is the small file beside the database that says how far was acknowledged.
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
import { checksum } from './checksum.ts';

const SLOT = 512;
const SLOTS = 2;

interface Acknowledged {
  readonly generation: string;
  readonly head: number;
}

export const acknowledgedPath = (database: string) => `${database}-head`;

export class AcknowledgedHead {
  readonly #file: number;
  #writes = 0;

  private constructor(path: string) {
    makePrivateFile(path);
    this.#file = openSync(path, 'r+');
  }

  /** Throws STORE_CORRUPT when the database at `database` is gone, or emptied, while this file says that there was one. */
  static refuseMissing(database: string): void {
    if (existsSync(database) && statSync(database).size > 0) return;
    const path = acknowledgedPath(database);
    if (!existsSync(path) || statSync(path).size === 0) return;
    throw storeError(
      'STORE_CORRUPT',
      `${database}: is missing or empty but its -head file is there; restore it from a backup (store restore), or move both away to start empty`,
    );
  }

  /** Throws STORE_CORRUPT when the database holds less than was acknowledged. Writes nothing. */
  static check(database: string, { generation, head }: Acknowledged): void {
    const path = acknowledgedPath(database);
    if (!existsSync(path)) return;
    const octets = readFileSync(path);
    if (octets.length === 0) return;
    const slots = Array.from({ length: SLOTS }, (_, slot) => decode(octets.subarray(slot * SLOT, (slot + 1) * SLOT)));
    const known = slots.filter((slot) => slot !== undefined);
    const latest = known.reduce<Acknowledged | undefined>(
      (last, next) => (last && last.head > next.head ? last : next),
      undefined,
    );
    if (latest === undefined)
      throw storeError('STORE_CORRUPT', `${path}: is damaged; run store verify, then move it away`);
    if (latest.generation !== generation) {
      throw storeError('STORE_CORRUPT', `${database}: is of another generation than was served last; ${ADVICE}`);
    }
    if (latest.head > head) {
      throw storeError(
        'STORE_CORRUPT',
        `${database}: ends at ${head}, but ${latest.head} was acknowledged: its log is damaged, or an older copy was put in its place; ${ADVICE}`,
      );
    }
  }

  /** Opens the file for a database that passed `check`. */
  static open(database: string, acknowledged: Acknowledged): AcknowledgedHead {
    const file = new AcknowledgedHead(acknowledgedPath(database));
    for (let slot = 0; slot < SLOTS; slot += 1) file.write(acknowledged);
    return file;
  }

  write(acknowledged: Acknowledged): void {
    const slot = this.#writes % SLOTS;
    this.#writes += 1;
    writeSync(this.#file, encode(acknowledged), 0, SLOT, slot * SLOT);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const ADVICE = 'restore it from a backup (store restore)';

function encode({ generation, head }: Acknowledged): Buffer {
  const text = `${generation} ${head}`;
  return Buffer.from(`${text} ${checksum(text)}\n`.padEnd(SLOT, '\0'));
}

function decode(slot: Buffer): Acknowledged | undefined {
  const [generation = '', head, sum] = slot.toString('latin1').split('\n')[0]!.split(' ');
  if (checksum(`${generation} ${head}`) !== Number(sum)) return undefined;
  return { generation, head: Number(head) };
}
