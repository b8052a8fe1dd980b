/**
 * PackedObjects is a batch of objects of one space in one piece of memory, which goes from thread to thread without a copy.
 */
import type { StoredObject } from './journal-store.ts';

export interface PackedObjects {
  readonly space: string;
  readonly octets: Uint8Array;
  /** Three numbers for each object: where its key begins, where its value begins, and where that ends. */
  readonly places: Uint32Array;
}

const NUMBERS = 3;
const EMPTY = Buffer.alloc(0);

/** Where the objects of a batch are, while it is made. */
export class Places {
  readonly #numbers: Uint32Array;
  #used = 0;

  /** For at most so many objects. */
  constructor(most: number) {
    this.#numbers = new Uint32Array(most * NUMBERS);
  }

  add(key: number, value: number, end: number): void {
    this.#numbers[this.#used] = key;
    this.#numbers[this.#used + 1] = value;
    this.#numbers[this.#used + 2] = end;
    this.#used += NUMBERS;
  }

  taken(): Uint32Array {
    return this.#numbers.subarray(0, this.#used);
  }
}

export function countOf({ places }: PackedObjects): number {
  return places.length / NUMBERS;
}

/** The objects, as views of the octets. */
export function unpackObjects({ space, octets, places }: PackedObjects): StoredObject[] {
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const objects: StoredObject[] = [];
  for (let at = 0; at < places.length; at += NUMBERS) {
    const [start, end] = [places[at + 1]!, places[at + 2]!];
    // Half of a directory's objects are memberships, which have no value.
    const value = start === end ? EMPTY : all.subarray(start, end);
    objects.push({ space, key: all.subarray(places[at]!, start), value });
  }
  return objects;
}
