/**
 * Mutator changes well-formed BER into what attackers send: lengths that lie, tags that do not belong, octets cut out, doubled or
 * turned over. The same seed makes the same changes (RELIABILITY R1).
 */

const LENGTHS = [
  '00',
  '7f',
  '80',
  '81ff',
  '84000000ff',
  '847fffffff',
  '88ffffffffffffffff',
  '8901ffffffffffffffff',
  'ff',
];

export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 to `below` - 1 (mulberry32). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** One to three changes. */
  mutate(octets: Buffer): Buffer {
    let changed: Buffer = Buffer.from(octets);
    for (let left = 1 + this.below(3); left > 0; left -= 1) changed = this.#change(changed);
    return changed;
  }

  #change(octets: Buffer): Buffer {
    if (octets.length === 0) return Buffer.from([this.below(256)]);
    const at = this.below(octets.length);
    const [before, after] = [octets.subarray(0, at), octets.subarray(at)];
    switch (this.below(9)) {
      case 0:
        return before;
      case 1:
        octets[at] = this.below(256);
        return octets;
      case 2:
        octets[at] = octets[at]! ^ (1 << this.below(8));
        return octets;
      case 3:
        return Buffer.concat([before, this.#some(8), after]);
      case 4:
        return Buffer.concat([before, after.subarray(1 + this.below(8))]);
      case 5:
        return Buffer.concat([before, after, after]);
      case 6: {
        // Behind a tag, most likely: the length of an element becomes another.
        const length = Buffer.from(LENGTHS[this.below(LENGTHS.length)]!, 'hex');
        return Buffer.concat([before, length, after.subarray(1)]);
      }
      case 7:
        octets[at] = (octets[at]! + (this.below(2) === 0 ? 1 : 255)) & 0xff;
        return octets;
      default:
        return Buffer.concat([octets, this.#some(16)]);
    }
  }

  #some(most: number): Buffer {
    return Buffer.from(Array.from({ length: 1 + this.below(most) }, () => this.below(256)));
  }
}
