/**
 * OctetSort puts numbers into the order of the octets that each stands for, a beginning before the whole: values of an index, keys of
 * a sorted answer.
 *
 * Four octets at a time become the upper half of a floating point number with the position below them, because the runtime
 * sorts an array of those natively. What is equal so far is sorted by the next four.
 */
import type { OctetSlabs } from './octet-slabs.ts';

/** Few numbers are put in order by comparing them. */
const FEW = 24;
/** Values that have so many octets in common are compared from there on: nobody has many of those. */
const DEEPEST = 256;
const POSITION_BITS = 30;
const POSITION_MASK = (1 << POSITION_BITS) - 1;

export class OctetSort {
  readonly #slabs: OctetSlabs;
  readonly #locations: Uint32Array;

  /** `locations` by number: where its octets are. */
  constructor(slabs: OctetSlabs, locations: Uint32Array) {
    this.#slabs = slabs;
    this.#locations = locations;
  }

  /** Sorts the numbers in place; equal ones stay in the order in which they stood. */
  sort(numbers: Int32Array): void {
    this.#sort(numbers, 0, numbers.length, 0);
  }

  #sort(numbers: Int32Array, from: number, to: number, depth: number): void {
    if (to - from <= FEW || depth >= DEEPEST) {
      this.#compareAll(numbers, from, to, depth);
      return;
    }
    const keys = new Float64Array(to - from);
    const halves = new Uint32Array(keys.buffer);
    let ended = true;
    for (let index = from; index < to; index += 1) {
      const location = this.#locations[numbers[index]!]!;
      const octets = this.#slabs.octets(location);
      const start = this.#slabs.start(location);
      const end = start + this.#slabs.size(location);
      const at = start + depth;
      if (at + 4 < end) ended = false;
      const prefix =
        at + 4 <= end
          ? (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!
          : partialPrefix(octets, at, end);
      const position = index - from;
      halves[position * 2] = (prefix << POSITION_BITS) | position;
      halves[position * 2 + 1] = prefix >>> 2;
    }
    keys.sort();
    const before = numbers.slice(from, to);
    for (let index = 0; index < before.length; index += 1) {
      numbers[from + index] = before[halves[index * 2]! & POSITION_MASK]!;
    }
    let run = 0;
    for (let index = 1; index <= before.length; index += 1) {
      if (index < before.length && samePrefix(halves, run, index)) continue;
      if (index - run > 1) {
        // Values that end here are told apart by their length alone: a beginning may only be followed by zero octets.
        if (ended) this.#compareAll(numbers, from + run, from + index, depth);
        else this.#sort(numbers, from + run, from + index, depth + 4);
      }
      run = index;
    }
  }

  #compareAll(numbers: Int32Array, from: number, to: number, depth: number): void {
    if (to - from > FEW) {
      numbers.subarray(from, to).sort((one, other) => this.#compare(one, other, depth));
      return;
    }
    for (let index = from + 1; index < to; index += 1) {
      const number = numbers[index]!;
      let at = index;
      while (at > from && this.#compare(numbers[at - 1]!, number, depth) > 0) {
        numbers[at] = numbers[at - 1]!;
        at -= 1;
      }
      numbers[at] = number;
    }
  }

  #compare(one: number, other: number, depth: number): number {
    const a = this.#locations[one]!;
    const b = this.#locations[other]!;
    const octetsA = this.#slabs.octets(a);
    const octetsB = this.#slabs.octets(b);
    const startA = this.#slabs.start(a);
    const startB = this.#slabs.start(b);
    const sizeA = this.#slabs.size(a);
    const sizeB = this.#slabs.size(b);
    const size = Math.min(sizeA, sizeB);
    for (let at = depth; at < size; at += 1) {
      const difference = octetsA[startA + at]! - octetsB[startB + at]!;
      if (difference !== 0) return difference;
    }
    return sizeA - sizeB;
  }
}

/** The octets that are left, with zeros behind them. */
function partialPrefix(octets: Buffer, at: number, end: number): number {
  let prefix = 0;
  for (let index = 0; index < 4; index += 1) prefix = (prefix << 8) | (at + index < end ? octets[at + index]! : 0);
  return prefix;
}

function samePrefix(halves: Uint32Array, one: number, other: number): boolean {
  return (
    halves[one * 2 + 1] === halves[other * 2 + 1] &&
    halves[one * 2]! >>> POSITION_BITS === halves[other * 2]! >>> POSITION_BITS
  );
}
