/** A list of numbers that grows: what a scan finds, before it is known how many there are. */
export class NumberList {
  #numbers: Int32Array = new Int32Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const numbers = new Int32Array(this.#length * 2);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers[this.#length++] = number;
  }

  at(index: number): number {
    return this.#numbers[index]!;
  }

  /** What was pushed, without a copy: good until the next push. */
  view(): Int32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  /** The numbers in order, each once. */
  sortedSet(): Int32Array {
    const sorted = this.view().slice().sort();
    let kept = 0;
    for (let index = 0; index < sorted.length; index += 1) {
      if (kept === 0 || sorted[index] !== sorted[kept - 1]) sorted[kept++] = sorted[index]!;
    }
    return sorted.subarray(0, kept);
  }
}
