/**
 * FollowedDirectory is a worker's own copy of the directory: loaded from the store that the primary writes, and kept at
 * its journal's head. It answers searches; what it cannot know for sure (passwords, lockout) and what changes it are the primary's.
 */

import { CodedError } from '../../base/index.ts';
import { type Directory, type DirectoryRules, openDirectory } from '../../directory/index.ts';
import type { KeyDerivation } from '../../password/index.ts';
import { followedObjects, followedRecords, type JournalStore, type ObjectSnapshot } from '../../store/index.ts';
import type { Schema } from '../../x500/index.ts';
import type { Machine } from '../installation.ts';

export interface FollowedDirectoryPorts extends Omit<Machine, 'version'> {
  /** The data folder. */
  readonly folder: string;
  readonly schema: Schema;
  /** Nothing is derived here: the primary verifies. */
  readonly keys: KeyDerivation;
}

export class FollowedDirectory {
  readonly #ports: FollowedDirectoryPorts;
  #rules: DirectoryRules;
  #current: Directory | undefined;
  #generation = '';
  #head = 0;

  constructor(ports: FollowedDirectoryPorts, rules: DirectoryRules) {
    this.#ports = ports;
    this.#rules = rules;
  }

  get current(): Directory {
    if (this.#current === undefined) throw new Error('the directory is not open');
    return this.#current;
  }

  /** How far this copy is. */
  get position(): { readonly generation: string; readonly head: number } {
    return { generation: this.#generation, head: this.#head };
  }

  adopt(rules: DirectoryRules): void {
    this.#current?.adopt(rules);
    this.#rules = rules;
  }

  /** Loads everything anew. */
  async load(): Promise<void> {
    const snapshot = await followedObjects(this.#ports.folder);
    const next = await openDirectory({ ...this.#ports, ...this.#rules, store: readOnlyStore(snapshot) });
    await this.#current?.close();
    this.#current = next;
    this.#generation = snapshot.generation;
    this.#head = snapshot.head;
  }

  /** Reads on until the copy is where the primary is. */
  async follow(): Promise<void> {
    for (;;) {
      const records = followedRecords(this.#ports.folder, { generation: this.#generation, after: this.#head });
      if (records === 'another') return this.load();
      if (records.length === 0) return;
      this.current.follow(records);
      this.#head = records.at(-1)!.sequence;
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
  }
}

/** What a directory that never writes takes for its store: the snapshot it is loaded from, and nothing else. */
function readOnlyStore(snapshot: ObjectSnapshot): JournalStore {
  const refuse = () => Promise.reject(new CodedError('WORKER_READ_ONLY', 'the primary writes the store'));
  return {
    generation: snapshot.generation,
    sound: async () => {},
    head: () => snapshot.head,
    csn: () => snapshot.csn,
    objects: async () => snapshot,
    journal: refuse,
    append: refuse,
    stage: refuse,
    trim: refuse,
    verify: refuse,
    close: async () => {},
  };
}
