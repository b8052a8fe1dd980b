/**
 * EntryKeys works out under which keys of the index an entry is found: one for each type of which it has an attribute, one for each
 * of its classes, and one for each value that is compared by an equality rule.
 */
import type { StoredDescriptions } from './stored-descriptions.ts';
import { contentStart, elementEnd, userListAt } from './stored-record.ts';
import { NO_KEY } from './value-form.ts';

export class EntryKeys {
  readonly #descriptions: StoredDescriptions;
  #keys = new Int32Array(256);
  #count = 0;

  constructor(descriptions: StoredDescriptions) {
    this.#descriptions = descriptions;
  }

  /** How many keys `collect` found. */
  get count(): number {
    return this.#count;
  }

  /** One of them; some may be there twice. */
  at(index: number): number {
    return this.#keys[index]!;
  }

  /** Finds the keys of a stored record. */
  collect(record: Buffer): void {
    this.#count = 0;
    const user = userListAt(record, 0);
    this.#list(record, user);
    this.#list(record, elementEnd(record, user));
  }

  /** The keys in order, each once. */
  sort(): void {
    const keys = this.#keys.subarray(0, this.#count).sort();
    let kept = 0;
    for (let index = 0; index < keys.length; index += 1) {
      if (kept === 0 || keys[index] !== keys[kept - 1]) keys[kept++] = keys[index]!;
    }
    this.#count = kept;
  }

  #list(octets: Buffer, list: number): void {
    const end = elementEnd(octets, list);
    for (let attribute = contentStart(octets, list); attribute < end; ) {
      const name = contentStart(octets, attribute);
      const nameEnd = elementEnd(octets, name);
      const attributeEnd = elementEnd(octets, attribute);
      const { type, form, isObjectClass } = this.#descriptions.of(octets, contentStart(octets, name), nameEnd);
      if (type !== undefined) {
        this.#add(this.#descriptions.presenceKey(type));
        const seed = this.#descriptions.seed(type);
        for (let value = contentStart(octets, nameEnd); value < attributeEnd; ) {
          const from = contentStart(octets, value);
          const to = elementEnd(octets, value);
          if (isObjectClass) for (const key of this.#descriptions.classKeys(octets, from, to)) this.#add(key);
          else if (form !== undefined) {
            const key = form.key(octets, from, to, seed);
            if (key !== NO_KEY) this.#add(key);
          } else break;
          value = to;
        }
      }
      attribute = attributeEnd;
    }
  }

  #add(key: number): void {
    if (this.#count === this.#keys.length) {
      const keys = new Int32Array(this.#count * 2);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys[this.#count++] = key;
  }
}
