/** A set of entry numbers with one bit an entry: for sets with a fair share of all entries. */
export class Bitmap {
  #words = new Int32Array(16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(entry: number): boolean {
    const word = entry >>> 5;
    return word < this.#words.length && ((this.#words[word]! >>> (entry & 31)) & 1) === 1;
  }

  add(entry: number): void {
    const word = entry >>> 5;
    if (word >= this.#words.length) {
      const grown = new Int32Array(Math.max(word + 1, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    const bit = 1 << (entry & 31);
    if ((this.#words[word]! & bit) !== 0) return;
    this.#words[word]! |= bit;
    this.#count += 1;
  }

  remove(entry: number): void {
    if (!this.has(entry)) return;
    this.#words[entry >>> 5]! &= ~(1 << (entry & 31));
    this.#count -= 1;
  }

  /** The smallest entry above `after`; -1 when there is none. */
  next(after: number): number {
    const words = this.#words;
    const from = after + 1;
    let word = from >>> 5;
    if (word >= words.length) return -1;
    let bits = words[word]! & (-1 << (from & 31));
    while (bits === 0) {
      word += 1;
      if (word >= words.length) return -1;
      bits = words[word]!;
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}
