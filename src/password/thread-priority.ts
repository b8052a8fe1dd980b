/**
 * Threads that derive keys give way to those that answer: a derivation is milliseconds of a core, and on a machine with few cores
 * whoever answers a search would wait behind it for a whole time slice.
 *
 * Linux alone has priorities of threads. libuv's threads also read files and flush them, which waits for the disk and not for a core.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A tenth of a core is left to them when every core is busy with something else. */
const NICE = 10;
const TASKS = '/proc/self/task';
const THREADS_OF_LIBUV = 'libuv-worker';

/** Lowers the priority of libuv's threads, which must have begun; nothing happens where that is not possible. */
export function lowerPoolPriority(): void {
  if (process.platform !== 'linux') return;
  for (const thread of threads()) {
    try {
      const name = readFileSync(`${TASKS}/${thread}/comm`, 'utf8').trim();
      if (name === THREADS_OF_LIBUV) setPriority(Number(thread), NICE);
    } catch {
      // It has ended, or may not be changed: it goes on as it is.
    }
  }
}

/** Lowers the priority of the thread that calls it, which must not be the main one. */
export function lowerOwnPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICE);
  } catch {
    // It may not be changed: it goes on as it is.
  }
}

function threads(): readonly string[] {
  try {
    return readdirSync(TASKS);
  } catch {
    return [];
  }
}
