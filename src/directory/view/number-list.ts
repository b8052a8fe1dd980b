/** A list of numbers that grows: what a scan finds, before it is known how many there are. */
export class NumberList {
  #numbers: Int32Array = new Int32Array(SMALLEST);
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

  /** Forgets the numbers, and gives their memory back when it is much. */
  clear(): void {
    if (this.#numbers.length > MUCH) this.#numbers = new Int32Array(SMALLEST);
    this.#length = 0;
  }

  at(index: number): number {
    return this.#numbers[index]!;
  }

  /** What was pushed, without a copy: good until the next push. */
  view(): Int32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  /** Puts the numbers in order, each once. */
  sortSet(): this {
    const numbers = this.#numbers;
    if (this.#length > FEW) this.view().sort();
    else insertionSort(numbers, this.#length);
    let kept = 0;
    for (let index = 0; index < this.#length; index += 1) {
      if (kept === 0 || numbers[index] !== numbers[kept - 1]) numbers[kept++] = numbers[index]!;
    }
    this.#length = kept;
    return this;
  }
}

/** What a list begins with, and what it keeps when it is cleared. */
const SMALLEST = 16;
const MUCH = 256;
/** Up to so many are put in order sooner here than by a call of the runtime. */
const FEW = 32;

function insertionSort(numbers: Int32Array, length: number): void {
  for (let index = 1; index < length; index += 1) {
    const number = numbers[index]!;
    let at = index;
    while (at > 0 && numbers[at - 1]! > number) {
      numbers[at] = numbers[at - 1]!;
      at -= 1;
    }
    numbers[at] = number;
  }
}
