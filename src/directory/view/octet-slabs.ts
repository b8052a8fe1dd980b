/**
 * OctetSlabs keeps records of octets in large buffers: no object, no header of the runtime, no garbage a record.
 *
 * Records are written one behind the other. A record that is freed leaves a hole; when the holes of all slabs grow to a
 * sixth, the slab with the most of them is emptied by moving what lives in it (`tidy`), so that the memory is bounded by
 * what is kept, whatever is written over and over.
 *
 * A record knows its owner, a number, which is told when the record is moved. A location is a slab and an offset in units of
 * eight octets, in 32 bits: up to 32 GiB. It is good until the record is freed or `tidy` is called.
 */
import { CodedError } from '../../base/index.ts';

const SLAB_OCTETS = 1 << 20;
const UNIT = 8;
/** A location is the slab's number shifted by this, and the offset in units. */
const SLAB_SHIFT = 17;
const OFFSET_MASK = (1 << SLAB_SHIFT) - 1;
const MOST_SLABS = 1 << 15;
/** Before the octets of a record: its length and its owner, 32 bits each. */
const HEAD = 8;
const NOBODY = 0xffffffff;
/** Holes up to here are left alone: a slab is not moved for a few records. */
const TOLERATED_HOLES = 4 << 20;
const TOLERATED_SHARE = 6;
const NO_OCTETS = Buffer.alloc(0);
const NO_WORDS = new Uint32Array(0);

/** Told that the record of `owner` is now at `location`. */
export type Moved = (owner: number, location: number) => void;

export class OctetSlabs {
  readonly #octets: Buffer[] = [];
  readonly #words: Uint32Array[] = [];
  /** By slab: octets up to which it is written, and those of living records in it. */
  readonly #filled: number[] = [];
  readonly #living: number[] = [];
  /** Numbers of slabs that have no octets. */
  readonly #vacant: number[] = [];
  /** The octets of the slab that was emptied last, for the next one: a directory that is written to goes through many. */
  #spare: Buffer | undefined;
  /** The slab that is written to; -1 before the first. */
  #current = -1;
  #allFilled = 0;
  #allLiving = 0;

  /** Octets of memory that the slabs have. */
  get capacity(): number {
    let sum = 0;
    for (const slab of this.#octets) sum += slab.length;
    return sum;
  }

  /** The buffer that the record is in. */
  octets(location: number): Buffer {
    return this.#octets[location >>> SLAB_SHIFT]!;
  }

  /** Where in that buffer the record begins. */
  start(location: number): number {
    return (location & OFFSET_MASK) * UNIT + HEAD;
  }

  /** How many octets the record has. */
  size(location: number): number {
    return this.#words[location >>> SLAB_SHIFT]![(location & OFFSET_MASK) * 2]!;
  }

  /** Keeps a copy of `source` from `from` to `to` and returns its location. */
  put(owner: number, source: Uint8Array, from = 0, to = source.length): number {
    const location = this.reserve(owner, to - from);
    const octets = this.octets(location);
    const start = this.start(location);
    if (to - from > 32) Buffer.prototype.copy.call(source, octets, start, from, to);
    else for (let at = from; at < to; at += 1) octets[start + at - from] = source[at]!;
    return location;
  }

  /** Room for `size` octets, which the caller writes. */
  reserve(owner: number, size: number): number {
    const block = blockSize(size);
    let slab = this.#current;
    if (slab < 0 || this.#filled[slab]! + block > this.#octets[slab]!.length) slab = this.#begin(block);
    const filled = this.#filled[slab]!;
    const words = this.#words[slab]!;
    words[filled / 4] = size;
    words[filled / 4 + 1] = owner;
    this.#filled[slab] = filled + block;
    this.#living[slab]! += block;
    this.#allFilled += block;
    this.#allLiving += block;
    return ((slab << SLAB_SHIFT) | (filled / UNIT)) >>> 0;
  }

  free(location: number): void {
    const slab = location >>> SLAB_SHIFT;
    const at = (location & OFFSET_MASK) * 2;
    const words = this.#words[slab]!;
    const block = blockSize(words[at]!);
    words[at + 1] = NOBODY;
    this.#living[slab]! -= block;
    this.#allLiving -= block;
    if (this.#living[slab] === 0) this.#empty(slab);
  }

  /** Whether so much of the slabs is holes that `tidy` has something to do. */
  get untidy(): boolean {
    const holes = this.#allFilled - this.#allLiving;
    return holes > TOLERATED_HOLES && holes * TOLERATED_SHARE > this.#allFilled;
  }

  /** Empties one slab, the one with the most holes: some thousand records are copied, in less than a millisecond or two. */
  tidy(moved: Moved): void {
    let emptiest = -1;
    let most = 0;
    for (let slab = 0; slab < this.#octets.length; slab += 1) {
      const holes = this.#filled[slab]! - this.#living[slab]!;
      if (slab !== this.#current && holes > most) {
        emptiest = slab;
        most = holes;
      }
    }
    if (emptiest >= 0) this.#moveAll(emptiest, moved);
  }

  /** The slabs with records in them, for a scan over all of them. */
  get slabs(): number {
    return this.#octets.length;
  }

  /** The octets of a slab up to where it is written: records one behind the other, see `recordEnd`. */
  written(slab: number): Buffer {
    return this.#octets[slab]!.subarray(0, this.#filled[slab]!);
  }

  /** Where the record that begins at `at`, an offset in a slab, ends and the next one begins. */
  recordEnd(slab: number, at: number): number {
    return at + blockSize(this.#words[slab]![at / 4]!);
  }

  /** The owner of the record that begins at `at`; -1 for a hole. */
  recordOwner(slab: number, at: number): number {
    const owner = this.#words[slab]![at / 4 + 1]!;
    return owner === NOBODY ? -1 : owner;
  }

  /** The location of the record that begins at `at`. */
  recordLocation(slab: number, at: number): number {
    return ((slab << SLAB_SHIFT) | (at / UNIT)) >>> 0;
  }

  #moveAll(slab: number, moved: Moved): void {
    const octets = this.#octets[slab]!;
    const words = this.#words[slab]!;
    const end = this.#filled[slab]!;
    for (let at = 0; at < end; at += blockSize(words[at / 4]!)) {
      const owner = words[at / 4 + 1]!;
      if (owner === NOBODY) continue;
      const location = this.put(owner, octets, at + HEAD, at + HEAD + words[at / 4]!);
      moved(owner, location);
    }
    this.#allLiving -= this.#living[slab]!;
    this.#living[slab] = 0;
    this.#empty(slab);
  }

  /** Makes a slab the one that is written to: an ordinary one, or one of its own for a large record. */
  #begin(block: number): number {
    const slab = this.#vacant.pop() ?? this.#octets.length;
    if (slab >= MOST_SLABS) throw new CodedError('DIRECTORY_VIEW_FULL', 'the memory view holds 32 GiB, and no more');
    const large = block > SLAB_OCTETS / 4;
    const octets = large ? Buffer.allocUnsafeSlow(block) : (this.#spare ?? Buffer.allocUnsafeSlow(SLAB_OCTETS));
    if (octets === this.#spare) this.#spare = undefined;
    this.#octets[slab] = octets;
    this.#words[slab] = new Uint32Array(octets.buffer, octets.byteOffset, octets.length >>> 2);
    this.#filled[slab] = 0;
    this.#living[slab] = 0;
    // A large record does not end the slab that small ones go to.
    if (large) return slab;
    const before = this.#current;
    this.#current = slab;
    if (before >= 0 && this.#living[before] === 0) this.#empty(before);
    return slab;
  }

  /** Gives the octets of a slab without living records back; the one that is written to is written from its start again. */
  #empty(slab: number): void {
    this.#allFilled -= this.#filled[slab]!;
    this.#filled[slab] = 0;
    if (slab === this.#current) return;
    if (this.#octets[slab]!.length === SLAB_OCTETS) this.#spare ??= this.#octets[slab]!;
    this.#octets[slab] = NO_OCTETS;
    this.#words[slab] = NO_WORDS;
    this.#vacant.push(slab);
  }
}

function blockSize(size: number): number {
  return HEAD + ((size + UNIT - 1) & -UNIT);
}
