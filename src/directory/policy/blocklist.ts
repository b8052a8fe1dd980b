/**
 * Blocklist is the set of passwords that nobody may choose: a few that are built in, and a file of the site's choice
 * such as the lists of leaked passwords.
 *
 * Kept as sorted digests of eight octets, so that a million lines take eight megabytes and no password stands in memory.
 */
import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { CodedError } from '../../base/index.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { foldPassword } from './fold-password.ts';

const MOST_LINES = 5_000_000;
const MOST_OCTETS = 256 * 1024 * 1024;
/** UTF-16 units; no password is longer. */
const LONGEST_LINE = 4096;

export class Blocklist {
  readonly #digests: BigUint64Array;

  constructor(digests: BigUint64Array) {
    this.#digests = digests.sort();
  }

  /** Passwords, the built-in ones included. */
  get size(): number {
    return this.#digests.length;
  }

  /** Whether it has a password that was folded. */
  has(folded: string): boolean {
    const wanted = digestOf(folded);
    let [low, high] = [0, this.#digests.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#digests[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#digests[low] === wanted;
  }
}

/** The built-in list alone. */
export function builtInBlocklist(): Blocklist {
  return new Blocklist(BigUint64Array.from(COMMON_PASSWORDS, digestOf));
}

/**
 * The built-in list and the lines of a file in UTF-8; blank lines and lines longer than any password do not count.
 * Rejects with DIRECTORY_BLOCKLIST when it cannot be read or has more than five million lines or 256 MiB.
 */
export async function loadBlocklist(file: string): Promise<Blocklist> {
  let digests = new BigUint64Array(1 << 16);
  let count = 0;
  const add = (digest: bigint) => {
    if (count === digests.length) {
      const grown = new BigUint64Array(count * 2);
      grown.set(digests);
      digests = grown;
    }
    digests[count++] = digest;
  };
  for (const password of COMMON_PASSWORDS) add(digestOf(password));
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size > MOST_OCTETS)
        throw new CodedError('DIRECTORY_BLOCKLIST', `${file} has more than ${MOST_OCTETS} octets`);
      for await (const line of handle.readLines({ autoClose: false })) {
        if (line.trim() === '' || line.length > LONGEST_LINE) continue;
        if (count > MOST_LINES)
          throw new CodedError('DIRECTORY_BLOCKLIST', `${file} has more than ${MOST_LINES} lines`);
        add(digestOf(foldPassword(line)));
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('DIRECTORY_BLOCKLIST', `the blocklist ${file} cannot be read`, { cause });
  }
  return new Blocklist(digests.slice(0, count));
}

function digestOf(folded: string): bigint {
  return hash('sha256', folded, 'buffer').readBigUInt64BE();
}
