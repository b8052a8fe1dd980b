/**
 * ChangeAuthority is the port through which the door changes the directory: this process's own, or, in a worker, that of
 * the primary process, which alone writes.
 *
 * What is to be read before and after a change (RFC 4527) is read where the change is made, so that no other one is in between.
 */
import type { Clock } from '../../base/index.ts';
import {
  type Asker,
  type Directory,
  type DirectoryChange,
  type DirectoryResult,
  writeEntry,
} from '../../directory/index.ts';
import { BerWriter, type Filter } from '../../x500/index.ts';

export interface AskedChange {
  readonly change: DirectoryChange;
  readonly asker: Asker;
  /** The change is made only when the entry matches (RFC 4528). */
  readonly assertion?: Filter | undefined;
  /** The attributes to read of the entry right before the change, and right after it. */
  readonly preRead?: readonly string[] | undefined;
  readonly postRead?: readonly string[] | undefined;
}

export interface ChangeAnswer {
  readonly result: DirectoryResult;
  /** The contents of SearchResultEntry, as far as the asker may read. */
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}

export interface ChangeAuthority {
  /** `signal` ends what waits and is not yet on its way to the store. Rejects when nothing is known of what became of it. */
  change(asked: AskedChange, signal?: AbortSignal): Promise<ChangeAnswer>;
}

export interface DirectoryChangesPorts {
  readonly clock: Clock;
  readonly directory: () => Directory;
}

/** The changes of the process that writes. */
export function createDirectoryChanges({ clock, directory }: DirectoryChangesPorts): ChangeAuthority {
  const read = (entry: number, attributes: readonly string[], asker: Asker): Uint8Array => {
    const out = new BerWriter();
    const now = clock.now();
    const { view } = directory();
    writeEntry(view, out, entry, attributes, false, directory().rightsOf(asker, now), now);
    return out.take();
  };
  return {
    async change({ change, asker, assertion, preRead, postRead }, signal) {
      let before: Uint8Array | undefined;
      let after: Uint8Array | undefined;
      const result = await directory().apply(change, asker, {
        ...(signal !== undefined && { signal }),
        ...(assertion !== undefined && { assertion }),
        ...(preRead !== undefined && { before: (entry) => (before = read(entry, preRead, asker)) }),
        ...(postRead !== undefined && { after: (entry) => (after = read(entry, postRead, asker)) }),
      });
      return { result, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    },
  };
}
