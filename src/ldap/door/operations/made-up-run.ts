/** A MadeUpEntry as the answer to a search: one entry, or none when the filter does not match. */
import { SUCCESS } from '../../../directory/index.ts';
import type { BerWriter } from '../../../x500/index.ts';
import type { SearchRequestMessage } from '../codec/request.ts';
import type { PulledSearch } from '../ports.ts';
import type { MadeUpEntry } from './made-up-entry.ts';

export class MadeUpRun implements PulledSearch {
  readonly outcome = SUCCESS;
  readonly sortRefusal = undefined;
  readonly #entry: MadeUpEntry;
  readonly #request: SearchRequestMessage;
  #isLeft: boolean;

  constructor(entry: MadeUpEntry, request: SearchRequestMessage) {
    this.#entry = entry;
    this.#request = request;
    this.#isLeft = entry.matches(request.filter) === true;
  }

  next(out: BerWriter): 'entry' | 'end' {
    if (!this.#isLeft) return 'end';
    this.#isLeft = false;
    this.#entry.write(out, this.#request.attributes, this.#request.typesOnly);
    return 'entry';
  }

  peek(): 'entry' | 'end' {
    return this.#isLeft ? 'entry' : 'end';
  }

  renew(): void {
    // Everybody may read it, whatever became of the asker.
  }
}
