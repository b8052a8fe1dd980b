/**
 * NameTable gives numbers to the few names that occur in the octets of all entries (attribute descriptions, object classes),
 * so that a name is recognized without making a string of it. What is known of a name is made once.
 */
export class NameTable<Known> {
  readonly #make: (name: Buffer) => Known;
  readonly #names: Buffer[] = [];
  readonly #known: Known[] = [];
  /** Open addressing: the number of a name, plus one; zero is free. At most half full. */
  #places = new Int32Array(256);

  constructor(make: (name: Buffer) => Known) {
    this.#make = make;
  }

  /** How many names there are. */
  get size(): number {
    return this.#names.length;
  }

  /** What is known of the name, which is added when it is new. */
  of(octets: Uint8Array, start: number, end: number): Known {
    const found = this.find(octets, start, end);
    return found === undefined ? this.#add(octets, start, end) : found;
  }

  /** What is known of the name; undefined when it was never added. */
  find(octets: Uint8Array, start: number, end: number): Known | undefined {
    const mask = this.#places.length - 1;
    for (let place = hashOf(octets, start, end) & mask; ; place = (place + 1) & mask) {
      const number = this.#places[place]! - 1;
      if (number < 0) return undefined;
      const name = this.#names[number]!;
      if (name.length !== end - start) continue;
      let at = 0;
      while (at < name.length && name[at] === octets[start + at]) at += 1;
      if (at === name.length) return this.#known[number];
    }
  }

  #add(octets: Uint8Array, start: number, end: number): Known {
    if ((this.#names.length + 1) * 2 > this.#places.length) this.#grow();
    const name = Buffer.from(octets.subarray(start, end));
    const known = this.#make(name);
    this.#names.push(name);
    this.#known.push(known);
    this.#place(this.#names.length - 1);
    return known;
  }

  #place(number: number): void {
    const name = this.#names[number]!;
    const mask = this.#places.length - 1;
    let place = hashOf(name, 0, name.length) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = number + 1;
  }

  #grow(): void {
    this.#places = new Int32Array(this.#places.length * 2);
    for (let number = 0; number < this.#names.length; number += 1) this.#place(number);
  }
}

/** Names differ in their length, their ends or their middle: all of them are few, and are compared. */
function hashOf(octets: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  const ends = octets[start]! | (octets[end - 1]! << 8) | (octets[start + (length >> 1)]! << 16) | (length << 24);
  const mixed = Math.imul(ends, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
