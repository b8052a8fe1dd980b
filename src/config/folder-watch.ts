/**
 * FolderWatch calls back when anything happens in some folders.
 *
 * Folders and not files are watched, because editors and deployments replace a file instead of writing it. It is a hint that
 * saves waiting for the next poll and never the only source: where the system has no watches left, or the file system
 * reports nothing, the caller's poll still finds every change.
 */
import { type FSWatcher, watch } from 'node:fs';

export class FolderWatch {
  readonly #onEvent: () => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches exactly `folders` from now on. A folder that cannot be watched is tried again at the next call. */
  update(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (!folders.has(folder)) this.#drop(folder, watcher);
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder)) this.#add(folder);
    }
  }

  close(): void {
    this.update(new Set());
  }

  #add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, this.#onEvent);
      watcher.on('error', () => this.#drop(folder, watcher));
      this.#watchers.set(folder, watcher);
    } catch {
      // Left to the poll.
    }
  }

  #drop(folder: string, watcher: FSWatcher): void {
    this.#watchers.delete(folder);
    watcher.close();
  }
}
